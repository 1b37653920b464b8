import type { WallTime, ZonedCalendar } from './zoned-calendar.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const SECONDS = { s: 1, m: 60, h: HOUR, d: DAY, w: 7 * DAY } as const

/** LiteLLM's duration string, read: `30s`, `5m`, `1h`, `7d`, `2w`, `1mo`. */
export interface BudgetDuration {
  readonly count: number
  readonly unit: keyof typeof SECONDS | 'mo'
}

/** Undefined when the text is not a whole number above 0 followed by `s`, `m`, `h`, `d`, `w` or `mo`. */
export function readBudgetDuration(text: string): BudgetDuration | undefined {
  const match = /^(\d{1,6})(s|m|h|d|w|mo)$/.exec(text.trim())
  const count = Number(match?.[1])
  if (match === null || count === 0) return undefined
  return { count, unit: match[2] as BudgetDuration['unit'] }
}

/** The moment `text` after `from`, milliseconds; a month is a calendar month. Undefined when unreadable. */
export function momentAfter(text: string, from: number): number | undefined {
  const duration = readBudgetDuration(text)
  if (duration === undefined) return undefined
  if (duration.unit !== 'mo') return from + duration.count * SECONDS[duration.unit] * 1000
  const date = new Date(from)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + duration.count)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return date.getTime()
}

/**
 * When a budget of this duration next starts again, milliseconds, by LiteLLM's calendar: seconds, minutes and hours
 * at the next multiple counted from midnight, `1d` at midnight, `7d` on Monday, `30d` and `1mo` on the first of the
 * month, any other number of days at today's midnight plus that many. Undefined (never) for an absent, empty or
 * `none` duration; an unreadable one resets at midnight.
 * Source: https://docs.litellm.ai/docs/proxy/users#reset-budgets
 */
export function nextBudgetReset(
  text: string | null | undefined,
  now: number,
  calendar: ZonedCalendar,
): number | undefined {
  if (text === null || text === undefined || text.trim() === '' || text === 'none') return undefined
  const duration = readBudgetDuration(text) ?? { count: 1, unit: 'd' }
  const today: WallTime = { ...calendar.wall(now), seconds: 0 }
  if (duration.unit === 'mo') {
    return calendar.instant({ ...today, month: today.month + duration.count, day: 1 })
  }
  const seconds = duration.count * SECONDS[duration.unit]
  if (seconds % DAY !== 0) return nextMultiple(seconds, now, calendar)
  return calendar.instant(dayBoundary(seconds / DAY, today))
}

/**
 * When the running period began, for durations the calendar anchors (`1d`, `7d`, `30d`, `1mo`); 0 for a budget that
 * never resets; undefined for one whose start only its own history knows.
 */
export function budgetPeriodStart(
  text: string | null | undefined,
  now: number,
  calendar: ZonedCalendar,
): number | undefined {
  const next = nextBudgetReset(text, now, calendar)
  if (next === undefined) return 0
  const end = calendar.wall(next)
  const duration = readBudgetDuration(text ?? '') ?? { count: 1, unit: 'd' }
  const days = duration.unit === 'mo' ? 0 : (duration.count * SECONDS[duration.unit]) / DAY
  if (days === 1 || days === 7) return calendar.instant({ ...end, day: end.day - days })
  const monthly = days === 30 || (duration.unit === 'mo' && duration.count === 1)
  return monthly ? calendar.instant({ ...end, month: end.month - 1 }) : undefined
}

function dayBoundary(days: number, today: WallTime): WallTime {
  if (days === 30) return { ...today, month: today.month + 1, day: 1 }
  if (days !== 7) return { ...today, day: today.day + days }
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay()
  return { ...today, day: today.day + ((8 - weekday) % 7 || 7) }
}

function nextMultiple(seconds: number, now: number, calendar: ZonedCalendar): number {
  const wall = calendar.wall(now)
  const midnight = calendar.instant({ ...wall, seconds: 0 })
  // Up to an hour, real time and wall agree on multiples even on the day of a clock change; beyond, the wall counts.
  if (seconds <= HOUR) {
    return midnight + (Math.floor((now - midnight) / 1000 / seconds) + 1) * seconds * 1000
  }
  const next = (Math.floor(wall.seconds / seconds) + 1) * seconds
  const moment = calendar.instant({ ...wall, seconds: next })
  return moment > now ? moment : calendar.instant({ ...wall, seconds: next + seconds })
}
