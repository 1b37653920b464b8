import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Usage } from '../../../types/usage.ts'
import { extrasOf, pick } from '../request/context.ts'

/** Facts of a call that Anthropic reports in `usage` and the hub carries under the same names. */
const CARRIED = ['server_tool_use', 'fallback_credit', 'inference_geo', 'speed', 'iterations']

/** What the hub counts under names of its own. */
const COUNTED = new Set([
  'cache_creation',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'input_tokens',
  'output_tokens',
  'output_tokens_details',
  'service_tier',
])

const TIER_WORDS = new Map([['standard', 'default']])

/**
 * Anthropic's usage → the hub's. `input_tokens` leaves cache reads and writes out, `prompt_tokens` takes them in.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined
  const input = count(wire.input_tokens)
  const output = count(wire.output_tokens)
  const read = count(wire.cache_read_input_tokens)
  const split = isJsonObject(wire.cache_creation) ? wire.cache_creation : undefined
  const written = Math.max(
    count(wire.cache_creation_input_tokens),
    count(split?.ephemeral_5m_input_tokens) + count(split?.ephemeral_1h_input_tokens),
  )
  const prompt = input + read + written
  const thinking = isJsonObject(wire.output_tokens_details)
    ? wire.output_tokens_details.thinking_tokens
    : undefined
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: {
      cached_tokens: read,
      cache_creation_tokens: written,
      text_tokens: input,
      ...(split && { cache_creation_token_details: pick(split, SPLIT_KEYS) }),
    },
    ...(typeof thinking === 'number' && { completion_tokens_details: { reasoning_tokens: thinking } }),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    ...extrasOf(wire, COUNTED),
  }
}

const SPLIT_KEYS = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens']

/** The hub's usage → Anthropic's. */
export function encodeUsage(usage: Usage | undefined): JsonObject {
  const details = usage?.prompt_tokens_details
  const read = count(usage?.cache_read_input_tokens ?? details?.cached_tokens)
  const written = count(usage?.cache_creation_input_tokens ?? details?.cache_creation_tokens)
  const split = details?.cache_creation_token_details
  const thinking = usage?.completion_tokens_details?.reasoning_tokens
  return {
    input_tokens: Math.max(0, count(usage?.prompt_tokens) - read - written),
    output_tokens: count(usage?.completion_tokens),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    ...(isJsonObject(split) && { cache_creation: pick(split, SPLIT_KEYS) }),
    ...(typeof thinking === 'number' && { output_tokens_details: { thinking_tokens: thinking } }),
    ...(usage && pick(usage, CARRIED)),
  }
}

/** Later stream events repeat usage cumulatively and leave out or null what they do not know. */
export function mergeUsage(before: JsonObject | undefined, update: unknown): JsonObject | undefined {
  if (!isJsonObject(update)) return before
  return { ...before, ...pick(update, Object.keys(update)) }
}

/** `usage.service_tier` → the reply's `service_tier`, in OpenAI's words. */
export function decodeServiceTier(wire: unknown): string | undefined {
  const tier = isJsonObject(wire) ? wire.service_tier : undefined
  return typeof tier === 'string' ? (TIER_WORDS.get(tier) ?? tier) : undefined
}

export function encodeServiceTier(tier: string | null | undefined): string | undefined {
  return tier == null ? undefined : tier === 'default' ? 'standard' : tier
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}
