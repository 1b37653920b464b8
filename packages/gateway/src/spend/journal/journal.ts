import { readdir, rm, unlink } from 'node:fs/promises'
import type { SluiceError } from 'sluice/internal'
import type { Log } from '../../db/log.ts'
import type { FileLock } from '../../db/sqlite/file-lock.ts'
import { type Position, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { GroupCommit, journalFull } from './group-commit.ts'
import { JournalFollower } from './journal-follower.ts'
import type { JournalRecord, Span } from './line-buffer.ts'
import { type Batch, readBatch } from './reader.ts'
import { isBefore, RecentRecords } from './recent-records.ts'
import { recover } from './recover.ts'
import { SegmentWriter } from './segment-writer.ts'
import { segmentPath } from './segments.ts'

export interface JournalOptions {
  /** Milliseconds that written rows may wait for the disk: what a power cut may take. Default 50. */
  readonly syncMs?: number | undefined
  /** Default: fdatasync. */
  readonly sync?: ((file: number) => Promise<void>) | undefined
  /** Bytes per segment; default 16 MiB. */
  readonly segmentBytes?: number | undefined
  /** Bytes kept in memory while the disk cannot be written; default 64 MiB. */
  readonly memoryBytes?: number | undefined
  /** Bytes kept on disk while the database is away; default 8 GiB. */
  readonly diskBytes?: number | undefined
  /** Rows remembered so that the database gets them without a look at the disk; default 4096. */
  readonly recentRecords?: number | undefined
  readonly log: Log
}

export interface JournalHealth {
  /** False after a failed write, until one succeeds. */
  readonly writable: boolean
  /** False when new calls should be refused: three quarters of a bound are used. */
  readonly accepting: boolean
  readonly memoryBytes: number
  readonly diskBytes: number
  /** The operating system's code of the last failure: `ENOSPC` … */
  readonly code: string | undefined
}

const MIB = 1024 * 1024
const SYNC_MS = 50
const RECENT_RECORDS = 4096
const RECENT_BYTES = 8 * MIB
/** Share of a bound from which new calls are refused, so that those under way still find room. */
const REFUSE_AT = 0.75

/**
 * An append-only journal in one directory, which one process holds. A row is safe from `kill -9` once it is written, one
 * turn of the event loop after `append`, and from a power cut once the disk was synced, some `syncMs` later.
 */
export class Journal {
  readonly directory: string
  readonly #log: Log
  readonly #lock: FileLock
  readonly #ends: Map<number, number>
  readonly #writer: SegmentWriter
  readonly #commit: GroupCommit
  readonly #memoryBytes: number
  readonly #diskBytes: number
  readonly #recent: RecentRecords
  /** Where what an earlier process left ends. */
  readonly #found: Position
  #position: Position
  #outstanding: number
  readonly #followers: JournalFollower[] = []
  #isDone = false
  #isGone = false

  private constructor(
    directory: string,
    lock: FileLock,
    options: JournalOptions,
    state: { position: Position; ends: Map<number, number>; count: number },
  ) {
    this.directory = directory
    this.#lock = lock
    this.#log = options.log
    this.#position = state.position
    this.#ends = state.ends
    this.#outstanding = state.count
    this.#found = this.#end()
    this.#memoryBytes = options.memoryBytes ?? 64 * MIB
    this.#diskBytes = options.diskBytes ?? 8192 * MIB
    this.#recent = new RecentRecords(
      { records: options.recentRecords ?? RECENT_RECORDS, bytes: RECENT_BYTES },
      this.#end(),
    )
    this.#writer = new SegmentWriter({
      directory,
      ends: this.#ends,
      last: state.position.segment,
      segmentBytes: options.segmentBytes ?? 16 * MIB,
      syncMs: options.syncMs ?? SYNC_MS,
      sync: options.sync,
      onRefused: (spans, error) => this.#rewrite(spans, error),
      log: options.log,
    })
    this.#commit = new GroupCommit({
      memoryBytes: this.#memoryBytes,
      held: () => this.#writer.unsyncedBytes,
      write: span => this.#recent.add(span, this.#writer.write(span)),
      log: options.log,
    })
  }

  /** Recovers what an earlier process left in the directory, whose lock the caller holds. */
  static async open(directory: string, lock: FileLock, options: JournalOptions): Promise<Journal> {
    const position = await readCheckpoint(directory)
    const { ends, count } = await recover(directory, position, options.log)
    return new Journal(directory, lock, options, { position, ends, count })
  }

  /** Rows appended or recovered that the database does not have yet. */
  get pending(): number {
    return this.#outstanding
  }

  /**
   * Throws `ServiceUnavailableError` when memory or the share of the disk is full. `json` is a `JSON.stringify` of
   * `record`, which must not change any more: `read` hands it out again while it is remembered.
   */
  append(json: string, record: JournalRecord = json): void {
    if (this.#bytesOnDisk() > this.#diskBytes) throw journalFull()
    this.#commit.append(json, record)
    this.#outstanding++
  }

  /** Resolves once what was appended is written, with an error if it could not be and waits in memory. Never rejects. */
  written(): Promise<SluiceError | undefined> {
    return this.#commit.attempt()
  }

  /** Puts all that was appended on disk. Rejects with `ServiceUnavailableError` when the disk does not take it. */
  async sync(): Promise<void> {
    this.#commit.write()
    await this.#writer.synced()
    if (this.#commit.failure !== undefined) throw journalFull(this.#commit.failure)
  }

  /** True after a failed write, until one succeeds. */
  get failing(): boolean {
    return this.#commit.failure !== undefined
  }

  /** False when new calls should be refused: three quarters of a bound are used. */
  get accepting(): boolean {
    return (
      this.#heldBytes() < this.#memoryBytes * REFUSE_AT && this.#bytesOnDisk() < this.#diskBytes * REFUSE_AT
    )
  }

  health(): JournalHealth {
    const { failure } = this.#commit
    return {
      writable: failure === undefined,
      accepting: this.accepting,
      memoryBytes: this.#heldBytes(),
      diskBytes: this.#bytesOnDisk(),
      code: failure === undefined ? undefined : String((failure as NodeJS.ErrnoException).code ?? 'unknown'),
    }
  }

  /** True while rows before that place are still to be read. */
  isBefore(place: Position): boolean {
    return isBefore(this.#position, place)
  }

  /** As much of `place` as lies in what an earlier process left: what is written from now on does not. */
  foundBefore(place: Position): Position {
    return isBefore(place, this.#found) ? place : this.#found
  }

  /** The next rows the database should get, of those before `until`; the same again until `advance`. */
  async read(most: number, until?: Position): Promise<Batch> {
    if (until !== undefined) {
      const batch = await readBatch(this.directory, this.#position, this.#endsBefore(until), most, this.#log)
      return batch.records.length > 0 ? batch : { ...batch, next: until }
    }
    this.#recent.restart(this.#end())
    if (isBefore(this.#position, this.#recent.from)) {
      const batch = await readBatch(
        this.directory,
        this.#position,
        this.#endsBefore(this.#recent.from),
        most,
        this.#log,
      )
      if (batch.records.length > 0 || this.#recent.size === 0) return batch
    }
    return this.#recent.read(most)
  }

  /** The database has this batch: moves the checkpoint and deletes segments that are no longer needed. */
  async advance(batch: Batch): Promise<void> {
    this.#outstanding = Math.max(0, this.#outstanding - batch.records.length)
    if (batch.recent) this.#recent.drop(batch.records.length)
    if (batch.next.segment === this.#position.segment && batch.next.offset === this.#position.offset) return
    this.#position = batch.next
    await writeCheckpoint(this.directory, batch.next)
    await this.#release()
  }

  /**
   * Lets somebody else read the journal too, with a checkpoint of its own, from where it was when it last did. Segments
   * stay until everybody has read them, up to `backlogBytes` for each.
   */
  async follow(name: string, backlogBytes: number): Promise<JournalFollower> {
    const follower = await JournalFollower.open({
      ...{ name, backlogBytes, directory: this.directory, ends: this.#ends, log: this.#log },
      release: () => this.#release(),
    })
    this.#followers.push(follower)
    return follower
  }

  /** Deletes segments that nobody needs any more, and the journal when it was read to its end for good. */
  async #release(): Promise<void> {
    let from = this.#position
    for (const follower of this.#followers) {
      follower.skipBeyondBound()
      if (isBefore(follower.position, from)) from = follower.position
    }
    for (const [segment, end] of this.#ends) {
      if (segment === this.#writer.current || segment > from.segment) continue
      if (segment === from.segment && from.offset < end) continue
      // First, so that nobody else deletes it too.
      this.#ends.delete(segment)
      await unlink(segmentPath(this.directory, segment))
    }
    if (this.#isDone) await this.#removeIfRead()
  }

  /** Ends writing. Returns how many rows could not be put on disk and are lost, which was logged as an error. */
  async close(): Promise<number> {
    if (this.#isGone) return 0
    this.#isGone = true
    const lost = await this.#finish()
    this.#lock.release()
    return lost
  }

  /** The database has all of it: deletes its directory once its followers do too; records set aside as damaged keep it. */
  async remove(): Promise<void> {
    this.#isDone = true
    await this.#removeIfRead()
  }

  async #removeIfRead(): Promise<void> {
    if (this.#isGone || this.#followers.some(follower => follower.pendingBytes > 0)) return
    this.#isGone = true
    await this.#finish()
    const names = await readdir(this.directory)
    if (!names.some(name => name.endsWith('.bad'))) {
      await rm(this.directory, { recursive: true, force: true })
    }
    this.#lock.release()
  }

  async #finish(): Promise<number> {
    // What could not be written is counted next.
    await this.sync().catch(() => {})
    const lost = this.#commit.stop()
    if (lost > 0) this.#log.error({ rows: lost }, 'spend rows were lost: the journal could not be written')
    await this.#writer.close()
    return lost
  }

  #bytesOnDisk(): number {
    let bytes = 0
    for (const [segment, end] of this.#ends) if (segment >= this.#position.segment) bytes += end
    return bytes
  }

  #heldBytes(): number {
    return this.#commit.bytes + this.#writer.unsyncedBytes
  }

  #end(): Position {
    let end: Position = { segment: 0, offset: 0 }
    for (const [segment, offset] of this.#ends) if (segment > end.segment) end = { segment, offset }
    return end
  }

  #endsBefore({ segment: last, offset }: Position): ReadonlyMap<number, number> {
    const ends = new Map<number, number>()
    for (const [segment, end] of this.#ends) {
      if (segment <= last) ends.set(segment, segment === last ? Math.min(end, offset) : end)
    }
    return ends
  }

  #rewrite(spans: readonly Span[], error: unknown): void {
    for (const span of spans) this.#outstanding += span.records.length
    this.#commit.rewrite(spans, error)
  }
}
