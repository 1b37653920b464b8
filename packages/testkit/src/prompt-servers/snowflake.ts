import type { Answer } from '../answer/conversation.ts'
import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { filledText, flag, integer, list, number, openRecord, record, text } from '../wire/shape.ts'
import type { CallOperation, ChatOperation } from '../wire/wire.ts'
import { numberIn, promptAsked } from './asked.ts'
import { codedMessage, failureIn } from './failures.ts'

const shape = record(
  {
    model: filledText,
    messages: list(record({ role: text }, { content: text, content_list: list(openRecord, 1) }), 1),
  },
  {
    stream: flag,
    temperature: number(0, 1),
    top_p: number(0, 1),
    max_tokens: integer(1),
    response_format: openRecord,
    guardrails: openRecord,
    tools: list(record({ tool_spec: openRecord })),
    tool_choice: openRecord,
  },
)

/** https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-llm-rest-api */
export const complete: ChatOperation = {
  kind: 'chat',
  failure: failureIn(codedMessage),
  failureEvent: failure => failureIn(codedMessage)(failure).body,
  read(body) {
    shape(body, [])
    const messages = asObjects(body.messages)
    const said = (message: JsonObject | undefined) =>
      asText(message?.content) ||
      asObjects(message?.content_list)
        .map(part => asText(part.text))
        .join(' ')
    const choice = asObject(body.tool_choice)
    const results = asObjects(messages.at(-1)?.content_list).filter(part => part.type === 'tool_results')
    return {
      ...promptAsked({
        model: asText(body.model),
        stream: body.stream !== false,
        prompt: said(messages.findLast(({ role }) => role === 'user')),
        maxTokens: numberIn(body.max_tokens) ?? 4096,
      }),
      promptText: messages.map(said).join('\n'),
      toolResults: results.flatMap(part =>
        asObjects(asObject(part.tool_results).content).map(one => asText(one.text)),
      ),
      tools: asObjects(body.tools)
        .map(tool => asObject(tool.tool_spec))
        .map(tool => ({ name: asText(tool.name), schema: tool.input_schema })),
      toolChoice: choice.type === 'required' ? 'any' : 'auto',
    }
  },
  whole: (answer, { model }, sequence) => ({
    id: `cortex${sequence}`,
    model,
    choices: [{ message: { content: answer.text, content_list: contentOf(answer) } }],
    usage: usageOf(answer),
  }),
  events: (answer, { model }, sequence) => {
    const event = (delta: JsonObject, usage: JsonObject = {}) => ({
      id: `cortex${sequence}`,
      created: 1_750_000_000,
      model,
      choices: [{ delta }],
      usage,
    })
    return [
      ...answer.pieces.map(content =>
        event({ type: 'text', content, content_list: [{ type: 'text', text: content }], text: content }),
      ),
      ...answer.toolCalls.flatMap(({ name, arguments: input }, index) => [
        event({ type: 'tool_use', tool_use_id: `tooluse_${index}`, name }),
        event({ type: 'tool_use', input: JSON.stringify(input) }),
      ]),
      event({}, usageOf(answer)),
    ]
  },
}

function contentOf({ text: said, toolCalls }: Answer): JsonObject[] {
  return [
    ...(said === '' ? [] : [{ type: 'text', text: said }]),
    ...toolCalls.map(({ name, arguments: input }, index) => ({
      type: 'tool_use',
      tool_use: { tool_use_id: `tooluse_${index}`, name, input },
    })),
  ]
}

function usageOf({ tokens }: Answer): JsonObject {
  return {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
  }
}

/** Each vector in a list of its own. */
export const embed: CallOperation = {
  kind: 'call',
  failure: failureIn(codedMessage),
  answer({ body }) {
    record({ model: filledText, text: list(text, 1) })(body, [])
    const texts = asTexts(body.text)
    return {
      json: {
        object: 'list',
        data: texts.map((one, index) => ({ object: 'embedding', embedding: [embeddingOf(one, 8)], index })),
        model: body.model,
        usage: { total_tokens: texts.reduce((sum, one) => sum + countTokens(one), 0) },
      },
    }
  },
}
