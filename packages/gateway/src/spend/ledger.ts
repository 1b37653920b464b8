import type { CallRecord } from 'sluice/internal'

/**
 * Where finished calls are written down. `post` is synchronous and cheap: the row goes to the append-only journal's
 * buffer, and is on disk before the caller's last byte is acknowledged as charged.
 */
export interface Ledger {
  post(record: CallRecord): void
  /** Rows posted and not yet in the database. */
  readonly pending: number
  /** Forces journal and database to hold everything posted. Rejects while the database is unreachable. */
  flush(): Promise<void>
  close(): Promise<void>
}
