import { createError, type SluiceError } from 'sluice/internal'
import type { Log } from '../../db/log.ts'
import { type JournalRecord, LineBuffer, type Span } from './line-buffer.ts'

export interface GroupCommitOptions {
  /** Bytes of records kept in memory while the disk cannot take them; beyond, `append` throws. */
  readonly memoryBytes: number
  /** Bytes that others hold under the same bound: written, not synced yet. */
  readonly held?: (() => number) | undefined
  /** Hands bytes to the operating system, at once. */
  readonly write: (span: Span) => void
  readonly log: Log
}

interface Attempt {
  /** Why the write failed; undefined when it did not. */
  readonly result: Promise<SluiceError | undefined>
  end(error: SluiceError | undefined): void
}

/** The most that one turn of the event loop writes. */
const TURN_BYTES = 1024 * 1024
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5_000
const LOG_EVERY_MS = 60_000

/** Gathers the records of one turn of the event loop and writes them together: one system call, shared. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #gathering = new LineBuffer()
  #waiting: Span[] = []
  #bytes = 0
  #appended = 0
  #written = 0
  #attempt: Attempt | undefined
  #immediate: NodeJS.Immediate | undefined
  #retry: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS
  #lastLog = Number.NEGATIVE_INFINITY
  #failure: unknown

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Bytes not written yet. */
  get bytes(): number {
    return this.#bytes
  }

  /** Why the last write failed; undefined while all is well. */
  get failure(): unknown {
    return this.#failure
  }

  /** Throws `ServiceUnavailableError` when memory for unwritten records is full. */
  append(json: string, record: JournalRecord = json): void {
    const size = LineBuffer.sizeOf(json)
    const held = this.#options.held?.() ?? 0
    if (this.#bytes + held + size > this.#options.memoryBytes) throw journalFull(this.#failure)
    this.#gathering.add(json, size, record)
    this.#bytes += size
    this.#appended++
    if (this.#retry === undefined) this.#immediate ??= setImmediate(() => this.#turn())
  }

  /** Resolves after the next attempt to write what was appended so far, with why it failed if it did. */
  attempt(): Promise<SluiceError | undefined> {
    if (this.#bytes === 0) return Promise.resolve(undefined)
    if (this.#attempt === undefined) {
      const { promise, resolve } = Promise.withResolvers<SluiceError | undefined>()
      this.#attempt = { result: promise, end: resolve }
    }
    return this.#attempt.result
  }

  /** Tries now. Throws `ServiceUnavailableError` when not all that was appended could be written. */
  write(): void {
    while (this.#bytes > 0) {
      this.#turn()
      if (this.#failure !== undefined) throw journalFull(this.#failure)
    }
  }

  /** Takes back spans that were written and turned out not to be safe: they are written again. */
  rewrite(spans: readonly Span[], error: unknown): void {
    for (const { bytes, records } of spans) {
      this.#bytes += bytes.length
      this.#appended += records.length
    }
    this.#waiting = [...spans, ...this.#waiting]
    this.#failed(error)
  }

  /** Stops retrying; what is not written then is lost, and counted in the answer. */
  stop(): number {
    clearTimeout(this.#retry)
    clearImmediate(this.#immediate)
    return this.#appended - this.#written
  }

  #turn(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#retry)
    this.#immediate = undefined
    this.#retry = undefined
    this.#waiting.push(...this.#gathering.take())
    let done = 0
    try {
      for (let bytes = 0; done < this.#waiting.length && bytes < TURN_BYTES; done++) {
        const span = this.#waiting[done] as Span
        this.#options.write(span)
        bytes += span.bytes.length
        this.#bytes -= span.bytes.length
        this.#written += span.records.length
      }
    } catch (error) {
      this.#waiting = this.#waiting.slice(done)
      this.#failed(error)
      return
    }
    this.#waiting = this.#waiting.slice(done)
    this.#failure = undefined
    this.#retryMs = FIRST_RETRY_MS
    if (this.#waiting.length > 0) this.#immediate = setImmediate(() => this.#turn())
    else this.#end(undefined)
  }

  #failed(error: unknown): void {
    this.#failure = error
    this.#retry ??= setTimeout(() => this.#turn(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    const now = performance.now()
    if (now - this.#lastLog >= LOG_EVERY_MS) {
      this.#lastLog = now
      const { code } = error as NodeJS.ErrnoException
      this.#options.log.error(
        { code, bytes: this.#bytes },
        'the spend journal cannot be written; rows are kept in memory',
      )
    }
    this.#end(journalFull(error))
  }

  #end(error: SluiceError | undefined): void {
    const attempt = this.#attempt
    this.#attempt = undefined
    attempt?.end(error)
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
