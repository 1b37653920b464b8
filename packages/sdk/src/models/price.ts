import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { RateName } from '../types/units.ts'
import { half, type Rate, rateOf, scaled } from './rate.ts'

/** LiteLLM's price key → what it is the price of. Sources: LiteLLM's `model_prices_and_context_window.json`. */
export const RATE_KEYS = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  output_cost_per_reasoning_token: 'reasoning',
  cache_read_input_token_cost: 'cacheRead',
  input_cost_per_token_cache_hit: 'cacheRead',
  cache_creation_input_token_cost: 'cacheWrite',
  cache_creation_input_token_cost_above_1hr: 'cacheWrite1h',
  input_cost_per_audio_token: 'inputAudio',
  output_cost_per_audio_token: 'outputAudio',
  cache_read_input_audio_token_cost: 'cacheReadAudio',
  input_cost_per_image_token: 'inputImage',
  output_cost_per_image_token: 'outputImage',
  cache_read_input_image_token_cost: 'cacheReadImage',
  input_cost_per_video_token: 'inputVideo',
  output_cost_per_video_token: 'outputVideo',
  citation_cost_per_token: 'citation',
  input_cost_per_request: 'request',
  input_cost_per_query: 'query',
  input_cost_per_image: 'inputPerImage',
  output_cost_per_image: 'outputPerImage',
  input_cost_per_pixel: 'inputPerPixel',
  output_cost_per_pixel: 'outputPerPixel',
  input_cost_per_character: 'inputPerCharacter',
  output_cost_per_character: 'outputPerCharacter',
  input_cost_per_second: 'inputPerSecond',
  output_cost_per_second: 'outputPerSecond',
  input_cost_per_audio_per_second: 'inputPerAudioSecond',
  input_cost_per_video_per_second: 'inputPerVideoSecond',
  output_cost_per_video_per_second: 'outputPerVideoSecond',
  ocr_cost_per_page: 'page',
  annotation_cost_per_page: 'annotatedPage',
  code_interpreter_cost_per_session: 'codeSession',
} as const satisfies Readonly<Record<string, RateName>>

export type Rates = { readonly [N in RateName]?: Rate }

/** What a model charges. One ladder of rates per service tier; a rung holds every rate that applies on it. */
export interface Price {
  readonly standard: Ladder
  readonly priority: Ladder
  readonly ultrafast: Ladder
  readonly flex: Ladder
  readonly batch: Ladder
  /** Prices that replace this one from a date on, or at a time of day; the last that applies wins. */
  readonly schedule?: readonly ScheduledPrice[]
}

export interface Ladder {
  readonly base: Rates
  /** Long-context rungs, highest first: above `tokens` prompt tokens the entire request is charged at `rates`. */
  readonly above: readonly { readonly tokens: number; readonly rates: Rates }[]
}

export interface ScheduledPrice {
  /** Milliseconds since the epoch. */
  readonly from?: number
  /** Milliseconds after UTC midnight: start, and end (not included); may wrap past midnight. */
  readonly daily?: readonly [start: number, end: number]
  /** 1 Monday to 7 Sunday, UTC. */
  readonly weekdays?: readonly number[]
  readonly price: Price
}

export type ServiceTier = 'standard' | 'priority' | 'ultrafast' | 'flex' | 'batch'

interface PriceKey {
  readonly name: RateName
  readonly service: ServiceTier
  /** Prompt tokens above which it holds; 0 for the base price. */
  readonly above: number
}

const SERVICE_SUFFIXES: Readonly<Record<string, ServiceTier>> = {
  _priority: 'priority',
  _ultrafast: 'ultrafast',
  _flex: 'flex',
  _batches: 'batch',
}

/** What a LiteLLM price key means, or `undefined` when the key is not a price we charge by. */
export function readPriceKey(key: string): PriceKey | undefined {
  let rest = key
  let service: ServiceTier = 'standard'
  for (const suffix in SERVICE_SUFFIXES) {
    if (!rest.endsWith(suffix)) continue
    service = SERVICE_SUFFIXES[suffix] ?? service
    rest = rest.slice(0, -suffix.length)
  }
  let above = 0
  const rung = /_above_(\d+)(k?)_tokens$/.exec(rest)
  if (rung) {
    above = Number(rung[1]) * (rung[2] === 'k' ? 1000 : 1)
    rest = rest.slice(0, rung.index)
  }
  const name = Object.hasOwn(RATE_KEYS, rest) ? RATE_KEYS[rest as keyof typeof RATE_KEYS] : undefined
  return name && { name, service, above }
}

/** The price in a LiteLLM-shaped row; `undefined` when the row names none. Zero must be written to mean free. */
export function priceOf(row: JsonObject): Price | undefined {
  const found: (PriceKey & { rate: Rate })[] = []
  for (const key in row) {
    const meaning = readPriceKey(key)
    const rate = meaning && rateOf(row[key])
    if (meaning && rate) found.push({ ...meaning, rate })
  }
  found.push(...tieredPricing(row.tiered_pricing), ...toolPrices(row))
  if (found.length === 0) return undefined
  const ladder = (service: ServiceTier): Ladder => {
    const rungs = [...new Set(found.map(entry => entry.above))].filter(above => above > 0)
    return {
      base: ratesOf(found, service, 0),
      above: rungs.sort((a, b) => b - a).map(tokens => ({ tokens, rates: ratesOf(found, service, tokens) })),
    }
  }
  return {
    standard: ladder('standard'),
    priority: ladder('priority'),
    ultrafast: ladder('ultrafast'),
    flex: ladder('flex'),
    batch: ladder('batch'),
  }
}

/** Every rate on one rung: the rung's own for this service, else the rung's standard one, else from below. */
function ratesOf(found: readonly (PriceKey & { rate: Rate })[], service: ServiceTier, tokens: number): Rates {
  const rates: { [N in RateName]?: Rate } = {}
  const ranked = found
    .filter(entry => entry.above <= tokens && (entry.service === service || entry.service === 'standard'))
    .sort((a, b) => a.above - b.above || Number(a.service === service) - Number(b.service === service))
  for (const entry of ranked) {
    // Vendors charge half for batches unless they publish a batch price. Tools and requests keep their price.
    const halved = service === 'batch' && entry.service === 'standard' && TOKEN_RATES.has(entry.name)
    rates[entry.name] = halved ? half(entry.rate) : entry.rate
  }
  return rates
}

const TOKEN_RATES: ReadonlySet<RateName> = new Set(
  Object.entries(RATE_KEYS)
    .filter(([key]) => key.includes('token'))
    .map(([, name]) => name),
)

/** LiteLLM's `tiered_pricing: [{ range: [from, to], input_cost_per_token … }]`, as rungs. */
function tieredPricing(tiers: unknown): (PriceKey & { rate: Rate })[] {
  if (!Array.isArray(tiers)) return []
  return tiers.filter(isJsonObject).flatMap(tier => {
    const from = Array.isArray(tier.range) ? Number(tier.range[0]) : Number.NaN
    if (!(from >= 0)) return []
    return Object.keys(RATE_KEYS).flatMap(key => {
      const meaning = readPriceKey(key)
      const rate = rateOf(tier[key])
      return meaning && rate ? [{ ...meaning, above: from, rate }] : []
    })
  })
}

function toolPrices(row: JsonObject): (PriceKey & { rate: Rate })[] {
  const at = { service: 'standard', above: 0 } as const
  const search = row.search_context_cost_per_query
  const web = isJsonObject(search) ? rateOf(search.search_context_size_medium) : undefined
  const perThousand = row.file_search_cost_per_1k_calls
  const files = typeof perThousand === 'number' ? rateOf(scaled(perThousand, -3)) : undefined
  return [
    ...(web ? [{ ...at, name: 'webSearch' as const, rate: web }] : []),
    ...(files ? [{ ...at, name: 'fileSearch' as const, rate: files }] : []),
  ]
}
