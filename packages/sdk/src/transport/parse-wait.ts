const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Numbers above this are points in time: seconds, or milliseconds, since the epoch. */
const EPOCH_SECONDS = 1_000_000_000
const EPOCH_MS = 1_000_000_000_000

/**
 * A wait as headers write it: seconds (`30`, `7.66`), a duration (`6m0s`, `120ms`, `1h2m3.5s`), a point in time (seconds
 * or milliseconds since the epoch, an HTTP date, an ISO date). Milliseconds from `now`; `undefined` when it is none.
 */
export function parseWait(text: string, now: number): number | undefined {
  const value = text.trim()
  if (value === '') return undefined
  const number = Number(value)
  if (Number.isFinite(number)) {
    if (number >= EPOCH_MS) return number - now
    return number >= EPOCH_SECONDS ? number * 1000 - now : number * 1000
  }
  const duration = parseDuration(value)
  if (duration !== undefined) return duration
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : date - now
}

/** Go's way to write a duration. */
function parseDuration(text: string): number | undefined {
  let total = 0
  for (let at = 0; at < text.length; ) {
    const unitAt = skip(text, at, isDigit)
    const next = skip(text, unitAt, isLetter)
    const amount = Number(text.slice(at, unitAt))
    const unit = text.slice(unitAt, next)
    if (unitAt === at || !Number.isFinite(amount) || !Object.hasOwn(UNITS, unit)) return undefined
    total += amount * (UNITS[unit] as number)
    at = next
  }
  return total
}

function skip(text: string, from: number, holds: (char: string) => boolean): number {
  let at = from
  while (at < text.length && holds(text[at] as string)) at++
  return at
}

function isDigit(char: string): boolean {
  return (char >= '0' && char <= '9') || char === '.'
}

function isLetter(char: string): boolean {
  return char >= 'a' && char <= 'z'
}
