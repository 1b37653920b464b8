import type { CallRecord } from 'sluice/internal'
import type { Database } from '../db/database.ts'
import { isUnavailable } from '../db/database-error.ts'
import { type Log, silentLog } from '../db/log.ts'
import type { SpendRow } from '../db/rows.ts'
import { DatabaseFlusher } from './database-flusher.ts'
import { journalFull } from './journal/group-commit.ts'
import type { Journal, JournalHealth } from './journal/journal.ts'
import { openJournals } from './journal/open-journals.ts'
import type { Ledger } from './ledger.ts'
import { spendRowOf } from './spend-row.ts'

export interface LedgerOptions {
  readonly database: Database
  /** The data directory; journals live in its `journal/`. */
  readonly directory: string
  /** Milliseconds between batches to the database. */
  readonly flushMs: number
  readonly logger?: Log | undefined
  /** Default: `spendRowOf`. */
  readonly toRow?: ((record: CallRecord) => SpendRow) | undefined
  /** Milliseconds that rows gather before they are written to disk; at most 5, default 2. */
  readonly commitMs?: number | undefined
  /** Bytes kept in memory while the disk cannot be written; default 64 MiB. */
  readonly memoryBytes?: number | undefined
  /** Bytes kept on disk while the database is away; default 8 GiB. */
  readonly diskBytes?: number | undefined
  /** Milliseconds `close` gives the database; default 5000. */
  readonly closeMs?: number | undefined
}

export interface LedgerHealth extends JournalHealth {
  readonly pending: number
  /** False after a failed batch, until one succeeds. */
  readonly databaseReachable: boolean
}

export interface JournalLedger extends Ledger {
  post(record: CallRecord): Promise<void>
  /** Throws `ServiceUnavailableError` when a new call could not be written down any more: ask before starting one. */
  admit(): void
  health(): LedgerHealth
}

/**
 * The ledger over a journal on disk and the database behind it. A call is safe from `kill -9` and power cuts once
 * `post` resolved; before that, for the time of `commitMs` (at most 5 ms) and one disk sync, it is in memory only.
 * Whatever earlier processes left in `directory` is replayed, each call counted once. A call that was refused before
 * its caller was known costs nobody anything and is not written down.
 */
export async function openLedger(options: LedgerOptions): Promise<JournalLedger> {
  const log = options.logger ?? silentLog
  const { own, orphans } = await openJournals(`${options.directory}/journal`, {
    log,
    commitMs: options.commitMs,
    memoryBytes: options.memoryBytes,
    diskBytes: options.diskBytes,
  })
  const flusher = new DatabaseFlusher({
    database: options.database,
    own,
    orphans,
    flushMs: options.flushMs,
    log,
  })
  const toRow = options.toRow ?? spendRowOf
  let closed = false
  flusher.start()
  return {
    get pending() {
      return flusher.pending
    },
    async post(record) {
      if (closed) throw journalFull(new Error('the ledger is closed'))
      // Whoever was turned away at the door is in logs and metrics; here, strangers could fill the disk.
      if (record.caller === undefined && record.cost.state === 'none') return
      await appendRow(own, toRow(record))
    },
    admit() {
      if (closed || !own.health().accepting) throw journalFull()
    },
    health: () => ({
      ...own.health(),
      pending: flusher.pending,
      databaseReachable: flusher.databaseReachable,
    }),
    async flush() {
      await own.durable()
      await flusher.drain()
    },
    async close() {
      if (closed) return
      closed = true
      await flusher.close(options.closeMs ?? 5_000)
    },
  }
}

async function appendRow(journal: Journal, row: SpendRow): Promise<void> {
  journal.append(JSON.stringify(row))
  if (!journal.health().writable) return
  try {
    await journal.durable()
  } catch (error) {
    // Kept in memory and tried again; `health` says so.
    if (!isUnavailable(error)) throw error
  }
}
