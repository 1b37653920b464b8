import type { SluiceError } from 'sluice/internal'
import {
  databaseConflict,
  databaseFailure,
  databaseReadOnly,
  databaseRefusal,
  databaseUnavailable,
} from '../database-error.ts'
import type { WorkerFailure } from './protocol.ts'

const PRIMARY_KEY_TAKEN = 1555
const UNIQUE_TAKEN = 2067
const ROW_ID_TAKEN = 2579
const READ_ONLY = 8

/**
 * Primary result codes that say "not now": PERM, BUSY, LOCKED, NOMEM, IOERR, FULL, CANTOPEN, PROTOCOL.
 * Source: https://www.sqlite.org/rescode.html
 */
const NOT_NOW = new Set([3, 5, 6, 7, 10, 13, 14, 15])

/** TOOBIG, CONSTRAINT, MISMATCH, RANGE. */
const REFUSED = new Set([18, 19, 20, 25])

/** Maps SQLite's extended result code to our error. */
export function sqliteError(failure: WorkerFailure): SluiceError {
  const cause = Object.assign(new Error(failure.message), {
    code: failure.code,
    resultCode: failure.resultCode,
  })
  const code = failure.resultCode
  if (code === undefined) {
    // Node found a parameter that SQLite has no type for.
    return failure.code === 'ERR_INVALID_ARG_TYPE' ? databaseRefusal(cause) : databaseFailure(cause)
  }
  if (code === PRIMARY_KEY_TAKEN || code === UNIQUE_TAKEN || code === ROW_ID_TAKEN) {
    return databaseConflict(cause)
  }
  if ((code & 0xff) === READ_ONLY) return databaseReadOnly(cause)
  if (NOT_NOW.has(code & 0xff)) return databaseUnavailable(cause)
  return REFUSED.has(code & 0xff) ? databaseRefusal(cause) : databaseFailure(cause)
}
