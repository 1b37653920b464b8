import type { JsonObject } from '../types/json.ts'
import { type Price, priceOf, readPriceKey } from './price.ts'
import { rateOf } from './rate.ts'

/**
 * What is known of one model at one provider, in LiteLLM's field names. Costs are dollars per unit for people to
 * read; `price` holds the same numbers for arithmetic. Absent means unknown: an unknown price is not free.
 */
export interface ModelFacts extends Readonly<JsonObject> {
  /** The name the facts were found under. */
  readonly key: string
  readonly litellm_provider?: string
  /** `chat`, `embedding`, `image_generation`, `rerank` … */
  readonly mode?: string
  readonly max_tokens?: number
  readonly max_input_tokens?: number
  readonly max_output_tokens?: number
  /** Dimensions of an embedding. */
  readonly output_vector_size?: number
  readonly input_cost_per_token?: number
  readonly output_cost_per_token?: number
  readonly price?: Price | undefined
  /** Why an override's price could not be read; there is no `price` then. */
  readonly price_problem?: string
}

/** The most tokens the model can write in one reply, where known. */
export function maxOutputTokens(facts: ModelFacts | undefined): number | undefined {
  if (!facts || facts.mode === 'embedding') return undefined
  return facts.max_output_tokens ?? facts.max_tokens
}

/** A LiteLLM-shaped row over another. Numbers written as text become numbers; `null` says nothing. */
export function mergeRows(under: Readonly<JsonObject>, over: Readonly<JsonObject>): JsonObject {
  const dropped = replacedKeys(over)
  const merged: JsonObject = {}
  for (const key in under) if (!dropped(key)) merged[key] = under[key]
  for (const key in over) {
    const value = over[key]
    if (value === null || value === undefined) continue
    merged[key] = typeof value === 'string' && isNumeric(key) ? Number(value) : value
  }
  return merged
}

/**
 * A new plain rate replaces all that was derived from the old one: a customer with an own input price must not be
 * charged the list's cache or long-context input price.
 */
function replacedKeys(over: Readonly<JsonObject>): (key: string) => boolean {
  const input = rateOf(over.input_cost_per_token) !== undefined || Array.isArray(over.tiered_pricing)
  const output = rateOf(over.output_cost_per_token) !== undefined || Array.isArray(over.tiered_pricing)
  return key =>
    (input && (/^(input|cache_(read|creation))_.*cost/.test(key) || DERIVED.has(key))) ||
    (output && (key.startsWith('output_cost_') || DERIVED.has(key)))
}

/** Prices that hold both sides at once, so that they fall with either. */
const DERIVED: ReadonlySet<string> = new Set(['tiered_pricing', 'off_peak_pricing'])

/** True when the field of a LiteLLM-shaped row holds a number. */
export function isNumeric(key: string): boolean {
  return readPriceKey(key) !== undefined || LIMIT_KEYS.has(key)
}

/** Limits of a LiteLLM-shaped row. */
export const LIMIT_KEYS: ReadonlySet<string> = new Set([
  'max_tokens',
  'max_input_tokens',
  'max_output_tokens',
  'output_vector_size',
])

/** Seals a row as facts, with its price made ready for arithmetic. */
export function factsOf(
  key: string,
  row: Readonly<JsonObject>,
  price: Price | undefined = priceOf(row),
): ModelFacts {
  return Object.freeze({ ...row, key, ...(price && { price }) })
}
