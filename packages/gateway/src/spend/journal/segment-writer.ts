import {
  closeSync,
  fdatasync as fdatasyncWithCallback,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'
import type { Log } from '../../db/log.ts'
import type { Position } from './checkpoint.ts'
import type { Span } from './line-buffer.ts'
import { segmentPath, syncDirectory } from './segments.ts'

export interface SegmentWriterOptions {
  readonly directory: string
  /** Segment → its end; shared with the reader. */
  readonly ends: Map<number, number>
  /** Numbers go on from here, so that a segment written later is never taken for one already read. */
  readonly last: number
  readonly segmentBytes: number
  /** Milliseconds that bytes may wait for the disk: what a power cut may take. */
  readonly syncMs: number
  /** Default: fdatasync. */
  readonly sync?: ((file: number) => Promise<void>) | undefined
  /** Told about spans that were written and that the disk then refused. */
  readonly onRefused: (spans: readonly Span[], error: unknown) => void
  readonly log: Log
}

const fdatasync = promisify(fdatasyncWithCallback)

/**
 * Writes spans so that the operating system has each when `write` returns, and has the disk take them in the background.
 * After a failure the segment is never written again: what a failed write or sync left behind cannot be trusted.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions
  readonly #ends: Map<number, number>
  #segment: number
  #file: number | undefined
  /** Files no longer written; the next sync closes them. */
  #retired: number[] = []
  #unsynced: Span[] = []
  #unsyncedBytes = 0
  #madeFile = false
  #timer: NodeJS.Timeout | undefined
  #syncing: Promise<void> | undefined

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    this.#ends = options.ends
    this.#segment = Math.max(options.last, ...options.ends.keys())
  }

  /** The segment being written, if one is open: it must not be deleted. */
  get current(): number | undefined {
    return this.#file === undefined ? undefined : this.#segment
  }

  /** Bytes written that the disk does not have yet; kept, in case that it refuses them. */
  get unsyncedBytes(): number {
    return this.#unsyncedBytes
  }

  /** Returns where the span begins. Throws the operating system's error, with nothing written. */
  write(span: Span): Position {
    const { bytes } = span
    if (this.#file !== undefined && this.#end() + bytes.length > this.#options.segmentBytes) this.#retire()
    const file = this.#file ?? this.#next()
    const offset = this.#end()
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(file, bytes, written, bytes.length - written, offset + written)
      }
    } catch (error) {
      this.#abandon(file, offset)
      throw error
    }
    this.#ends.set(this.#segment, offset + bytes.length)
    this.#unsynced.push(span)
    this.#unsyncedBytes += bytes.length
    this.#arm()
    return { segment: this.#segment, offset }
  }

  /** Resolves when the disk has all that was written, or refused it. */
  async synced(): Promise<void> {
    while (this.#unsynced.length > 0 || this.#syncing !== undefined) await this.#start()
  }

  async close(): Promise<void> {
    await this.synced()
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#retire()
    for (const file of this.#retired) closeSync(file)
    this.#retired = []
  }

  #end(): number {
    return this.#ends.get(this.#segment) ?? 0
  }

  #next(): number {
    const segment = this.#segment + 1
    const file = openSync(segmentPath(this.#options.directory, segment), 'wx', 0o600)
    this.#segment = segment
    this.#ends.set(segment, 0)
    this.#file = file
    this.#madeFile = true
    return file
  }

  #retire(): void {
    if (this.#file !== undefined) this.#retired.push(this.#file)
    this.#file = undefined
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#syncing !== undefined) return
    this.#timer = setTimeout(() => void this.#start(), this.#options.syncMs)
    this.#timer.unref()
  }

  /** One sync at a time. */
  #start(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined
      if (this.#unsynced.length > 0) this.#arm()
    })
    return this.#syncing
  }

  async #sync(): Promise<void> {
    const spans = this.#unsynced
    const retired = this.#retired
    const madeFile = this.#madeFile
    this.#unsynced = []
    this.#retired = []
    this.#madeFile = false
    const sync = this.#options.sync ?? fdatasync
    try {
      for (const file of retired) await sync(file)
      if (this.#file !== undefined) await sync(this.#file)
      // A new file survives a power cut only when its directory is written too.
      if (madeFile) await syncDirectory(this.#options.directory)
    } catch (error) {
      this.#refused(spans, error)
      return
    } finally {
      for (const file of retired) closeSync(file)
    }
    for (const span of spans) this.#unsyncedBytes -= span.bytes.length
  }

  /** They stay readable where they are, and are written again elsewhere: a row that comes twice counts once. */
  #refused(spans: readonly Span[], error: unknown): void {
    const all = [...spans, ...this.#unsynced]
    this.#unsynced = []
    this.#unsyncedBytes = 0
    this.#retire()
    this.#options.onRefused(all, error)
  }

  #abandon(file: number, end: number): void {
    this.#retire()
    try {
      ftruncateSync(file, end)
      if (end > 0) return
      this.#ends.delete(this.#segment)
      unlinkSync(segmentPath(this.#options.directory, this.#segment))
    } catch (error) {
      // The reader knows the good end, and a later start cuts off or sets aside what lies behind it.
      const { code } = error as NodeJS.ErrnoException
      this.#options.log.warn(
        { code, segment: this.#segment },
        'a failed write to the spend journal could not be undone',
      )
    }
  }
}
