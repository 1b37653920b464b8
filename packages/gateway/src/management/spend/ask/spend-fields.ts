import { badRequest } from 'sluice/internal'
import { z } from 'zod'
import { hashKey } from '../../../auth/hash.ts'

export const DAY_MS = 86_400_000
/** Days of one report: eleven years. */
const MOST_DAYS = 4_100

/** A day in UTC. */
export const day = z.iso.date('must be a day such as 2026-11-21')
export const name = z.string().min(1).max(1_000)
export const format = z.enum(['json', 'csv']).optional()

const MOMENT = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** A day, or a time of day as LiteLLM's UI sends it; without a zone it is UTC. */
export const moment = z
  .string()
  .refine(
    text => MOMENT.test(text) && !Number.isNaN(millisecondsOf(text)),
    'must be a day or a time such as 2026-11-21 or 2026-11-21 08:30:00',
  )

/** Names with commas between them, or the parameter again and again. */
export const names = z
  .union([z.string(), z.array(z.string())])
  .transform(value => (Array.isArray(value) ? value : value.split(',')).map(each => each.trim()))
  .pipe(z.array(z.string()).max(1_000))

/** Pages of a list, LiteLLM's way. */
export const paging = {
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(1_000).default(50),
}

export interface Days {
  readonly from: string
  readonly to: string
}

/** Both days count whole; without an end, today is it. */
export function daysOf(from: string, to: string = today()): Days {
  if (to < from) throw badRequest('end_date: must not lie before start_date.', 'end_date')
  if (Date.parse(to) - Date.parse(from) > MOST_DAYS * DAY_MS)
    throw badRequest(
      'start_date: lies more than eleven years before end_date. Ask for fewer days.',
      'start_date',
    )
  return { from, to }
}

export function today(now = Date.now()): string {
  return new Date(now).toISOString().slice(0, 10)
}

/** The last so many days, today among them. */
export function lastDays(count: number, now = Date.now()): Days {
  return { from: today(now - (count - 1) * DAY_MS), to: today(now) }
}

/** Every day from the first to the last. */
export function eachDay({ from, to }: Days): readonly string[] {
  const days: string[] = []
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY_MS) days.push(today(time))
  return days
}

/** Where a moment begins, milliseconds. */
export function fromMoment(text: string | undefined): number | undefined {
  return text === undefined ? undefined : millisecondsOf(text)
}

/** Where a moment ends, milliseconds, exclusive: a day ends with its last second. */
export function toMoment(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return millisecondsOf(text) + (text.length === 10 ? DAY_MS : 1_000)
}

function millisecondsOf(text: string): number {
  const iso = text.replace(' ', 'T')
  const hasZone = iso.length === 10 || /(Z|[+-]\d{2}:?\d{2})$/.test(iso)
  return Date.parse(hasZone ? iso : `${iso}Z`)
}

/** A key is named by itself or by its hash. */
export function hashOf(key: string): string
export function hashOf(key: string | undefined): string | undefined
export function hashOf(key: string | undefined): string | undefined {
  return key?.startsWith('sk-') ? hashKey(key) : key
}
