import type { Log } from '../../db/log.ts'
import type { NewSpendRow } from '../../db/rows.ts'
import type { SinkHealth } from '../../telemetry/spend/sink-health.ts'
import type { Position } from '../journal/checkpoint.ts'
import type { JournalFollower } from '../journal/journal-follower.ts'
import { readSpendRow } from '../read-spend-row.ts'
import type { SpendSink } from './spend-sink.ts'

export interface SinkFeederOptions {
  readonly sink: SpendSink
  /** The sink's places in all journals of this process: those of dead processes first. */
  readonly followers: readonly JournalFollower[]
  readonly log: Log
}

/** Bytes of journal in one batch, whatever its rows. */
const MOST_BATCH_BYTES = 32 * 1024 * 1024
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

interface Gathered {
  readonly rows: readonly NewSpendRow[]
  readonly from: Position
  readonly next: Position
}

/** Feeds one sink from the journals, in order, a batch at a time, the same again after a failure. */
export class SinkFeeder {
  readonly #options: SinkFeederOptions
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> = Promise.resolve()
  /** In a row. */
  #failures = 0
  #allFailures = 0
  #lastSuccessAt: number | undefined
  #caughtUpAt = Date.now()
  #sent = 0
  #closed = false

  constructor(options: SinkFeederOptions) {
    this.#options = options
  }

  health(): SinkHealth {
    const { sink, followers } = this.#options
    const sumOf = (read: (follower: JournalFollower) => number) =>
      followers.reduce((sum, follower) => sum + read(follower), 0)
    return {
      ...{ name: sink.name, flushMs: sink.flushMs, sent: this.#sent },
      ...{ failures: this.#allFailures, isFailing: this.#failures > 0 },
      pendingBytes: sumOf(follower => follower.pendingBytes),
      skippedBytes: sumOf(follower => follower.skippedBytes),
      ...{ lastSuccessAt: this.#lastSuccessAt, caughtUpAt: this.#caughtUpAt },
    }
  }

  start(): void {
    this.#schedule(Math.min(this.#options.sink.flushMs, FIRST_RETRY_MS))
  }

  /** Resolves when the sink has all that is in the journals now; rejects when it refuses. One drain runs at a time. */
  drain(): Promise<void> {
    const mine = this.#turn.then(() => this.#drainAll())
    this.#turn = mine.catch(() => {})
    return mine
  }

  /** Gives the sink so many milliseconds for the rest, which stays in the journal if it needs longer. */
  async close(withinMs: number): Promise<void> {
    clearTimeout(this.#timer)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, withinMs)
    })
    // What fails here comes again at the next start.
    await Promise.race([this.drain().catch(() => {}), late])
    clearTimeout(timer)
    this.#closed = true
  }

  #schedule(ms: number): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#tick(), ms)
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    const { sink, log } = this.#options
    try {
      await this.drain()
      if (this.#failures > 0) log.info({ sink: sink.name }, 'the spend sink takes rows again')
      this.#failures = 0
      this.#schedule(sink.flushMs)
    } catch (error) {
      this.#failures++
      this.#allFailures++
      if (this.#failures === 1)
        log.warn(
          { sink: sink.name, reason: (error as Error).message },
          'a spend sink does not take rows; they wait in the journal',
        )
      const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10), LAST_RETRY_MS)
      this.#schedule(wait * (0.5 + Math.random() / 2))
    }
  }

  async #drainAll(): Promise<void> {
    for (const follower of this.#options.followers) {
      while (!this.#closed && follower.pendingBytes > 0) {
        const batch = await this.#gather(follower)
        if (batch.rows.length > 0)
          await this.#options.sink.write(
            batch.rows,
            `${follower.journal}-${batch.from.segment}-${batch.from.offset}`,
          )
        if (this.#closed) return
        await follower.advance(batch.next)
        this.#sent += batch.rows.length
        if (batch.rows.length > 0) this.#lastSuccessAt = Date.now()
      }
    }
    if (!this.#closed) this.#caughtUpAt = Date.now()
  }

  async #gather(follower: JournalFollower): Promise<Gathered> {
    const { batchRows } = this.#options.sink
    const rows: NewSpendRow[] = []
    const from = follower.position
    let next = from
    let bytes = 0
    while (rows.length < batchRows && bytes < MOST_BATCH_BYTES) {
      const batch = await follower.read(next, batchRows - rows.length)
      next = batch.next
      if (batch.records.length === 0) break
      for (const record of batch.records) {
        const json = typeof record === 'string' ? record : JSON.stringify(record)
        bytes += json.length
        // What is no row was set aside, and reported, by whoever moves rows to the database.
        const row = readSpendRow(json)
        if (row !== undefined) rows.push(row)
      }
    }
    return { rows, from, next }
  }
}
