import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const SUFFIX = '.log'

/** Path of a segment, `000001.log` …; `suffix` names what belongs to it. */
export function segmentPath(directory: string, segment: number, suffix: string = SUFFIX): string {
  return join(directory, `${String(segment).padStart(6, '0')}${suffix}`)
}

/** Segments on disk with their sizes, oldest first. */
export async function listSegments(directory: string): Promise<Map<number, number>> {
  const found: number[] = []
  for (const name of await readdir(directory)) {
    const number = name.endsWith(SUFFIX) ? Number(name.slice(0, -SUFFIX.length)) : Number.NaN
    if (Number.isInteger(number) && number > 0) found.push(number)
  }
  const sizes = new Map<number, number>()
  for (const segment of found.sort((a, b) => a - b)) {
    sizes.set(segment, (await stat(segmentPath(directory, segment))).size)
  }
  return sizes
}

/** A new file survives a power cut only when its directory is written too. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
