import type { NewSpendRow } from '../../db/rows.ts'
import { RECORD_OVERHEAD, writeRecord } from './record.ts'

/** A record as it is remembered: the row itself, or its JSON when it came from disk. */
export type JournalRecord = NewSpendRow | string

/** Lines that lie side by side in memory. */
export interface Span {
  readonly bytes: Buffer
  /** One per line; the same object that was appended. */
  readonly records: readonly JournalRecord[]
  /** Offset in `bytes` after each line. */
  readonly ends: readonly number[]
}

const PAGE_BYTES = 256 * 1024

/** Encodes records into big pages, each once, and hands them out as spans ready to be written. */
export class LineBuffer {
  #page = Buffer.alloc(0)
  #start = 0
  #at = 0
  #records: JournalRecord[] = []
  #ends: number[] = []
  #sealed: Span[] = []

  /** Bytes that `json` takes as a line. */
  static sizeOf(json: string): number {
    return Buffer.byteLength(json) + RECORD_OVERHEAD
  }

  add(json: string, size: number, record: JournalRecord): void {
    if (this.#at + size > this.#page.length) {
      this.#seal()
      this.#page = Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, size))
      this.#start = 0
      this.#at = 0
    }
    this.#at = writeRecord(this.#page, this.#at, json, size - RECORD_OVERHEAD)
    this.#records.push(record)
    this.#ends.push(this.#at - this.#start)
  }

  /** What was added since the last call. */
  take(): Span[] {
    this.#seal()
    const spans = this.#sealed
    this.#sealed = []
    return spans
  }

  #seal(): void {
    if (this.#records.length === 0) return
    const bytes = this.#page.subarray(this.#start, this.#at)
    this.#sealed.push({ bytes, records: this.#records, ends: this.#ends })
    this.#start = this.#at
    this.#records = []
    this.#ends = []
  }
}
