import { appendFile, type FileHandle, open } from 'node:fs/promises'
import type { Log } from '../../db/log.ts'
import type { Position } from './checkpoint.ts'
import type { JournalRecord } from './line-buffer.ts'
import { decodeRecord, linesOf } from './record.ts'
import { segmentPath } from './segments.ts'

export interface Batch {
  readonly records: readonly JournalRecord[]
  /** True when it came from memory. */
  readonly recent?: true
  /** Where the next batch begins, once the database has this one. */
  readonly next: Position
}

/** Bytes read at a time; a longer record is read whole. */
const CHUNK = 1024 * 1024

/**
 * Reads records from `from` up to the known ends of the segments, at most `most` of them and about a megabyte.
 * Damaged records are copied to `<segment>.bad` and reported, and reading goes on behind them.
 */
export async function readBatch(
  directory: string,
  from: Position,
  ends: ReadonlyMap<number, number>,
  most: number,
  log: Log,
): Promise<Batch> {
  let position = from
  for (const [segment, end] of ends) {
    if (segment < position.segment) continue
    if (segment > position.segment) position = { segment, offset: 0 }
    if (position.offset >= end) continue
    const batch = await readSegment(directory, position, end, most, log)
    if (batch.records.length > 0) return batch
    position = batch.next
  }
  return { records: [], next: position }
}

async function readSegment(
  directory: string,
  from: Position,
  end: number,
  most: number,
  log: Log,
): Promise<Batch> {
  const handle = await open(segmentPath(directory, from.segment), 'r')
  try {
    const bytes = await readWholeLines(handle, from.offset, end)
    const records: string[] = []
    const damaged: Buffer[] = []
    let used = 0
    for (const { line, end: lineEnd } of linesOf(bytes)) {
      const json = decodeRecord(line)
      if (json === undefined) damaged.push(bytes.subarray(used, lineEnd))
      else records.push(json)
      used = lineEnd
      if (records.length >= most) break
    }
    if (used === 0) {
      damaged.push(bytes)
      used = end - from.offset
    }
    if (damaged.length > 0) await setAside(directory, from.segment, damaged, log)
    return { records, next: { segment: from.segment, offset: from.offset + used } }
  } finally {
    await handle.close()
  }
}

/** At least one whole line, unless the segment ends before a newline comes. */
async function readWholeLines(handle: FileHandle, offset: number, end: number): Promise<Buffer> {
  for (let size = CHUNK; ; size *= 2) {
    const bytes = Buffer.allocUnsafe(Math.min(size, end - offset))
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled)
      if (bytesRead === 0) return bytes.subarray(0, filled)
      filled += bytesRead
    }
    if (bytes.includes(0x0a) || offset + bytes.length >= end) return bytes
  }
}

async function setAside(directory: string, segment: number, damaged: readonly Buffer[], log: Log) {
  const path = segmentPath(directory, segment, '.bad')
  await appendFile(path, Buffer.concat(damaged), { mode: 0o600 })
  log.error({ file: path, records: damaged.length }, 'damaged records of the spend journal were set aside')
}
