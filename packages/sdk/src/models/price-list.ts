import {
  type ConditionalPrice,
  calcPrice,
  findProvider,
  type ModelPrice,
  type Provider,
} from '@pydantic/genai-prices'
import type { JsonObject } from '../types/json.ts'
import { PRICE_SOURCES } from './price-sources.ts'
import { scaled } from './rate.ts'

/** One model of the bundled price list, as LiteLLM-shaped rows. */
export interface ListedModel {
  readonly id: string
  /** At least one; later rows apply when their condition holds. */
  readonly rows: readonly { readonly when: When; readonly row: JsonObject }[]
}

export interface When {
  /** Milliseconds since the epoch. */
  readonly from?: number
  /** Milliseconds after UTC midnight. */
  readonly daily?: readonly [start: number, end: number]
}

/** Finds a model in the bundled list, by the list's own matching of dated and aliased names. */
export function listedModel(provider: string, model: string): ListedModel | undefined {
  const source = sourceOf(provider)
  if (!source) return undefined
  const found = calcPrice({ input_tokens: 0 }, model, { providerId: source.id })?.model
  if (!found) return undefined
  const prices: ConditionalPrice[] | [{ prices: ModelPrice }] = Array.isArray(found.prices)
    ? found.prices
    : [{ prices: found.prices }]
  const limits: JsonObject = found.context_window ? { max_input_tokens: found.context_window } : {}
  const rows = prices.map(entry => ({
    when: 'constraint' in entry ? whenOf(entry.constraint) : {},
    row: { ...limits, ...rowOf(entry.prices) },
  }))
  return {
    id: found.id,
    rows: rows.map(({ when, row }) => ({ when, row: { ...modeOf(found.id, row), ...row } })),
  }
}

/** Ids the bundled list has for a provider, less those the list made up for a group of regions. */
export function listedModels(provider: string): readonly string[] {
  const ids = sourceOf(provider)?.models.map(model => model.id) ?? []
  return ids.filter(id => !/^(regional|global)\./.test(id))
}

function sourceOf(provider: string): Provider | undefined {
  const id = Object.hasOwn(PRICE_SOURCES, provider) ? PRICE_SOURCES[provider] : undefined
  const source = id === undefined ? undefined : findProvider({ providerId: id })
  return source?.id === id ? source : undefined
}

/** The list's price key → LiteLLM's, and the power of ten between their units. */
const LIST_KEYS: Readonly<Record<string, readonly [key: string, exponent: number]>> = {
  input_mtok: ['input_cost_per_token', -6],
  output_mtok: ['output_cost_per_token', -6],
  output_reasoning_mtok: ['output_cost_per_reasoning_token', -6],
  output_citation_mtok: ['citation_cost_per_token', -6],
  cache_read_mtok: ['cache_read_input_token_cost', -6],
  cache_write_mtok: ['cache_creation_input_token_cost', -6],
  cache_write_1h_mtok: ['cache_creation_input_token_cost_above_1hr', -6],
  input_audio_mtok: ['input_cost_per_audio_token', -6],
  output_audio_mtok: ['output_cost_per_audio_token', -6],
  cache_audio_read_mtok: ['cache_read_input_audio_token_cost', -6],
  input_image_mtok: ['input_cost_per_image_token', -6],
  output_image_mtok: ['output_cost_per_image_token', -6],
  cache_image_read_mtok: ['cache_read_input_image_token_cost', -6],
  input_video_mtok: ['input_cost_per_video_token', -6],
  output_video_mtok: ['output_cost_per_video_token', -6],
  requests_kcount: ['input_cost_per_request', -3],
  storage_searches_kcount: ['file_search_cost_per_1k_calls', 0],
  input_document_kpages: ['ocr_cost_per_page', -3],
  input_annotated_document_kpages: ['annotation_cost_per_page', -3],
}

function rowOf(prices: ModelPrice): JsonObject {
  const row: JsonObject = {}
  for (const [name, value] of Object.entries(prices)) {
    if (value === undefined) continue
    const base = typeof value === 'number' ? value : value.base
    if (name === 'web_searches_kcount') row.search_context_cost_per_query = webSearch(scaled(base, -3))
    else if (name === 'audio_hours' || name === 'input_audio_hours') {
      row.input_cost_per_second = Number((base / 3600).toPrecision(12))
    }
    const target = LIST_KEYS[name]
    if (!target) continue
    const [key, exponent] = target
    row[key] = scaled(base, exponent)
    for (const tier of typeof value === 'number' ? [] : value.tiers) {
      row[`${key}_above_${thousands(tier.start)}_tokens`] = scaled(tier.price, exponent)
    }
  }
  return row
}

/** `200000` → `200k`; the list writes 271999 where a rung begins at exactly 272000. */
function thousands(tokens: number): string {
  return tokens % 1000 === 0 ? `${tokens / 1000}k` : String(tokens)
}

function webSearch(each: number): JsonObject {
  return { search_context_size_low: each, search_context_size_medium: each, search_context_size_high: each }
}

function whenOf(constraint: ConditionalPrice['constraint']): When {
  if (!constraint) return {}
  if (constraint.type === 'start_date') return { from: Date.parse(constraint.start_date) }
  return { daily: [timeOf(constraint.start_time), timeOf(constraint.end_time)] }
}

/** `16:30:00Z` → milliseconds after UTC midnight. */
function timeOf(clock: string): number {
  return Date.parse(`1970-01-01T${clock}`)
}

function modeOf(id: string, row: JsonObject): JsonObject {
  if (id.includes('embed')) return { mode: 'embedding' }
  if (id.includes('rerank')) return { mode: 'rerank' }
  if (row.output_cost_per_image_token !== undefined || id.includes('gpt-image'))
    return { mode: 'image_generation' }
  if (row.output_cost_per_token !== undefined) return { mode: 'chat' }
  return row.input_cost_per_second === undefined ? {} : { mode: 'audio_transcription' }
}
