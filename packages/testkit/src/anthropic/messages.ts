import type { Answer, Asked, Finish } from '../answer/conversation.ts'
import { promptTokens } from '../answer/conversation.ts'
import { signatureOf } from '../answer/signature.ts'
import { argumentPieces, countTokens } from '../answer/tokens.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import type { ChatOperation, PlainOperation, Route } from '../wire/wire.ts'
import { checkBetas, checkOutputSchema } from './beta-rules.ts'
import { checkMessagesRules, type Turn, turnsOf } from './messages-rules.ts'
import { betaMessagesShape, countTokensShape, messagesShape } from './messages-shape.ts'

/** What only this wire needs to know of a request. */
interface AnthropicAsked extends Asked {
  readonly cacheHour: boolean
}

/** `POST /v1/messages`, plain or with the fields that an `anthropic-beta` header opens. */
export function messagesOperation(beta: boolean): ChatOperation {
  const shape = beta ? betaMessagesShape : messagesShape
  return {
    kind: 'chat',
    read(body, route) {
      shape(body, [])
      // Other platforms' wires that serve these bodies may leave it out.
      const betas = route.params?.betas
      if (betas !== undefined) checkBetas(body, betas)
      checkMessagesRules(body)
      checkOutputSchema(body)
      return readMessages(body, route)
    },
    whole: wholeMessage,
    events: messageEvents,
  }
}

/** `POST /v1/messages/count_tokens`. */
export const countMessageTokens: PlainOperation = {
  kind: 'plain',
  reply(body, route) {
    countTokensShape(body, [])
    checkMessagesRules({ max_tokens: Infinity, ...body })
    return { input_tokens: promptTokens(readMessages(body, route)) }
  },
}

function readMessages(body: JsonObject, route: Route): AnthropicAsked {
  const turns = turnsOf(body)
  const lastUser = turns.findLast(turn => turn.role === 'user')
  const results = lastUser?.blocks.filter(block => block.type === 'tool_result') ?? []
  const choice = asObject(body.tool_choice)
  const choices = { auto: 'auto', any: 'any', none: 'none', tool: { name: asText(choice.name) } } as const
  const format = asObject(asObject(body.output_config).format ?? body.output_format)
  const thinking = asObject(body.thinking).type
  return {
    model: route.model ?? asText(body.model),
    stream: body.stream === true,
    promptText: promptParts(body, turns)
      .map(part => part.text)
      .filter(Boolean)
      .join('\n'),
    lastUserText: textOf(lastUser?.blocks ?? []),
    imageBytes: (lastUser?.blocks ?? []).filter(block => block.type === 'image').map(imageSize),
    toolResults: turns.at(-1) === lastUser ? results.map(resultText) : [],
    tools: asObjects(body.tools)
      .filter(tool => tool.input_schema !== undefined)
      .map(tool => ({ name: asText(tool.name), schema: tool.input_schema })),
    toolChoice: choices[(choice.type ?? 'auto') as keyof typeof choices],
    parallelTools: choice.disable_parallel_tool_use !== true,
    structured: format.type === 'json_schema' ? format.schema : undefined,
    thinking: thinking === 'enabled' || thinking === 'adaptive',
    cache: cacheOf(body, turns),
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : undefined,
    stop: asTexts(body.stop_sequences),
    count: 1,
    cacheHour: JSON.stringify([body.system, body.messages, body.tools]).includes('"ttl":"1h"'),
  }
}

function textOf(blocks: readonly JsonObject[]): string {
  return blocks
    .map(block => asText(block.text))
    .filter(Boolean)
    .join(' ')
}

function resultText(block: JsonObject): string {
  return typeof block.content === 'string' ? block.content : textOf(asObjects(block.content))
}

function imageSize(block: JsonObject): number {
  return Buffer.from(asText(asObject(block.source).data), 'base64').length
}

interface PromptPart {
  readonly text: string
  readonly cached: boolean
}

/** The prompt in the order the cache sees it: tools, system, messages. */
function promptParts(body: JsonObject, turns: readonly Turn[]): PromptPart[] {
  const system = typeof body.system === 'string' ? [{ text: body.system }] : asObjects(body.system)
  const marked = (block: JsonObject, text: string) => ({ text, cached: Boolean(block.cache_control) })
  return [
    ...asObjects(body.tools).map(tool => marked(tool, JSON.stringify({ ...tool, cache_control: undefined }))),
    ...system.map(block => marked(block, asText(block.text))),
    ...turns.flatMap(turn => turn.blocks.map(block => marked(block, blockText(block)))),
  ]
}

function blockText(block: JsonObject): string {
  if (block.type === 'tool_use') return `${asText(block.name)} ${JSON.stringify(block.input)}`
  if (block.type === 'tool_result') return resultText(block)
  return asText(block.text) || asText(block.thinking)
}

function cacheOf(body: JsonObject, turns: readonly Turn[]): Asked['cache'] {
  const parts = promptParts(body, turns)
  const last = body.cache_control ? parts.length - 1 : parts.findLastIndex(part => part.cached)
  if (last < 0) return undefined
  const prefix = parts
    .slice(0, last + 1)
    .map(part => part.text)
    .join('\n')
  return { prefix: `${asText(body.model)}\n${prefix}`, tokens: countTokens(prefix) }
}

const stopReasons: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  tools: 'tool_use',
  'content-filter': 'refusal',
}

function wholeMessage(answer: Answer, asked: Asked, sequence: number): JsonObject {
  return {
    id: `msg_testkit${sequence}`,
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content: blocksOf(answer, sequence),
    stop_reason: stopReasons[answer.finish],
    stop_sequence: answer.stopSequence ?? null,
    usage: usageOf(answer, asked, answer.tokens.output),
  }
}

function blocksOf(answer: Answer, sequence: number): JsonObject[] {
  const { thinking, text, toolCalls } = answer
  return [
    ...(thinking ? [{ type: 'thinking', thinking, signature: signatureOf(thinking) }] : []),
    ...(text || toolCalls.length === 0 ? [{ type: 'text', text }] : []),
    ...toolCalls.map((call, index) => ({
      type: 'tool_use',
      id: call.id ?? `toolu_testkit${sequence}x${index}`,
      name: call.name,
      input: call.arguments,
    })),
  ]
}

/** `input_tokens` leaves out what was read from or written to the cache. */
function usageOf({ tokens }: Answer, asked: Asked, output: number): JsonObject {
  const hour = (asked as AnthropicAsked).cacheHour === true
  return {
    input_tokens: tokens.input - tokens.cached - tokens.cacheWritten,
    cache_creation_input_tokens: tokens.cacheWritten,
    cache_read_input_tokens: tokens.cached,
    cache_creation: {
      ephemeral_5m_input_tokens: hour ? 0 : tokens.cacheWritten,
      ephemeral_1h_input_tokens: hour ? tokens.cacheWritten : 0,
    },
    output_tokens: output,
    service_tier: 'standard',
  }
}

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming: the order of events, the ping included. */
function messageEvents(answer: Answer, asked: Asked, sequence: number): JsonObject[] {
  const whole = wholeMessage(answer, asked, sequence)
  const empty = {
    ...whole,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usageOf(answer, asked, 1),
  }
  const blocks = blocksOf(answer, sequence).flatMap((block, index) => {
    const deltas = deltasOf(block, answer).map(delta => ({ type: 'content_block_delta', index, delta }))
    const start = { type: 'content_block_start', index, content_block: emptied(block) }
    const opening = index === 0 ? [start, { type: 'ping' }] : [start]
    return [...opening, ...deltas, { type: 'content_block_stop', index }]
  })
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = asObject(
    whole.usage,
  )
  return [
    { type: 'message_start', message: empty },
    ...blocks,
    {
      type: 'message_delta',
      delta: { stop_reason: whole.stop_reason, stop_sequence: whole.stop_sequence },
      usage: { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens },
    },
    { type: 'message_stop' },
  ]
}

function emptied(block: JsonObject): JsonObject {
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' }
  return block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} }
}

function deltasOf(block: JsonObject, answer: Answer): JsonObject[] {
  if (block.type === 'thinking') {
    const { thinking, signature } = block
    return [
      { type: 'thinking_delta', thinking },
      { type: 'signature_delta', signature },
    ]
  }
  if (block.type === 'text') return answer.pieces.map(text => ({ type: 'text_delta', text }))
  const pieces = ['', ...argumentPieces(JSON.stringify(block.input))]
  return pieces.map(partial_json => ({ type: 'input_json_delta', partial_json }))
}
