import type { CallInfo } from '../../codecs/codec.ts'
import { eachMessage } from '../../codecs/openai-chat/settle/each-message.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule } from '../provider.ts'

/** Source: https://openrouter.ai/docs/use-cases/usage-accounting and …/use-cases/reasoning-tokens */
function adjust(body: JsonObject, _info: CallInfo): void {
  body.usage = { ...(isJsonObject(body.usage) ? body.usage : {}), include: true }
  encodeThinking(body)
  body.messages = (body.messages as JsonObject[]).map(encodeDetails)
}

function encodeThinking(body: JsonObject): void {
  const { thinking } = body
  if (!isJsonObject(thinking)) return
  delete body.thinking
  if (thinking.type === 'disabled') body.reasoning ??= { enabled: false }
  else if (typeof thinking.budget_tokens === 'number')
    body.reasoning ??= { max_tokens: thinking.budget_tokens }
  else body.reasoning ??= { enabled: true }
}

/** Signed thinking of an earlier turn goes back in OpenRouter's words, unless it came in them. */
function encodeDetails(message: JsonObject): JsonObject {
  const { thinking_blocks: blocks, reasoning_content: text, ...out } = message
  if (out.role !== 'assistant' || (blocks === undefined && text === undefined)) return message
  if (isJsonArray(out.reasoning_details)) return out
  if (isJsonArray(blocks) && blocks.length > 0)
    return { ...out, reasoning_details: blocks.filter(isJsonObject).map(detailOf) }
  return typeof text === 'string' && text !== '' ? { ...out, reasoning: text } : out
}

const FORMAT = 'anthropic-claude-v1'

function detailOf(block: JsonObject, index: number): JsonObject {
  const shared = { format: FORMAT, index }
  return block.type === 'redacted_thinking'
    ? { type: 'reasoning.encrypted', data: block.data, ...shared }
    : { type: 'reasoning.text', text: block.thinking, signature: block.signature ?? null, ...shared }
}

/** Claude's thinking comes signed, and is read by those who know `thinking_blocks`. The details stay beside it. */
function settleDetails(message: JsonObject): void {
  const details = message.reasoning_details
  if (!isJsonArray(details) || message.thinking_blocks !== undefined) return
  const blocks = details.filter(isJsonObject).filter(({ format }) => format === FORMAT)
  const thinking = blocks.flatMap(blockOf)
  if (thinking.length > 0) message.thinking_blocks = thinking
}

function blockOf({ type, text, signature, data }: JsonObject): JsonObject[] {
  if (type === 'reasoning.encrypted' && typeof data === 'string') return [{ type: 'redacted_thinking', data }]
  if (type !== 'reasoning.text') return []
  return [
    {
      type: 'thinking',
      thinking: typeof text === 'string' ? text : '',
      ...(typeof signature === 'string' && { signature }),
    },
  ]
}

/** Source: https://openrouter.ai/docs/api-reference/errors (moderation is told by the body's `metadata.reasons`) */
const errors: readonly ErrorRule[] = [
  { kind: 'insufficient_quota', status: 402 },
  { kind: 'insufficient_quota', status: 403, message: /limit exceeded/i },
  { kind: 'not_found', status: 400, message: /is not a valid model ID/ },
]

/** Source: https://openrouter.ai/docs/api-reference/overview */
export const OPENROUTER = {
  title: 'OpenRouter',
  docs: 'https://openrouter.ai/docs/api-reference/overview',
  baseUrl: 'https://openrouter.ai/api/v1',
  baseUrlEnv: ['OPENROUTER_API_BASE'],
  env: ['OPENROUTER_API_KEY', 'OR_API_KEY'],
  headers: {
    'http-referer': { env: ['OR_SITE_URL'] },
    'x-title': { env: ['OR_APP_NAME'], otherwise: 'Sluice' },
  },
  embeddings: true,
  chat: {
    keeps: ['cache_control', 'reasoning_content', 'thinking_blocks'],
    thinking: true,
    adjust,
    settle: () => reply => eachMessage(reply, settleDetails),
  },
  params: MAX_TOKENS,
  forwards: true,
  errors,
  reportsCost: true,
  exampleModels: ['anthropic/claude-sonnet-4.5', 'openai/gpt-5.1', 'google/gemini-2.5-pro'],
} as const satisfies CompatibleRow
