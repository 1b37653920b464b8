import type { CallRecord } from 'sluice/internal'
import type { Database } from '../db/database.ts'
import { type Log, silentLog } from '../db/log.ts'
import type { NewSpendRow, SpendRow } from '../db/rows.ts'
import type { SinkHealth } from '../telemetry/spend/sink-health.ts'
import { DatabaseFlusher } from './database-flusher.ts'
import { journalFull } from './journal/group-commit.ts'
import type { Journal, JournalHealth } from './journal/journal.ts'
import { openJournals } from './journal/open-journals.ts'
import type { Ledger } from './ledger.ts'
import { SinkFeeder } from './sinks/sink-feeder.ts'
import type { SpendSink } from './sinks/spend-sink.ts'
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
  /** Milliseconds that written rows may wait for the disk: what a power cut may take. Default 50. */
  readonly syncMs?: number | undefined
  /** Bytes kept in memory while the disk cannot be written; default 64 MiB. */
  readonly memoryBytes?: number | undefined
  /** Bytes kept on disk while the database is away; default 8 GiB. */
  readonly diskBytes?: number | undefined
  /** Others that want every row; each reads the journals with a checkpoint of its own. */
  readonly sinks?: readonly SpendSink[] | undefined
  /** Bytes of journal that wait for one sink before the oldest are skipped; default 8 GiB. */
  readonly sinkBacklogBytes?: number | undefined
  /** Begins the periods of budgets whose time has come; asked before calls are counted. */
  readonly beginPeriods?: (() => Promise<void>) | undefined
  /** Milliseconds `close` gives the database; default 5000. */
  readonly closeMs?: number | undefined
}

export interface LedgerHealth extends JournalHealth {
  readonly pending: number
  /** False after a failed batch, until one succeeds. */
  readonly databaseReachable: boolean
  /** Rows lost since the start because memory and disk were full. */
  readonly dropped: number
}

export interface JournalLedger extends Ledger {
  post(record: CallRecord): Promise<void>
  /**
   * Resolves when the database counts what earlier processes left in the journal, or after so many milliseconds; calls
   * admitted before that would find more left of their budgets than there is.
   */
  replayed(withinMs: number): Promise<void>
  health(): LedgerHealth
  /** How far each sink is. */
  sinks(): readonly SinkHealth[]
}

const LOG_EVERY_MS = 60_000
const SINK_BACKLOG_BYTES = 8 * 1024 ** 3

/**
 * The ledger over a journal on disk and the database behind it. A call is safe from `kill -9` once `post` resolved, and
 * from a power cut some `syncMs` later. Whatever earlier processes left in `directory` is replayed, each call counted
 * once. A call that was refused before its caller was known costs nobody anything and is not written down.
 */
export async function openLedger(options: LedgerOptions): Promise<JournalLedger> {
  const log = options.logger ?? silentLog
  const { database, flushMs, syncMs, memoryBytes, diskBytes, beginPeriods, closeMs = 5_000 } = options
  const limits = { log, syncMs, memoryBytes, diskBytes }
  const { own, orphans } = await openJournals(`${options.directory}/journal`, limits)
  const feeders = await openFeeders(options, [...orphans, own], log)
  const flusher = new DatabaseFlusher({ database, own, orphans, flushMs, log, beginPeriods })
  const dropped = new DroppedRows(log)
  const toRow = options.toRow ?? spendRowOf
  let closed = false
  flusher.start()
  return {
    get pending() {
      return flusher.pending
    },
    async post(record) {
      // Whoever was turned away at the door is in logs and metrics; here, strangers could fill the disk.
      if (record.caller === undefined && record.cost.state === 'none') return
      try {
        if (closed) throw journalFull(new Error('the ledger is closed'))
        append(own, toRow(record))
      } catch (error) {
        dropped.add(error)
        return
      }
      flusher.nudge()
      // While the disk fails, rows wait in memory and calls do not wait with them; `health` says so.
      if (!own.failing) await own.written()
    },
    replayed: withinMs => flusher.drained(withinMs),
    admit() {
      if (closed || !own.accepting) throw journalFull()
    },
    health: () => ({
      ...own.health(),
      ...{ pending: flusher.pending, databaseReachable: flusher.databaseReachable, dropped: dropped.count },
    }),
    sinks: () => feeders.map(feeder => feeder.health()),
    async flush() {
      await own.sync()
      await flusher.drain()
    },
    async close() {
      if (closed) return
      closed = true
      await closeFeeders(own, feeders, closeMs)
      await flusher.close(closeMs)
    },
  }
}

/** Before the flusher, which closes the journals that sinks read too. */
async function closeFeeders(own: Journal, feeders: readonly SinkFeeder[], withinMs: number): Promise<void> {
  if (feeders.length === 0) return
  // What fails here is reported by the journal, and again by its closing.
  await own.sync().catch(() => {})
  await Promise.all(feeders.map(feeder => feeder.close(withinMs)))
}

async function openFeeders(
  { sinks = [], sinkBacklogBytes = SINK_BACKLOG_BYTES }: LedgerOptions,
  journals: readonly Journal[],
  log: Log,
): Promise<readonly SinkFeeder[]> {
  const feeders: SinkFeeder[] = []
  for (const sink of sinks) {
    const followers = []
    for (const journal of journals) followers.push(await journal.follow(sink.name, sinkBacklogBytes))
    const feeder = new SinkFeeder({ sink, followers, log })
    feeder.start()
    feeders.push(feeder)
  }
  return feeders
}

/** What is remembered until the database has it is flat, so that the garbage collector has little to follow. */
function append(journal: Journal, row: SpendRow): void {
  const flat: NewSpendRow = { ...row, metadata: JSON.stringify(row.metadata) }
  journal.append(JSON.stringify(flat), flat)
}

/** Rows that nobody will ever see: counted one by one, told once a minute. */
class DroppedRows {
  count = 0
  readonly #log: Log
  #lastLog = Number.NEGATIVE_INFINITY

  constructor(log: Log) {
    this.#log = log
  }

  add(error: unknown): void {
    this.count++
    const now = performance.now()
    if (now - this.#lastLog < LOG_EVERY_MS) return
    this.#lastLog = now
    this.#log.error({ err: error, dropped: this.count }, 'a spend row was lost: it could not be written down')
  }
}
