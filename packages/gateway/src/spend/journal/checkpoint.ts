import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Everything before it is in the database, or wherever the reader takes it. */
export interface Position {
  readonly segment: number
  readonly offset: number
}

const START: Position = { segment: 0, offset: 0 }

/**
 * Reads how far the database had come. A missing or damaged checkpoint means "from the start": rows are idempotent,
 * so reading too much is slow but never wrong.
 */
export async function readCheckpoint(directory: string, name = 'checkpoint'): Promise<Position> {
  let text: string
  try {
    text = await readFile(join(directory, name), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return START
    throw error
  }
  const [segment, offset] = text.split(' ').map(Number)
  if (!Number.isSafeInteger(segment) || !Number.isSafeInteger(offset)) return START
  return { segment: segment ?? 0, offset: offset ?? 0 }
}

/** Not synced: a checkpoint that a power cut takes back only costs reading again. */
export async function writeCheckpoint(
  directory: string,
  position: Position,
  name = 'checkpoint',
): Promise<void> {
  const path = join(directory, name)
  await writeFile(`${path}.new`, `${position.segment} ${position.offset}`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
