import type { SluiceError } from 'sluice/internal'
import { databaseConflict, databaseFailure, databaseUnavailable } from '../database-error.ts'
import type { WorkerFailure } from './protocol.ts'

const PRIMARY_KEY_TAKEN = 1555
const UNIQUE_TAKEN = 2067
const ROW_ID_TAKEN = 2579

/**
 * Primary result codes that say "not now": PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
 * Source: https://www.sqlite.org/rescode.html
 */
const NOT_NOW = new Set([3, 5, 6, 7, 8, 10, 13, 14, 15])

/** Maps SQLite's extended result code to our error. */
export function sqliteError(failure: WorkerFailure): SluiceError {
  const cause = Object.assign(new Error(failure.message), {
    code: failure.code,
    resultCode: failure.resultCode,
  })
  const code = failure.resultCode
  if (code === undefined) return databaseFailure(cause)
  if (code === PRIMARY_KEY_TAKEN || code === UNIQUE_TAKEN || code === ROW_ID_TAKEN) {
    return databaseConflict(cause)
  }
  return NOT_NOW.has(code & 0xff) ? databaseUnavailable(cause) : databaseFailure(cause)
}
