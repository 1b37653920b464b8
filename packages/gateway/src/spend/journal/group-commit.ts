import { createError, type SluiceError } from 'sluice/internal'
import type { Log } from '../../db/log.ts'
import { encodeRecord } from './record.ts'

export interface GroupCommitOptions {
  /** Milliseconds that records may gather before they are written; at most 5. */
  readonly commitMs: number
  /** Bytes of records kept in memory while the disk cannot take them; beyond, `append` throws. */
  readonly memoryBytes: number
  /** Puts bytes on disk, durably. */
  readonly write: (bytes: Buffer) => Promise<void>
  readonly log: Log
}

interface Waiter {
  readonly sequence: number
  resolve(): void
  reject(error: Error): void
}

/** Bytes after which a batch is written without waiting, and the most that one write holds. */
const BATCH_BYTES = 1024 * 1024
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5_000
const LOG_EVERY_MS = 60_000

/** Gathers records for a moment and writes them with one sync: the price of durability, shared. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #waiting: string[] = []
  #bytes = 0
  #appended = 0
  #written = 0
  #waiters: Waiter[] = []
  #timer: NodeJS.Timeout | undefined
  #running = false
  #retryMs = FIRST_RETRY_MS
  #lastLog = Number.NEGATIVE_INFINITY
  #failure: unknown

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Records appended since the start. */
  get appended(): number {
    return this.#appended
  }

  /** Bytes not on disk yet. */
  get bytes(): number {
    return this.#bytes
  }

  /** Why the last write failed; undefined while all is well. */
  get failure(): unknown {
    return this.#failure
  }

  /** Throws `ServiceUnavailableError` when memory for unwritten records is full. */
  append(json: string): void {
    const line = encodeRecord(json)
    const size = Buffer.byteLength(line)
    if (this.#bytes + size > this.#options.memoryBytes) throw journalFull(this.#failure)
    this.#waiting.push(line)
    this.#bytes += size
    this.#appended++
    if (this.#running) return
    if (this.#bytes >= BATCH_BYTES && this.#failure === undefined) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), this.#options.commitMs)
  }

  /** Resolves when all that was appended so far is on disk; rejects when an attempt to write it fails. */
  durable(): Promise<void> {
    if (this.#written >= this.#appended) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ sequence: this.#appended, resolve, reject })
      if (!this.#running) this.#start()
    })
  }

  /** Stops retrying; what is not on disk then is lost, and counted in the answer. */
  stop(): number {
    clearTimeout(this.#timer)
    return this.#appended - this.#written
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    let going = true
    while (going && this.#waiting.length > 0) going = await this.#writeOne()
    this.#running = false
    if (this.#waiting.length > 0) {
      this.#timer ??= setTimeout(() => this.#start(), this.#retryMs)
      this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    }
  }

  async #writeOne(): Promise<boolean> {
    const count = countUpTo(this.#waiting, BATCH_BYTES)
    const bytes = Buffer.from(this.#waiting.slice(0, count).join(''))
    try {
      await this.#options.write(bytes)
    } catch (error) {
      this.#failed(error)
      return false
    }
    this.#failure = undefined
    this.#retryMs = FIRST_RETRY_MS
    this.#waiting = this.#waiting.slice(count)
    this.#bytes -= bytes.length
    this.#written += count
    const done = this.#waiters.filter(waiter => waiter.sequence <= this.#written)
    this.#waiters = this.#waiters.filter(waiter => waiter.sequence > this.#written)
    for (const waiter of done) waiter.resolve()
    return true
  }

  #failed(error: unknown): void {
    this.#failure = error
    const now = performance.now()
    if (now - this.#lastLog >= LOG_EVERY_MS) {
      this.#lastLog = now
      const { code } = error as NodeJS.ErrnoException
      this.#options.log.error(
        { code, waiting: this.#waiting.length, bytes: this.#bytes },
        'the spend journal cannot be written; rows are kept in memory',
      )
    }
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(journalFull(error))
  }
}

/** The ledger cannot promise to remember a call: better refused than given away. */
export function journalFull(cause?: unknown): SluiceError {
  return createError({
    kind: 'unavailable',
    code: 'spend_journal_unavailable',
    message: 'Spend cannot be recorded at the moment, so calls are refused. Please retry shortly.',
    retryAfterMs: 5_000,
    cause,
  })
}

function countUpTo(lines: readonly string[], bytes: number): number {
  let size = 0
  let count = 0
  while (count < lines.length && (count === 0 || size < bytes)) size += lines[count++]?.length ?? 0
  return count
}
