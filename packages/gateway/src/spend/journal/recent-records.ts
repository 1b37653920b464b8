import type { Position } from './checkpoint.ts'
import type { JournalRecord, Span } from './line-buffer.ts'
import type { Batch } from './reader.ts'

export interface RecentLimits {
  readonly records: number
  readonly bytes: number
}

/**
 * The records written last, as the very objects, so that the normal case reads nothing back from disk. They cover the
 * journal from `from` on without a gap; at the bound the rest stays on disk only.
 */
export class RecentRecords {
  readonly #limits: RecentLimits
  #from: Position
  #records: JournalRecord[] = []
  #positions: Position[] = []
  /** Bytes on disk of what is remembered. */
  #bytes = 0
  #growing = true

  constructor(limits: RecentLimits, from: Position) {
    this.#limits = limits
    this.#from = from
  }

  /** What lies before it has to come from disk. */
  get from(): Position {
    return this.#from
  }

  get size(): number {
    return this.#records.length
  }

  /** Takes note of a span that was written at `at`. */
  add(span: Span, { segment, offset }: Position): void {
    const full =
      this.#records.length + span.records.length > this.#limits.records ||
      this.#bytes + span.bytes.length > this.#limits.bytes
    if (full) this.#growing = false
    if (!this.#growing) return
    for (const [i, record] of span.records.entries()) {
      this.#records.push(record)
      this.#positions.push({ segment, offset: offset + (span.ends[i] ?? 0) })
    }
    this.#bytes += span.bytes.length
  }

  /** Once all is gone and a gap follows: remembers again, from the journal's present end on. */
  restart(end: Position): void {
    if (this.#growing || this.#records.length > 0) return
    this.#from = end
    this.#growing = true
  }

  read(most: number): Batch {
    const records = this.#records.slice(0, most)
    return { records, next: this.#positions[records.length - 1] ?? this.#from, recent: true }
  }

  drop(count: number): void {
    this.#records.splice(0, count)
    const last = this.#positions.splice(0, count).at(-1)
    if (last !== undefined) this.#from = last
    // Exact sizes are not kept per record: what is left weighs its share.
    const left = this.#records.length
    this.#bytes = left === 0 ? 0 : Math.round((this.#bytes * left) / (left + count))
  }
}

/** True when `a` lies before `b`. */
export function isBefore(a: Position, b: Position): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset)
}
