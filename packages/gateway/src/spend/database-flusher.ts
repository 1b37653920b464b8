import { existsSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Database } from '../db/database.ts'
import { databaseUnavailable, isRefusal, isUnavailable } from '../db/database-error.ts'
import { inTime } from '../db/in-time.ts'
import type { Log } from '../db/log.ts'
import type { NewSpendRow } from '../db/rows.ts'
import type { JournalBatch } from '../db/spend/books/journal-marks.ts'
import type { Position } from './journal/checkpoint.ts'
import type { Journal } from './journal/journal.ts'
import { readSpendRow } from './read-spend-row.ts'

export interface FlusherOptions {
  readonly database: Database
  readonly own: Journal
  /** Replayed first, then removed. */
  readonly orphans: readonly Journal[]
  readonly flushMs: number
  readonly log: Log
  /** Begins the periods of budgets whose time has come; before calls are written down. */
  readonly beginPeriods?: (() => Promise<void>) | undefined
}

/** Rows of a transaction. The larger, the more of them share their sums; SQLite's hold up whoever asks it meanwhile. */
export const BATCH_ROWS = { sqlite: 2_000, postgres: 4_000 } as const
/** Rows that do not wait for the timer: well under what is remembered of the journal. */
const EARLY_ROWS = 4_000
const LAST_RETRY_MS = 5_000

/** Moves rows from journals to the database, in order, a batch at a time, the same again after a failure. */
export class DatabaseFlusher {
  readonly #options: FlusherOptions
  #orphans: readonly Journal[]
  /** Orphans that the database has, and sinks perhaps not yet. */
  readonly #done: Journal[] = []
  #turn: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #ticking = false
  #failures = 0
  #closed = false
  /** Of journals an earlier process left: up to where the database had counted their rows. */
  readonly #counted = new Map<Journal, Position | undefined>()

  constructor(options: FlusherOptions) {
    this.#options = options
    this.#orphans = options.orphans
  }

  get pending(): number {
    return this.#orphans.reduce((sum, journal) => sum + journal.pending, this.#options.own.pending)
  }

  get databaseReachable(): boolean {
    return this.#failures === 0
  }

  start(): void {
    this.#schedule(this.pending > 0 ? 0 : this.#options.flushMs)
  }

  /** Flushes before its time when many rows wait. Call after appending. */
  nudge(): void {
    if (this.#ticking || this.#failures > 0 || this.#options.own.pending < EARLY_ROWS) return
    clearTimeout(this.#timer)
    void this.#tick()
  }

  /** Resolves when the database has all that is written now; rejects when it refuses. One drain runs at a time. */
  drain(): Promise<void> {
    const mine = this.#turn.then(() => this.#drainAll())
    this.#turn = mine.catch(() => {})
    return mine
  }

  /** Resolves when the database has all that is written now, or after so many milliseconds; never rejects. */
  async drained(withinMs: number): Promise<void> {
    const late = () => new Error('rows are still being moved')
    // What fails here is tried again by a later tick, which tells why.
    await inTime(this.drain(), withinMs, late).catch(() => {})
  }

  /** Puts everything on disk, gives the database `withinMs` to take it, and lets go of the journals. */
  async close(withinMs: number): Promise<void> {
    clearTimeout(this.#timer)
    // What fails here stays in the journal or is reported by it.
    await this.#options.own.sync().catch(() => {})
    await this.drained(withinMs)
    this.#closed = true
    if (this.pending > 0) {
      this.#options.log.warn({ rows: this.pending }, 'spend rows stay in the journal for the next start')
    }
    for (const journal of [...this.#done, ...this.#orphans, this.#options.own]) await journal.close()
  }

  #schedule(ms: number): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#tick(), ms)
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    const { flushMs, log } = this.#options
    this.#ticking = true
    try {
      if (this.pending > 0) await this.drain()
      this.#schedule(flushMs)
    } catch (error) {
      const wait = Math.min(Math.max(flushMs, 250) * 2 ** Math.min(this.#failures, 10), LAST_RETRY_MS)
      if (this.#failures === 1) {
        log.warn(
          { err: error, rows: this.pending },
          'spend rows wait in the journal: the database does not take them',
        )
      }
      this.#schedule(wait * (0.5 + Math.random() / 2))
    } finally {
      this.#ticking = false
    }
  }

  async #drainAll(): Promise<void> {
    try {
      for (const journal of this.#orphans) {
        await this.#drainOne(journal)
        this.#orphans = this.#orphans.filter(other => other !== journal)
        this.#done.push(journal)
        await journal.remove()
        if (!existsSync(journal.directory)) await this.#options.database.spend.marks.forget(nameOf(journal))
      }
      await this.#drainOne(this.#options.own)
    } catch (error) {
      this.#failures++
      throw error
    }
    if (this.#failures > 0) this.#options.log.info({}, 'the database takes spend rows again')
    this.#failures = 0
  }

  async #drainOne(journal: Journal): Promise<void> {
    const counted = await this.#countedOf(journal)
    while (true) {
      const isReplay = counted !== undefined && journal.isBefore(counted)
      const most = BATCH_ROWS[this.#options.database.dialect]
      const batch = await journal.read(most, isReplay ? counted : undefined)
      const rows: NewSpendRow[] = []
      for (const record of batch.records) {
        if (typeof record !== 'string') {
          rows.push(record)
          continue
        }
        const row = readSpendRow(record)
        if (row === undefined) await this.#setAside(journal, record, 'it is no spend row')
        else rows.push(row)
      }
      if (rows.length > 0) {
        await this.#beginPeriods()
        await this.#store(journal, rows, { journal: nameOf(journal), next: batch.next, isReplay })
      }
      if (this.#closed) throw databaseUnavailable(new Error('the ledger was closed'))
      await journal.advance(batch)
      if (batch.records.length === 0 && !isReplay) return
    }
  }

  /**
   * What an earlier process of this journal had counted; its checkpoint on disk may say less. What this one writes lies
   * behind it, in segments of its own.
   */
  async #countedOf(journal: Journal): Promise<Position | undefined> {
    if (!this.#counted.has(journal)) {
      const mark = await this.#options.database.spend.marks.find(nameOf(journal))
      this.#counted.set(journal, mark && journal.foundBefore(mark))
    }
    return this.#counted.get(journal)
  }

  async #beginPeriods(): Promise<void> {
    try {
      await this.#options.beginPeriods?.()
    } catch (error) {
      if (isUnavailable(error)) throw error
      // Better in the wrong period than nowhere.
      this.#options.log.error(
        { err: error },
        'budgets could not begin their periods before calls were counted',
      )
    }
  }

  /**
   * One row that the database will never take must not hold up the others: halves until it is found. The last piece
   * moves the journal's mark.
   */
  async #store(
    journal: Journal,
    rows: readonly NewSpendRow[],
    batch: JournalBatch | undefined,
  ): Promise<void> {
    try {
      await this.#options.database.spend.addBatch(rows, batch)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const [only] = rows
      if (rows.length === 1 && only !== undefined) {
        await this.#setAside(journal, JSON.stringify(only), 'the database refuses it')
        return
      }
      const half = Math.ceil(rows.length / 2)
      await this.#store(journal, rows.slice(0, half), undefined)
      await this.#store(journal, rows.slice(half), batch)
    }
  }

  async #setAside(journal: Journal, json: string, reason: string): Promise<void> {
    const file = join(journal.directory, 'refused.bad')
    await appendFile(file, `${json}\n`, { mode: 0o600 })
    this.#options.log.error({ file, reason }, 'a spend row was set aside and is not counted')
  }
}

function nameOf({ directory }: Journal): string {
  return basename(directory)
}
