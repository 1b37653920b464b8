import type { Answer, Asked, Finish } from '../answer/conversation.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { filledText, flag, integer, list, openRecord, record, tagged, text } from '../wire/shape.ts'
import type { ChatOperation } from '../wire/wire.ts'
import { common, format, think } from './options.ts'

const call = record(
  { function: record({ name: text, arguments: openRecord }, { index: integer(0) }) },
  { id: text },
)
const said = {
  images: list(filledText),
  thinking: text,
  tool_calls: list(call),
  tool_name: text,
  tool_call_id: text,
}
const message = record({ role: text, content: text }, said)

const shape = record(
  {
    model: filledText,
    messages: list(tagged('role', { system: message, user: message, assistant: message, tool: message })),
  },
  {
    ...common,
    stream: flag,
    format,
    think,
    logprobs: flag,
    top_logprobs: integer(0, 20),
    tools: list(
      record({
        type: text,
        function: record({ name: filledText, parameters: openRecord }, { description: text }),
      }),
    ),
  },
)

/** `POST /api/chat`, https://docs.ollama.com/api/chat. It streams unless told not to. */
export const chat: ChatOperation = {
  kind: 'chat',
  read,
  whole: (answer, asked) => ({
    ...head(asked),
    message: { role: 'assistant', content: answer.text, ...thinkingOf(answer), ...callsOf(answer) },
    ...ending(answer),
  }),
  events: (answer, asked) => {
    const line = (message: JsonObject) => ({
      ...head(asked),
      message: { role: 'assistant', content: '', ...message },
      done: false,
    })
    return [
      ...(answer.thinking === '' ? [] : [line(thinkingOf(answer))]),
      ...answer.pieces.map(content => line({ content })),
      ...(answer.toolCalls.length > 0 ? [line(callsOf(answer))] : []),
      { ...head(asked), message: { role: 'assistant', content: '' }, ...ending(answer) },
    ]
  },
}

function read(body: JsonObject): Asked {
  shape(body, [])
  const messages = asObjects(body.messages)
  const settings = asObject(body.options)
  const lastUser = messages.findLast(({ role }) => role === 'user')
  const from = messages.findLastIndex(({ role }) => role !== 'tool')
  const tools = asObjects(body.tools).map(tool => asObject(tool.function))
  return {
    model: asText(body.model),
    stream: body.stream !== false,
    promptText: [
      ...messages.map(({ content }) => asText(content)),
      ...messages.flatMap(each => asObjects(each.tool_calls).map(one => JSON.stringify(one.function))),
      ...tools.map(tool => JSON.stringify(tool)),
    ]
      .filter(Boolean)
      .join('\n'),
    lastUserText: asText(lastUser?.content),
    imageBytes: asTexts(lastUser?.images).map(image => Buffer.from(image, 'base64').length),
    toolResults: messages.slice(from + 1).map(({ content }) => asText(content)),
    tools: tools.map(tool => ({ name: asText(tool.name), schema: tool.parameters })),
    toolChoice: 'auto',
    parallelTools: true,
    structured: body.format === 'json' || (typeof body.format === 'object' ? body.format : undefined),
    thinking: body.think === true || typeof body.think === 'string',
    maxTokens: limitOf(settings),
    stop: asTexts(settings.stop),
    count: 1,
  }
}

/** A negative limit is none. */
export function limitOf({ num_predict: limit }: JsonObject): number | undefined {
  return typeof limit === 'number' && limit >= 0 ? limit : undefined
}

export function head({ model }: Asked): JsonObject {
  return { model, created_at: '2026-11-01T10:00:00.000000000Z' }
}

function thinkingOf({ thinking }: Answer): JsonObject {
  return thinking === '' ? {} : { thinking }
}

function callsOf({ toolCalls }: Answer): JsonObject {
  if (toolCalls.length === 0) return {}
  return {
    tool_calls: toolCalls.map((each, index) => ({
      ...(each.id !== undefined && { id: each.id }),
      function: { index, name: each.name, arguments: each.arguments },
    })),
  }
}

const doneReasons: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  tools: 'stop',
  'content-filter': 'stop',
}

export function ending({ finish, tokens }: Answer): JsonObject {
  return {
    done: true,
    done_reason: doneReasons[finish],
    total_duration: 3,
    load_duration: 1,
    prompt_eval_count: tokens.input,
    prompt_eval_duration: 1,
    eval_count: tokens.output,
    eval_duration: 1,
  }
}
