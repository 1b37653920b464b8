import { createError, SluiceError } from 'sluice/internal'

/** LiteLLM's type of every answer that a database which is away is the reason of. */
export const NO_DATABASE = 'no_db_connection'

/** The database cannot be reached or cannot take this now: the same request may succeed later. */
export function databaseUnavailable(cause?: unknown, retryAfterMs = 1000): SluiceError {
  return createError({
    kind: 'unavailable',
    type: NO_DATABASE,
    code: 'database_unavailable',
    message: 'The database is temporarily unavailable. Please retry shortly.',
    retryAfterMs,
    cause,
  })
}

/** The database answers and takes no writes: a standby after a failover, a read-only file. */
export function databaseReadOnly(cause?: unknown): SluiceError {
  return createError({
    kind: 'unavailable',
    type: NO_DATABASE,
    code: 'database_unavailable',
    message: 'The database takes no writes now: it is read-only. Please retry shortly.',
    retryAfterMs: 1000,
    cause,
  })
}

/** A row with the same unique value exists already. */
export function databaseConflict(cause?: unknown): SluiceError {
  return createError({
    kind: 'conflict',
    message: 'A row with the same unique value exists already. Choose another value.',
    retryable: false,
    cause,
  })
}

/** The value itself is at fault: trying again never helps. */
export function databaseRefusal(cause?: unknown): SluiceError {
  return createError({
    kind: 'unprocessable',
    code: REFUSED,
    message: 'The database cannot hold one of the values. Shorten it or correct its type.',
    cause,
  })
}

const REFUSED = 'database_value_refused'

/** True when a row can never be stored, as opposed to a database that is away or misconfigured. */
export function isRefusal(error: unknown): boolean {
  return error instanceof SluiceError && (error.kind === 'conflict' || error.code === REFUSED)
}

/** Anything else: the driver's own words stay in `cause`, out of the message. */
export function databaseFailure(cause?: unknown): SluiceError {
  return createError({
    kind: 'internal',
    code: 'database_error',
    message: 'The database refused an operation.',
    retryable: false,
    cause,
  })
}

/** Lets our own errors pass and wraps everything else, so that no driver's error leaves this room. */
export function asDatabaseError(error: unknown): SluiceError {
  return error instanceof SluiceError ? error : databaseFailure(error)
}

/** True when trying the same operation later makes sense. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof SluiceError && error.kind === 'unavailable'
}
