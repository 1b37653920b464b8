import type { Answer, Asked, Finish } from '../answer/conversation.ts'
import { argumentPieces } from '../answer/tokens.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import type { ChatOperation } from '../wire/wire.ts'
import { chatShape } from './chat-shape.ts'

/** `POST /v2/chat`, whole and streamed. */
export const chat: ChatOperation = {
  kind: 'chat',
  read,
  whole: (answer, asked, sequence) => ({
    id: replyId(sequence),
    finish_reason: finishReasons[answer.finish],
    message: {
      role: 'assistant',
      ...(answer.toolCalls.length > 0 && {
        tool_plan: planOf(answer),
        tool_calls: callsOf(answer, sequence),
      }),
      ...(contentOf(answer).length > 0 && { content: contentOf(answer) }),
      ...(citationsOf(answer, asked).length > 0 && { citations: citationsOf(answer, asked) }),
    },
    usage: usageOf(answer),
  }),
  events,
}

interface CohereAsked extends Asked {
  /** The first document's id, which the first word of the answer cites. */
  readonly cites?: string | undefined
}

function read(body: JsonObject): CohereAsked {
  chatShape(body, [])
  if (body.response_format !== undefined && Array.isArray(body.tools))
    throw new Failure('invalid', { message: 'invalid request: response_format is not supported with tools' })
  const messages = asObjects(body.messages)
  const lastUser = messages.findLast(message => message.role === 'user')
  const format = asObject(body.response_format)
  const documents = Array.isArray(body.documents) ? body.documents : []
  return {
    model: asText(body.model),
    stream: body.stream === true,
    promptText: promptOf(body, messages),
    lastUserText: textOf(lastUser?.content),
    imageBytes: imagesOf(lastUser?.content),
    toolResults: messages.at(-1)?.role === 'tool' ? resultsOf(messages) : [],
    tools: asObjects(body.tools)
      .map(tool => asObject(tool.function))
      .map(tool => ({ name: asText(tool.name), schema: tool.parameters })),
    toolChoice: body.tool_choice === 'REQUIRED' ? 'any' : body.tool_choice === 'NONE' ? 'none' : 'auto',
    parallelTools: true,
    structured: format.type === 'json_object' ? (format.json_schema ?? true) : undefined,
    thinking: asObject(body.thinking).type === 'enabled',
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : undefined,
    stop: asTexts(body.stop_sequences),
    count: 1,
    ...(documents.length > 0 && { cites: asText(asObject(documents[0]).id) || 'doc:0' }),
  }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asObjects(content)
    .map(part => asText(part.text) || (part.document ? JSON.stringify(asObject(part.document).data) : ''))
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
  const called = messages.flatMap(message =>
    asObjects(message.tool_calls).map(call => JSON.stringify(call.function)),
  )
  const documents = Array.isArray(body.documents) ? body.documents.map(one => JSON.stringify(one)) : []
  const tools = asObjects(body.tools).map(tool => JSON.stringify(tool))
  return [...messages.map(({ content }) => textOf(content)), ...called, ...documents, ...tools]
    .filter(Boolean)
    .join('\n')
}

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: 'COMPLETE',
  'stop-sequence': 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  tools: 'TOOL_CALL',
  'content-filter': 'ERROR_TOXIC',
}

function replyId(sequence: number): string {
  return `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`
}

function contentOf({ thinking, text }: Answer): JsonObject[] {
  return [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
  ]
}

function planOf({ toolCalls }: Answer): string {
  return `I will use ${toolCalls.map(({ name }) => name).join(' and ')}.`
}

function callsOf({ toolCalls }: Answer, sequence: number): JsonObject[] {
  return toolCalls.map((call, index) => ({
    id: call.id ?? `${call.name}_${sequence}x${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }))
}

function citationsOf(answer: Answer, asked: Asked): JsonObject[] {
  const { cites } = asked as CohereAsked
  const word = /\S+/.exec(answer.text)?.[0]
  if (cites === undefined || word === undefined) return []
  return [
    {
      start: 0,
      end: word.length,
      text: word,
      sources: [{ type: 'document', id: cites, document: { id: cites } }],
      content_index: contentOf(answer).length - 1,
      type: 'TEXT_CONTENT',
    },
  ]
}

/** Cohere's own prompt is not billed. */
function usageOf({ tokens }: Answer): JsonObject {
  return {
    billed_units: { input_tokens: tokens.input, output_tokens: tokens.output },
    tokens: { input_tokens: tokens.input, output_tokens: tokens.output },
    ...(tokens.cached > 0 && { cached_tokens: tokens.cached }),
  }
}

function events(answer: Answer, asked: Asked, sequence: number): unknown[] {
  const usage = usageOf(answer)
  return [
    {
      id: replyId(sequence),
      type: 'message-start',
      delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
    },
    ...(answer.toolCalls.length > 0
      ? [{ type: 'tool-plan-delta', delta: { message: { tool_plan: planOf(answer) } } }]
      : []),
    ...callsOf(answer, sequence).flatMap(callEvents),
    ...contentEvents(answer, asked),
    { type: 'message-end', delta: { finish_reason: finishReasons[answer.finish], usage } },
    'data: [DONE]\n\n',
  ]
}

function callEvents(call: JsonObject, index: number): JsonObject[] {
  const { name, arguments: written } = asObject(call.function)
  const begun = { ...call, function: { name, arguments: '' } }
  return [
    { type: 'tool-call-start', index, delta: { message: { tool_calls: begun } } },
    ...argumentPieces(asText(written)).map(piece => ({
      type: 'tool-call-delta',
      index,
      delta: { message: { tool_calls: { function: { arguments: piece } } } },
    })),
    { type: 'tool-call-end', index },
  ]
}

function contentEvents(answer: Answer, asked: Asked): JsonObject[] {
  const part = (index: number, type: 'text' | 'thinking', pieces: readonly string[]) => [
    { type: 'content-start', index, delta: { message: { content: { type, [type]: '' } } } },
    ...pieces.map(piece => ({
      type: 'content-delta',
      index,
      delta: { message: { content: { [type]: piece } } },
    })),
    ...(type === 'text' ? citationEvents(answer, asked) : []),
    { type: 'content-end', index },
  ]
  const thinks = answer.thinking !== ''
  return [
    ...(thinks ? part(0, 'thinking', [answer.thinking]) : []),
    ...(answer.pieces.length > 0 ? part(thinks ? 1 : 0, 'text', answer.pieces) : []),
  ]
}

function citationEvents(answer: Answer, asked: Asked): JsonObject[] {
  return citationsOf(answer, asked).flatMap((citations, index) => [
    { type: 'citation-start', index, delta: { message: { citations } } },
    { type: 'citation-end', index },
  ])
}
