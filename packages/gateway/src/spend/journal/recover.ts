import { open } from 'node:fs/promises'
import type { Log } from '../../db/log.ts'
import type { Position } from './checkpoint.ts'
import { decodeRecord, linesOf } from './record.ts'
import { listSegments, segmentPath } from './segments.ts'

export interface Recovered {
  /** Segment → offset after its last whole line. */
  readonly ends: Map<number, number>
  /** Sound records after the checkpoint. */
  readonly count: number
}

const CHUNK = 4 * 1024 * 1024

/** Counts what the database does not have yet and cuts off a record that a crash left half written. */
export async function recover(directory: string, from: Position, log: Log): Promise<Recovered> {
  const ends = new Map<number, number>()
  let count = 0
  for (const [segment, size] of await listSegments(directory)) {
    const start = segment === from.segment ? Math.min(from.offset, size) : segment < from.segment ? size : 0
    const scanned = await scan(directory, segment, start, size)
    if (scanned.end < size) await cut(directory, segment, scanned.end, size, log)
    ends.set(segment, scanned.end)
    count += scanned.count
  }
  return { ends, count }
}

async function scan(
  directory: string,
  segment: number,
  start: number,
  size: number,
): Promise<{ count: number; end: number }> {
  const handle = await open(segmentPath(directory, segment), 'r')
  try {
    let count = 0
    let end = start
    let chunk = CHUNK
    while (end < size) {
      const bytes = Buffer.alloc(Math.min(chunk, size - end))
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, end)
      let used = 0
      for (const { line, end: lineEnd } of linesOf(bytes.subarray(0, bytesRead))) {
        if (decodeRecord(line) !== undefined) count++
        used = lineEnd
      }
      if (used === 0 && (bytesRead === 0 || end + bytesRead >= size)) break
      chunk = used === 0 ? chunk * 2 : CHUNK
      end += used
    }
    return { count, end }
  } finally {
    await handle.close()
  }
}

async function cut(directory: string, segment: number, end: number, size: number, log: Log): Promise<void> {
  const handle = await open(segmentPath(directory, segment), 'r+')
  try {
    await handle.truncate(end)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  log.warn(
    { segment, bytes: size - end },
    'the last record of the spend journal was half written; it was cut off',
  )
}
