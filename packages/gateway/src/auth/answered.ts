import { createError, type SluiceError } from 'sluice/internal'
import { NO_DATABASE } from '../db/database-error.ts'
import { inTime } from '../db/in-time.ts'

/** What the database answers within `ms`: one that never does is as good as one that is down. Rejects with 503. */
export async function answered<T>(work: Promise<T>, ms: number): Promise<T> {
  try {
    return await inTime(work, ms, () => new Error('the database did not answer in time'))
  } catch (cause) {
    throw createError({
      kind: 'unavailable',
      type: NO_DATABASE,
      code: 'database_unavailable',
      message:
        'Service Unavailable, the authentication database is temporarily unreachable. Please retry shortly.',
      retryAfterMs: 1_000,
      cause,
    })
  }
}

export function tooManyLookups(): SluiceError {
  return createError({
    kind: 'unavailable',
    type: NO_DATABASE,
    message: 'Service Unavailable, too much is being looked up at once. Please retry shortly.',
    retryAfterMs: 1_000,
  })
}
