import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface RowSyncOptions extends Omit<RepeatOptions, 'everyMs'> {
  /** Keys or accounts in memory. */
  readonly rows: { sync(): Promise<void> }
  /** Milliseconds; what was revoked on another replica stops here within this and one query. */
  readonly everyMs?: number
}

/** Keeps this replica's rows up to date with what others changed. */
export function startRowSync({ rows, everyMs = 1_000, ...options }: RowSyncOptions): Job {
  return repeat(() => rows.sync(), { ...options, everyMs })
}
