import { DatabaseSync } from 'node:sqlite'

/** A held lock; the operating system frees it too when the process dies, however it dies. */
export interface FileLock {
  release(): void
}

/**
 * Takes an exclusive lock on a file, or returns undefined when another process (or another part of this one) holds it.
 * Node has no `flock`; SQLite's file locks are the same thing, need no process ids and leave nothing stale behind.
 */
export function lockFile(path: string): FileLock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return { release: () => database.close() }
}

function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' && (code & 0xff) === 5
}
