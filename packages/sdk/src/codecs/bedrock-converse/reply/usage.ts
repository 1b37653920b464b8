import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Usage } from '../../../types/usage.ts'
import { extrasOf } from '../../anthropic-messages/request/context.ts'

/** Cache writes by how long they last, in the hub's words. */
const LIVES: readonly (readonly [string, string])[] = [
  ['5m', 'ephemeral_5m_input_tokens'],
  ['1h', 'ephemeral_1h_input_tokens'],
]

/**
 * Converse's usage → the hub's. `inputTokens` leaves cache reads and writes out, `prompt_tokens` takes them in.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined
  const input = count(wire.inputTokens)
  const output = count(wire.outputTokens)
  const read = count(wire.cacheReadInputTokens ?? wire.cacheReadInputTokenCount)
  const written = count(wire.cacheWriteInputTokens ?? wire.cacheWriteInputTokenCount)
  const details = isJsonArray(wire.cacheDetails) ? decodeDetails(wire.cacheDetails) : undefined
  const prompt = input + read + written
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: {
      cached_tokens: read,
      cache_creation_tokens: written,
      text_tokens: input,
      ...(details && { cache_creation_token_details: details }),
    },
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    ...extrasOf(wire, COUNTED),
  }
}

const COUNTED = new Set([
  'cacheDetails',
  'cacheReadInputTokenCount',
  'cacheReadInputTokens',
  'cacheWriteInputTokenCount',
  'cacheWriteInputTokens',
  'inputTokens',
  'outputTokens',
  'totalTokens',
])

function decodeDetails(details: readonly unknown[]): JsonObject | undefined {
  const found: JsonObject = {}
  for (const detail of details) {
    if (!isJsonObject(detail)) continue
    const life = LIVES.find(([ttl]) => ttl === detail.ttl)
    if (life) found[life[1]] = count(found[life[1]]) + count(detail.inputTokens)
  }
  return Object.keys(found).length > 0 ? found : undefined
}

/** The hub's usage → Converse's. */
export function encodeUsage(usage: Usage | undefined): JsonObject {
  const details = usage?.prompt_tokens_details
  const read = count(usage?.cache_read_input_tokens ?? details?.cached_tokens)
  const written = count(usage?.cache_creation_input_tokens ?? details?.cache_creation_tokens)
  const prompt = count(usage?.prompt_tokens)
  const output = count(usage?.completion_tokens)
  const split = details?.cache_creation_token_details
  const lives = isJsonObject(split)
    ? LIVES.flatMap(([ttl, name]) => (count(split[name]) > 0 ? [{ ttl, inputTokens: split[name] }] : []))
    : []
  return {
    inputTokens: Math.max(0, prompt - read - written),
    outputTokens: output,
    totalTokens: prompt + output,
    cacheReadInputTokens: read,
    cacheWriteInputTokens: written,
    ...(lives.length > 0 && { cacheDetails: lives }),
  }
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}
