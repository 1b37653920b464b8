import { basename } from 'node:path'
import type { Log } from '../../db/log.ts'
import { type Position, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { type Batch, readBatch } from './reader.ts'
import { isBefore } from './recent-records.ts'

export interface FollowerOptions {
  /** Its checkpoint is kept under this name: letters, digits, `-` and `_`. */
  readonly name: string
  readonly directory: string
  /** Segment → its end; the journal's own. */
  readonly ends: ReadonlyMap<number, number>
  /** Bytes that may wait for it on disk; beyond, the oldest are skipped. */
  readonly backlogBytes: number
  /** Lets go of what everybody has read. */
  readonly release: () => Promise<void>
  readonly log: Log
}

/** Somebody besides the database who reads a journal, at a pace and with a checkpoint of its own. Reads from disk. */
export class JournalFollower {
  readonly #options: FollowerOptions
  #position: Position
  #skippedBytes = 0

  private constructor(options: FollowerOptions, position: Position) {
    this.#options = options
    this.#position = position
  }

  static async open(options: FollowerOptions): Promise<JournalFollower> {
    return new JournalFollower(options, await readCheckpoint(options.directory, fileOf(options.name)))
  }

  /** The journal's id. */
  get journal(): string {
    return basename(this.#options.directory)
  }

  /** Where what it does not have yet begins. */
  get position(): Position {
    return this.#position
  }

  /** Bytes that were passed over since the start. */
  get skippedBytes(): number {
    return this.#skippedBytes
  }

  get pendingBytes(): number {
    let bytes = 0
    for (const [segment, end] of this.#options.ends) {
      if (segment === this.#position.segment) bytes += Math.max(0, end - this.#position.offset)
      else if (segment > this.#position.segment) bytes += end
    }
    return bytes
  }

  /** Rows from a place on that is at or behind its own; none at the end of the journal. */
  read(from: Position, most: number): Promise<Batch> {
    const { directory, ends, log } = this.#options
    return readBatch(directory, from, new Map(ends), most, log)
  }

  /** It has everything before `next`. */
  async advance(next: Position): Promise<void> {
    if (!isBefore(this.#position, next)) return
    this.#position = next
    await writeCheckpoint(this.#options.directory, next, fileOf(this.#options.name))
    await this.#options.release()
  }

  /** Skips whole segments while more waits than may; the database has those rows all the same. */
  skipBeyondBound(): void {
    const { backlogBytes, ends, name, log } = this.#options
    let skipped = 0
    const last = Math.max(...ends.keys())
    for (const [segment, end] of ends) {
      // The last one may still grow.
      if (segment === last || this.pendingBytes <= backlogBytes) break
      if (segment < this.#position.segment) continue
      skipped += segment === this.#position.segment ? end - this.#position.offset : end
      this.#position = { segment: segment + 1, offset: 0 }
    }
    this.#skippedBytes += skipped
    if (skipped > 0)
      log.error(
        { sink: name, bytes: skipped },
        'a spend sink was away for too long: the oldest rows that waited for it were skipped; the database has them',
      )
  }
}

function fileOf(name: string): string {
  return `checkpoint-${name}`
}
