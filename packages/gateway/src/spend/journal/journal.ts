import { readdir, rm, unlink } from 'node:fs/promises'
import type { Log } from '../../db/log.ts'
import type { FileLock } from '../../db/sqlite/file-lock.ts'
import { type Position, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { GroupCommit, journalFull } from './group-commit.ts'
import { type Batch, readBatch } from './reader.ts'
import { recover } from './recover.ts'
import { SegmentWriter } from './segment-writer.ts'
import { segmentPath } from './segments.ts'

export interface JournalOptions {
  /** Milliseconds that rows gather before they are written: what a `kill -9` may take. At most 5; default 2. */
  readonly commitMs?: number | undefined
  /** Bytes per segment; default 16 MiB. */
  readonly segmentBytes?: number | undefined
  /** Bytes kept in memory while the disk cannot be written; default 64 MiB. */
  readonly memoryBytes?: number | undefined
  /** Bytes kept on disk while the database is away; default 8 GiB. */
  readonly diskBytes?: number | undefined
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
const LONGEST_COMMIT_MS = 5
/** Share of a bound from which new calls are refused, so that those under way still find room. */
const REFUSE_AT = 0.75

/**
 * An append-only journal in one directory, which one process holds. A row is safe from `kill -9` and from a power cut
 * once `durable()` resolved after its `append`; before that, at most `commitMs` plus the time of one disk sync, it is
 * in memory only.
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
  #position: Position
  #outstanding: number

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
    this.#memoryBytes = options.memoryBytes ?? 64 * MIB
    this.#diskBytes = options.diskBytes ?? 8192 * MIB
    this.#writer = new SegmentWriter(
      directory,
      this.#ends,
      state.position.segment,
      options.segmentBytes ?? 16 * MIB,
      options.log,
    )
    this.#commit = new GroupCommit({
      commitMs: Math.min(options.commitMs ?? 2, LONGEST_COMMIT_MS),
      memoryBytes: this.#memoryBytes,
      write: bytes => this.#writer.write(bytes),
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

  /** Throws `ServiceUnavailableError` when memory or the share of the disk is full. `json` is a `JSON.stringify`. */
  append(json: string): void {
    if (this.#bytesOnDisk() > this.#diskBytes) throw journalFull()
    this.#commit.append(json)
    this.#outstanding++
  }

  durable(): Promise<void> {
    return this.#commit.durable()
  }

  health(): JournalHealth {
    const memoryBytes = this.#commit.bytes
    const diskBytes = this.#bytesOnDisk()
    const { failure } = this.#commit
    return {
      writable: failure === undefined,
      accepting: memoryBytes < this.#memoryBytes * REFUSE_AT && diskBytes < this.#diskBytes * REFUSE_AT,
      memoryBytes,
      diskBytes,
      code: failure === undefined ? undefined : String((failure as NodeJS.ErrnoException).code ?? 'unknown'),
    }
  }

  /** The next rows the database should get, from disk; the same again until `advance`. */
  read(most: number): Promise<Batch> {
    return readBatch(this.directory, this.#position, new Map(this.#ends), most, this.#log)
  }

  /** The database has this batch: moves the checkpoint and deletes segments that are no longer needed. */
  async advance(batch: Batch): Promise<void> {
    this.#outstanding = Math.max(0, this.#outstanding - batch.records.length)
    if (batch.next.segment === this.#position.segment && batch.next.offset === this.#position.offset) return
    this.#position = batch.next
    await writeCheckpoint(this.directory, batch.next)
    for (const [segment, end] of this.#ends) {
      if (segment === this.#writer.current || segment > batch.next.segment) continue
      if (segment === batch.next.segment && batch.next.offset < end) continue
      await unlink(segmentPath(this.directory, segment))
      this.#ends.delete(segment)
    }
  }

  /** Ends writing. Returns how many rows could not be put on disk and are lost, which was logged as an error. */
  async close(): Promise<number> {
    const lost = await this.#end()
    this.#lock.release()
    return lost
  }

  /** Deletes the directory of a journal that was read to its end; records set aside as damaged keep it. */
  async remove(): Promise<void> {
    await this.#end()
    const names = await readdir(this.directory)
    if (!names.some(name => name.endsWith('.bad'))) {
      await rm(this.directory, { recursive: true, force: true })
    }
    this.#lock.release()
  }

  async #end(): Promise<number> {
    const lost = await this.#commit.durable().then(
      () => 0,
      () => this.#commit.stop(),
    )
    if (lost > 0) this.#log.error({ rows: lost }, 'spend rows were lost: the journal could not be written')
    await this.#writer.close()
    return lost
  }

  #bytesOnDisk(): number {
    let bytes = 0
    for (const [segment, end] of this.#ends) if (segment >= this.#position.segment) bytes += end
    return bytes
  }
}
