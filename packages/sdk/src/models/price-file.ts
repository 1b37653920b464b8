import { isJsonObject, type JsonObject } from '../types/json.ts'
import { isNumeric } from './model-facts.ts'
import { readPriceKey } from './price.ts'
import { offPeakWindows } from './price-schedule.ts'
import { rateOf } from './rate.ts'

/** What became of a price file. A refused file changes nothing: the last good one stays in force. */
export type LoadReport =
  | { readonly ok: true; readonly source: string; readonly models: number }
  | {
      readonly ok: false
      readonly source: string
      /** Names the entry and the rule, for the log and the admin. */
      readonly reason: string
      /** The model at fault, where one is. */
      readonly entry?: string
    }

export type PriceRows = ReadonlyMap<string, JsonObject>

/** Forty times LiteLLM's own file; more is not a price list. */
const MAX_MODELS = 100_000

/** LiteLLM's file documents itself in an entry of this name. */
const SPECIMEN = 'sample_spec'

/**
 * Reads a LiteLLM-shaped price file, all or nothing. Refuses a malformed entry by name, and a file with fewer than
 * half the models of the one it replaces: a truncated download must not turn half the models' costs unknown.
 */
export function readPriceFile(
  json: unknown,
  source: string,
  previous: PriceRows | undefined,
): { report: LoadReport; rows?: PriceRows } {
  const refuse = (reason: string, entry?: string): { report: LoadReport } => ({
    report: { ok: false, source, reason, ...(entry === undefined ? {} : { entry }) },
  })
  if (!isJsonObject(json)) return refuse('a price file is a JSON object of models; this is not an object')
  const rows = new Map<string, JsonObject>()
  for (const [name, row] of Object.entries(json)) {
    if (name === SPECIMEN) continue
    if (!isJsonObject(row))
      return refuse(`entry \`${name}\` must be an object of LiteLLM's price fields`, name)
    const problem = problemOfRow(row)
    if (problem) return refuse(`entry \`${name}\`: ${problem}`, name)
    rows.set(name, row)
  }
  if (rows.size === 0) return refuse('the price file names no models')
  if (rows.size > MAX_MODELS) return refuse(`${rows.size} models are more than the ${MAX_MODELS} allowed`)
  if (previous && rows.size * 2 < previous.size) {
    return refuse(
      `${rows.size} models are fewer than half of the ${previous.size} in force; the file looks cut off`,
    )
  }
  return { report: { ok: true, source, models: rows.size }, rows }
}

/** Dollars per token above which a price was surely meant per million tokens. */
const ABSURD_PER_TOKEN = 0.05

/**
 * What is wrong with a LiteLLM-shaped row (a price-file entry, a deployment's `model_info`), naming field, rule and
 * remedy; `undefined` when nothing is. Fields that are not prices, limits or capabilities are the user's own.
 */
export function problemOfRow(row: Readonly<JsonObject>): string | undefined {
  for (const key in row) {
    const value = row[key]
    if (value === null || value === undefined) continue
    if (isNumeric(key)) {
      if (rateOf(value) === undefined) {
        return `\`${key}\` must be a number of zero or more, not ${JSON.stringify(value)?.slice(0, 80)}`
      }
      if (readPriceKey(key) && key.includes('token') && Number(value) > ABSURD_PER_TOKEN) {
        return `\`${key}\` is ${Number(value)} dollars for one token; prices are per token, not per million: divide by 1000000`
      }
    } else if (key.startsWith('supports_') && typeof value !== 'boolean') {
      return `\`${key}\` must be true or false`
    } else if (key === 'off_peak_pricing') {
      const problem = problemOfOffPeak(value)
      if (problem) return problem
    } else if (key === 'tiered_pricing') {
      const problem = problemOfTiers(value)
      if (problem) return problem
    }
  }
  return undefined
}

function problemOfTiers(tiers: unknown): string | undefined {
  if (!Array.isArray(tiers)) return '`tiered_pricing` must be a list of { range: [from, to], prices }'
  for (const [index, tier] of tiers.entries()) {
    const at = `tiered_pricing[${index}]`
    if (!isJsonObject(tier)) return `\`${at}\` must be an object of a range and prices`
    // Search engines have tiers by another measure than tokens; those are not ours to charge by.
    const byTokens = tier.range !== undefined || Object.keys(tier).some(key => key.includes('token'))
    if (byTokens && !(Array.isArray(tier.range) && rateOf(tier.range[0]) !== undefined)) {
      return `\`${at}.range\` must be [from, to] in tokens`
    }
    const problem = problemOfRow(tier)
    if (problem) return `${at}: ${problem}`
  }
  return undefined
}

function problemOfOffPeak(offPeak: unknown): string | undefined {
  if (!isJsonObject(offPeak)) return '`off_peak_pricing` must be an object of windows and prices'
  try {
    offPeakWindows(offPeak)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return `off_peak_pricing: ${error.message}`
  }
  const problem = problemOfRow({ ...offPeak, off_peak_pricing: undefined })
  return problem && `off_peak_pricing: ${problem}`
}
