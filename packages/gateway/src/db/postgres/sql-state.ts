import type { SluiceError } from 'sluice/internal'
import {
  databaseConflict,
  databaseFailure,
  databaseReadOnly,
  databaseRefusal,
  databaseUnavailable,
} from '../database-error.ts'

const UNIQUE_VIOLATION = '23505'

/**
 * SQLSTATE classes that say "not now": connection, insufficient resources, operator intervention, system error.
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_NOW_CLASSES = new Set(['08', '53', '57', '58'])
/** A read-only transaction: a standby after a failover, or a server that was told so. */
const READ_ONLY = '25006'
/** Serialization failure, deadlock, lock not available. */
const NOT_NOW_STATES = new Set(['40001', '40P01', '55P03'])
/** Data exception, integrity constraint violation, program limit exceeded. */
const REFUSED_CLASSES = new Set(['22', '23', '54'])
/** Those after which the connection itself is worth nothing. */
const BROKEN_CLASSES = new Set(['08', '57', '58'])

/** Maps a SQLSTATE to our error. */
export function postgresError(state: string, cause: unknown): SluiceError {
  if (state === UNIQUE_VIOLATION) return databaseConflict(cause)
  if (state === READ_ONLY) return databaseReadOnly(cause)
  if (NOT_NOW_CLASSES.has(state.slice(0, 2)) || NOT_NOW_STATES.has(state)) return databaseUnavailable(cause)
  return REFUSED_CLASSES.has(state.slice(0, 2)) ? databaseRefusal(cause) : databaseFailure(cause)
}

/** True when the connection that reported this state must not be used again. */
export function breaksConnection(state: string): boolean {
  return BROKEN_CLASSES.has(state.slice(0, 2)) || state === READ_ONLY
}
