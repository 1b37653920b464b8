import type { CallRecord } from 'sluice/internal'

/**
 * Where finished calls are written down. `post` is cheap: the row goes to the append-only journal's buffer at once,
 * and is on disk before the caller's last byte is acknowledged as charged.
 */
export interface Ledger {
  /**
   * Takes the row at once; a returned promise resolves when it is on disk, or kept in memory because the disk cannot
   * be written. Throws or rejects with `ServiceUnavailableError` only when that memory is full.
   */
  post(record: CallRecord): Promise<void> | void
  /** Rows posted and not yet in the database. */
  readonly pending: number
  /** Forces journal and database to hold everything posted. Rejects while the database is unreachable. */
  flush(): Promise<void>
  close(): Promise<void>
}
