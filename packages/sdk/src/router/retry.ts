import type { SluiceError } from '../errors.ts'

const FIRST_MS = 500
const LONGEST_MS = 8_000
const LONGEST_ASKED_MS = 60_000

/** Trouble with this deployment that another one of the group may not have. */
const ELSEWHERE = new Set(['authentication', 'permission', 'not_found', 'insufficient_quota'])

/** May another attempt succeed, given whether a deployment is left that was not tried? */
export function mayRetry(error: SluiceError, othersLeft: boolean): boolean {
  if (error.kind === 'aborted') return false
  return error.retryable || (othersLeft && ELSEWHERE.has(error.kind))
}

/** Milliseconds before attempt `attempt` (1 is the first retry): what the provider asked, else exponential with jitter. */
export function backoffMs(
  attempt: number,
  error: SluiceError,
  leastMs: number,
  random: () => number,
): number {
  if (error.retryAfterMs !== undefined)
    return Math.min(Math.max(error.retryAfterMs, leastMs), LONGEST_ASKED_MS)
  const full = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS)
  return Math.max(leastMs, full * (0.25 + 0.75 * random()))
}
