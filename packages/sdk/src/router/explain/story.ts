import type { RouteAttempt, RouteReceipt, RouteVisit } from '../../types/route-receipt.ts'

/** A message names so many attempts at most. */
const MOST_TOLD = 10

/** What was tried, in one sentence: `Tried a (429 after 80 ms, rests 5 s), b (APITimeoutError after 2000 ms).` */
export function storyOf({ visits }: RouteReceipt): string | undefined {
  const attempts = visits.flatMap(visit => visit.attempts.map(attempt => told(attempt, visit, visits)))
  if (attempts.length < 2) return undefined
  const more = attempts.length - MOST_TOLD
  return `Tried ${attempts.slice(0, MOST_TOLD).join(', ')}${more > 0 ? `, and ${more} more` : ''}.`
}

function told(attempt: RouteAttempt, visit: RouteVisit, visits: readonly RouteVisit[]): string {
  const { deploymentId, durationMs, status, error, cancelled, restMs } = attempt
  const what = cancelled ? 'cancelled' : (status ?? error ?? 'answered')
  const where = visit === visits[0] ? '' : `fallback ${visit.group}: `
  const rest = restMs ? `, rests ${restMs < 1000 ? `${restMs} ms` : `${Math.round(restMs / 1000)} s`}` : ''
  return `${where}${deploymentId} (${what} after ${Math.round(durationMs)} ms${rest})`
}
