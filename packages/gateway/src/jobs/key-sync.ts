import type { KeyCache } from '../auth/key-cache.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface KeySyncOptions extends Omit<RepeatOptions, 'everyMs'> {
  readonly keys: Pick<KeyCache, 'sync'>
  /** Milliseconds; a key revoked on another replica stops here within this and one query. */
  readonly everyMs?: number
}

/** Keeps this replica's keys up to date with what others changed. */
export function startKeySync({ keys, everyMs = 1_000, ...options }: KeySyncOptions): Job {
  return repeat(() => keys.sync(), { ...options, everyMs })
}
