import { type FileHandle, open, unlink } from 'node:fs/promises'
import type { Log } from '../../db/log.ts'
import { segmentPath, syncDirectory } from './segments.ts'

/**
 * Writes batches so that each is on disk when `write` resolves. After a failure the segment is cut back to its last
 * good byte and never written again: what a failed sync left behind cannot be trusted.
 */
export class SegmentWriter {
  readonly #directory: string
  readonly #segmentBytes: number
  readonly #log: Log
  /** Segment → its durable end; shared with the reader. */
  readonly #ends: Map<number, number>
  #segment: number
  #handle: FileHandle | undefined

  /** Numbers go on from `last`, so that a segment written later is never taken for one already read. */
  constructor(directory: string, ends: Map<number, number>, last: number, segmentBytes: number, log: Log) {
    this.#directory = directory
    this.#ends = ends
    this.#segmentBytes = segmentBytes
    this.#log = log
    this.#segment = Math.max(last, ...ends.keys())
  }

  /** The segment being written, if one is open: it must not be deleted. */
  get current(): number | undefined {
    return this.#handle === undefined ? undefined : this.#segment
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#handle !== undefined && this.#end() + bytes.length > this.#segmentBytes) await this.close()
    const handle = this.#handle ?? (await this.#next())
    const start = this.#end()
    try {
      let written = 0
      while (written < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, start + written)
        written += bytesWritten
      }
      await handle.datasync()
    } catch (error) {
      await this.#abandon(handle, start)
      throw error
    }
    this.#ends.set(this.#segment, start + bytes.length)
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  #end(): number {
    return this.#ends.get(this.#segment) ?? 0
  }

  async #next(): Promise<FileHandle> {
    const segment = this.#segment + 1
    const path = segmentPath(this.#directory, segment)
    const handle = await open(path, 'wx', 0o600)
    try {
      await syncDirectory(this.#directory)
    } catch (error) {
      await handle.close()
      await unlink(path)
      throw error
    }
    this.#segment = segment
    this.#ends.set(segment, 0)
    this.#handle = handle
    return handle
  }

  async #abandon(handle: FileHandle, end: number): Promise<void> {
    this.#handle = undefined
    try {
      await handle.truncate(end)
      await handle.close()
      if (end > 0) return
      this.#ends.delete(this.#segment)
      await unlink(segmentPath(this.#directory, this.#segment))
    } catch (error) {
      // The reader knows the good end, and a later start cuts off or sets aside what lies behind it.
      const { code } = error as NodeJS.ErrnoException
      this.#log.warn(
        { code, segment: this.#segment },
        'a failed write to the spend journal could not be undone',
      )
    }
  }
}
