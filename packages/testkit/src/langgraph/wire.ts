import type { Answer, Asked } from '../answer/conversation.ts'
import { plainAsked } from '../answer/plain-asked.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { filledText, list, openRecord, record, text } from '../wire/shape.ts'
import { keyIn } from '../wire/small-wire.ts'
import type { ChatOperation, Wire } from '../wire/wire.ts'

const shape = record(
  { assistant_id: filledText, input: openRecord },
  {
    stream_mode: list(text, 1),
    config: openRecord,
    context: openRecord,
    metadata: openRecord,
    webhook: text,
  },
)

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asObjects(content)
    .map(part => asText(part.text))
    .join(' ')
}

function messageOf(type: string, answer: Answer, content: string, isLast: boolean): JsonObject {
  return {
    content,
    type,
    id: 'run--testkit',
    response_metadata: isLast ? { finish_reason: answer.finish === 'length' ? 'length' : 'stop' } : {},
    tool_calls: [],
    usage_metadata: isLast
      ? {
          input_tokens: answer.tokens.input,
          output_tokens: answer.tokens.output,
          total_tokens: answer.tokens.input + answer.tokens.output,
        }
      : null,
  }
}

/** Stateless runs of a graph whose state is its messages, https://docs.langchain.com/langsmith/server-api-ref. */
const runs: ChatOperation = {
  kind: 'chat',
  read(body, { stream = false }): Asked {
    shape(body, [])
    const messages = asObjects(asObject(body.input).messages)
    const last = messages.findLast(({ role }) => role === 'human' || role === 'user')
    return {
      ...plainAsked({ model: asText(body.assistant_id), stream, text: textOf(last?.content) }),
      promptText: messages.map(({ content }) => textOf(content)).join('\n'),
    }
  },
  whole: stateOf,
  events: (answer, asked) => [
    { event: 'metadata', data: { run_id: '00000000-0000-4000-8000-000000000000', attempt: 1 } },
    { event: 'values', data: { messages: [humanOf(asked)] } },
    ...answer.pieces.map(piece => ({
      event: 'messages',
      data: [messageOf('AIMessageChunk', answer, piece, false), { langgraph_node: 'agent' }],
    })),
    { event: 'messages', data: [messageOf('AIMessageChunk', answer, '', true), { langgraph_node: 'agent' }] },
    { event: 'values', data: stateOf(answer, asked) },
  ],
}

function humanOf({ lastUserText }: Asked): JsonObject {
  return { content: lastUserText, type: 'human', id: 'human-1' }
}

function stateOf(answer: Answer, asked: Asked): JsonObject {
  return { messages: [humanOf(asked), messageOf('ai', answer, answer.text, true)] }
}

/** A LangGraph server. It may run without a key, and refuses the bad one. */
export const langgraph: Wire = {
  name: 'langgraph',
  prefixed: true,
  route({ method, path }) {
    if (method !== 'POST') return undefined
    if (path === '/runs/wait') return { operation: runs, stream: false }
    return path === '/runs/stream' ? { operation: runs, stream: true } : undefined
  },
  credential: head => keyIn('x-api-key')(head) ?? 'none',
  headers: () => ({}),
  failure(failure) {
    const { status, headers } = openaiFailure(failure)
    return { status, ...(headers && { headers }), body: { detail: openaiErrorBody(failure).message } }
  },
  failureEvent: failure => ({
    event: 'error',
    data: { error: 'RuntimeError', message: openaiErrorBody(failure).message },
  }),
  frame(event) {
    const { event: name, data } = asObject(event)
    return `event: ${asText(name)}\ndata: ${JSON.stringify(data)}\n\n`
  },
}
