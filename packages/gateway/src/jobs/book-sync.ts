import { type Job, type RepeatOptions, repeat } from './repeat.ts'
import { settledWithin } from './settled-within.ts'

export interface BookSync extends Job {
  /** The first look, or that much time without one. */
  ready(withinMs: number): Promise<void>
}

export interface BookSyncOptions extends Omit<RepeatOptions, 'everyMs' | 'atOnce'> {
  /** What is held whole in memory: access groups, credentials. */
  readonly book: { sync(): Promise<unknown> }
  /** Milliseconds; what was changed on another replica holds here within this and one query. */
  readonly everyMs?: number
}

/** Keeps what is held whole in memory as the database has it. While that is away, the last reading stays in force. */
export function startBookSync({ book, everyMs = 1_000, ...options }: BookSyncOptions): BookSync {
  const job = repeat(() => book.sync(), { ...options, everyMs })
  return {
    ready: withinMs =>
      settledWithin(
        book.sync().then(() => {}, options.onError),
        withinMs,
      ),
    stop: () => job.stop(),
  }
}
