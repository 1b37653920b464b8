import type { CallRecord } from 'sluice/internal'

/** Where finished calls are written down, before the client has its last byte. */
export interface Ledger {
  /** Throws `ServiceUnavailableError` when a new call could not be written down any more: ask before starting one. */
  admit(): void
  /**
   * Takes the row at once; resolves when `kill -9` cannot take it any more, about one turn of the event loop later, or
   * when it is kept in memory because the disk cannot be written. Never throws or rejects: a row for which there is no
   * room left is logged as an error and counted as dropped.
   */
  post(record: CallRecord): Promise<void> | void
  /** Rows posted and not yet in the database. */
  readonly pending: number
  /** Forces journal and database to hold everything posted. Rejects while the database is unreachable. */
  flush(): Promise<void>
  close(): Promise<void>
}
