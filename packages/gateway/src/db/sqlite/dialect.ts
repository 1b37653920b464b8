import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Dialect,
  type Driver,
  type Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { createError } from 'sluice/internal'
import type { Log } from '../log.ts'
import { SqliteWorkerDriver } from './driver.ts'
import { WorkerClient } from './worker-client.ts'

const BUSY_TIMEOUT_MS = 5000
const QUEUE_SIZE = 1000
const QUEUE_TIMEOUT_MS = 15_000

/** Name of the embedded database inside the data directory. */
export const SQLITE_FILE = 'sluice.db'

/** Kysely's dialect for the embedded database; makes the directory (0700) and the file (0600). */
export function sqliteDialect(dataDirectory: string, log: Log): Dialect {
  const path = join(dataDirectory, SQLITE_FILE)
  makePrivateFile(dataDirectory, path)
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: (): Driver =>
      new SqliteWorkerDriver(new WorkerClient({ path, busyTimeoutMs: BUSY_TIMEOUT_MS }, log), {
        queueSize: QUEUE_SIZE,
        queueTimeoutMs: QUEUE_TIMEOUT_MS,
      }),
    createIntrospector: (database: Kysely<unknown>) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function makePrivateFile(directory: string, path: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // SQLite gives its -wal and -shm files the mode of the database file.
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw createError({
      kind: 'internal',
      code: 'data_directory_unusable',
      message: `The data directory ${directory} cannot be used (${code}). Make it writable for this user or name another one.`,
      retryable: false,
      cause: error,
    })
  }
}
