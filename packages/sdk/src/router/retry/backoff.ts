import type { SluiceError } from '../../errors.ts'

const FIRST_MS = 500
const LONGEST_MS = 8_000
/** A provider that asks for a longer wait is not waited for. */
export const LONGEST_ASKED_MS = 60_000

/**
 * Milliseconds before attempt `attempt` (1 is the first retry): what the provider asked, else exponential with jitter.
 * Undefined when the provider asked for more than a minute.
 */
export function backoffMs(
  attempt: number,
  error: SluiceError,
  leastMs: number,
  random: () => number,
): number | undefined {
  if (error.retryAfterMs !== undefined) {
    const asked = Math.max(error.retryAfterMs, leastMs)
    return asked > LONGEST_ASKED_MS ? undefined : asked
  }
  const full = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS)
  return Math.max(leastMs, full * (0.25 + 0.75 * random()))
}
