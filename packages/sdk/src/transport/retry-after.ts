/** The longest wait we believe, milliseconds. */
const LONGEST = 60 * 60 * 1000

/** How long a provider asked to wait: `retry-after-ms`, or `retry-after` as seconds or an HTTP date. Milliseconds. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const exact = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(exact)) return bounded(exact)
  const value = headers['retry-after']
  if (value === undefined) return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return bounded(seconds * 1000)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : bounded(date - now)
}

function bounded(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), LONGEST)
}
