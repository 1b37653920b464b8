import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { Price, Rates, ScheduledPrice, ServiceTier } from './price.ts'

const DAY = 86_400_000

/** The rates in force for a request of `promptTokens` at `now` (milliseconds since the epoch). */
export function ratesFor(price: Price, service: ServiceTier, promptTokens: number, now: number): Rates {
  const ladder = priceAt(price, now)[service]
  for (const rung of ladder.above) if (promptTokens > rung.tokens) return rung.rates
  return ladder.base
}

function priceAt(price: Price, now: number): Price {
  const schedule = price.schedule
  if (!schedule) return price
  for (let i = schedule.length - 1; i >= 0; i--) {
    const entry = schedule[i]
    if (entry && applies(entry, now)) return entry.price
  }
  return price
}

function applies({ from, daily, weekdays }: ScheduledPrice, now: number): boolean {
  if (from !== undefined && now < from) return false
  // The epoch was a Thursday.
  if (weekdays && !weekdays.includes(((((Math.floor(now / DAY) + 3) % 7) + 7) % 7) + 1)) return false
  if (!daily) return true
  const time = ((now % DAY) + DAY) % DAY
  const [start, end] = daily
  return start < end ? time >= start && time < end : time >= start || time < end
}

export interface OffPeakWindow {
  readonly daily: readonly [start: number, end: number]
  readonly weekdays?: readonly number[]
}

/**
 * LiteLLM's `off_peak_pricing: { windows: [{ hours_utc: "16:30-00:30" | [...], weekdays: [1 … 7] }], prices }`.
 * Throws a `RangeError` that names the rule when a window cannot be read.
 */
export function offPeakWindows(offPeak: JsonObject): readonly OffPeakWindow[] {
  const windows = Array.isArray(offPeak.windows) ? offPeak.windows : [offPeak]
  return windows.filter(isJsonObject).flatMap(window => {
    const { hours_utc, weekdays } = window
    const days = Array.isArray(weekdays) ? { weekdays: weekdays.map(Number) } : {}
    const spans = Array.isArray(hours_utc) ? hours_utc : [hours_utc]
    return spans.map(span => ({ daily: hoursOf(span), ...days }))
  })
}

/** `16:30-00:30` → milliseconds after midnight; equal ends mean the whole day. */
function hoursOf(span: unknown): readonly [start: number, end: number] {
  const parts = typeof span === 'string' ? /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(span) : null
  if (!parts) throw new RangeError('off-peak hours are written HH:MM-HH:MM in UTC')
  const [, h1, m1, h2, m2] = parts.map(Number)
  return [((h1 ?? 0) * 60 + (m1 ?? 0)) * 60_000, ((h2 ?? 0) * 60 + (m2 ?? 0)) * 60_000]
}
