import type { Answer, Asked, Finish, ToolCall } from '../answer/conversation.ts'
import { argumentPieces, countTokens } from '../answer/tokens.ts'
import { asObject, asObjects, asText, asTexts, isObject, type JsonObject } from '../json.ts'
import type { ChatOperation, Route } from '../wire/wire.ts'
import { checkChatRules } from './chat-rules.ts'
import { chatShape } from './chat-shape.ts'

/** Seconds since the epoch in every reply: fixed, so that streams are the same bytes each time. */
export const createdAt = 1_750_000_000

/** Chat completions as OpenAI serves them. */
export const chat: ChatOperation = {
  kind: 'chat',
  read: readChat,
  whole: (answer, asked, sequence) => ({
    ...envelope('chat.completion', asked, sequence),
    choices: choicesOf(asked).map(index => ({
      index,
      message: messageOf(answer, asked, sequence),
      logprobs: null,
      finish_reason: finishReasons[answer.finish],
    })),
    usage: usageOf(answer),
  }),
  events: chatEvents,
}

/** What only this wire needs to know of a request. */
interface OpenAIAsked extends Asked {
  readonly includeUsage: boolean
}

export function readChat(body: JsonObject, route: Route): OpenAIAsked {
  chatShape(body, [])
  checkChatRules(body)
  const messages = asObjects(body.messages)
  const format = asObject(body.response_format)
  const promptText = promptOf(body, messages)
  const lastUser = messages.findLast(message => message.role === 'user')
  const lastUserText = textOf(lastUser?.content)
  const cacheKey = asText(body.prompt_cache_key)
  return {
    model: route.model ?? asText(body.model),
    stream: body.stream === true,
    promptText,
    lastUserText,
    imageBytes: imagesOf(lastUser?.content),
    toolResults: messages.at(-1)?.role === 'tool' ? resultsOf(messages) : [],
    tools: asObjects(body.tools)
      .filter(tool => tool.type === 'function')
      .map(tool => asObject(tool.function))
      .map(tool => ({ name: asText(tool.name), schema: tool.parameters })),
    toolChoice: toolChoiceOf(body.tool_choice),
    parallelTools: body.parallel_tool_calls !== false,
    structured:
      format.type === 'json_schema'
        ? asObject(format.json_schema).schema
        : format.type === 'json_object' || undefined,
    thinking: typeof body.reasoning_effort === 'string' && body.reasoning_effort !== 'none',
    cache: cacheKey
      ? { prefix: cacheKey, tokens: countTokens(promptText) - countTokens(lastUserText) }
      : undefined,
    maxTokens: limitOf(body),
    stop: asTexts(body.stop),
    count: typeof body.n === 'number' ? body.n : 1,
    includeUsage: asObject(body.stream_options).include_usage === true,
  }
}

function limitOf(body: JsonObject): number | undefined {
  const limit = body.max_completion_tokens ?? body.max_tokens
  return typeof limit === 'number' ? limit : undefined
}

function toolChoiceOf(choice: unknown): Asked['toolChoice'] {
  if (isObject(choice)) return { name: asText(asObject(choice.function).name) }
  return choice === 'none' ? 'none' : choice === 'required' ? 'any' : 'auto'
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asObjects(content)
    .map(part => asText(part.text))
    .filter(Boolean)
    .join(' ')
}

function imagesOf(content: unknown): number[] {
  return asObjects(content)
    .filter(part => part.type === 'image_url')
    .map(part => asText(asObject(part.image_url).url))
    .map(url => (url.startsWith('data:') ? Buffer.from(url.slice(url.indexOf(',') + 1), 'base64').length : 0))
}

function resultsOf(messages: JsonObject[]): string[] {
  const from = messages.findLastIndex(message => message.role !== 'tool')
  return messages.slice(from + 1).map(message => textOf(message.content))
}

function promptOf(body: JsonObject, messages: JsonObject[]): string {
  const said = messages.map(message => textOf(message.content))
  const called = messages.flatMap(message =>
    asObjects(message.tool_calls).map(call => JSON.stringify(call.function)),
  )
  return [...said, ...called, ...asObjects(body.tools).map(tool => JSON.stringify(tool))]
    .filter(Boolean)
    .join('\n')
}

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  tools: 'tool_calls',
  'content-filter': 'content_filter',
}

function envelope(object: string, asked: Asked, sequence: number): JsonObject {
  return {
    id: `chatcmpl-testkit${sequence}`,
    object,
    created: createdAt,
    model: asked.model,
    service_tier: 'default',
    system_fingerprint: 'fp_testkit',
  }
}

function choicesOf(asked: Asked): number[] {
  return Array.from({ length: asked.count }, (_, index) => index)
}

/** OpenAI keeps reasoning to itself; compatible vendors show it, and so do models whose name says `reasoning-content`. */
function showsReasoning(answer: Answer, asked: Asked): boolean {
  return answer.thinking !== '' && asked.model.includes('reasoning-content')
}

function messageOf(answer: Answer, asked: Asked, sequence: number): JsonObject {
  return {
    role: 'assistant',
    content: answer.toolCalls.length > 0 && answer.text === '' ? null : answer.text,
    ...(showsReasoning(answer, asked) && { reasoning_content: answer.thinking }),
    refusal: null,
    annotations: [],
    ...(answer.toolCalls.length > 0 && {
      tool_calls: answer.toolCalls.map((call, index) => ({
        id: callId(call, index, sequence),
        type: 'function',
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      })),
    }),
  }
}

function callId(call: ToolCall, index: number, sequence: number): string {
  return call.id ?? `call_testkit${sequence}x${index}`
}

function usageOf({ tokens }: Answer): JsonObject {
  return {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
    prompt_tokens_details: { cached_tokens: tokens.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function chatEvents(answer: Answer, asked: Asked, sequence: number): unknown[] {
  const includeUsage = (asked as OpenAIAsked).includeUsage === true
  const base = envelope('chat.completion.chunk', asked, sequence)
  const chunk = (index: number, delta: JsonObject, finish: string | null = null): JsonObject => ({
    ...base,
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    ...(includeUsage && { usage: null }),
  })
  const events: unknown[] = choicesOf(asked).flatMap(index => [
    ...deltasOf(answer, asked, sequence).map(delta => chunk(index, delta)),
    chunk(index, {}, finishReasons[answer.finish]),
  ])
  if (includeUsage) events.push({ ...base, choices: [], usage: usageOf(answer) })
  events.push('data: [DONE]\n\n')
  return events
}

function deltasOf(answer: Answer, asked: Asked, sequence: number): JsonObject[] {
  const first = { role: 'assistant', content: answer.toolCalls.length > 0 ? null : '', refusal: null }
  const reasoning = showsReasoning(answer, asked) ? [{ reasoning_content: answer.thinking }] : []
  const calls = answer.toolCalls.flatMap((call, index) => {
    const head = {
      index,
      id: callId(call, index, sequence),
      type: 'function',
      function: { name: call.name, arguments: '' },
    }
    const written = argumentPieces(JSON.stringify(call.arguments))
    return [
      { tool_calls: [head] },
      ...written.map(piece => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]
  })
  return [first, ...reasoning, ...answer.pieces.map(content => ({ content })), ...calls]
}
