import type { Log } from '../db/log.ts'

/** The part of the global timers a job needs. */
export interface Timers {
  setTimeout(work: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

export interface RepeatOptions {
  /** What the work is called in the log. */
  readonly name: string
  /** Milliseconds from the end of one run to the start of the next. */
  readonly everyMs: number
  /** Told when the work begins to fail, and when it succeeds again: once each, however long it lasts. */
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly timers?: Timers | undefined
  /** Runs the first time without waiting. */
  readonly atOnce?: boolean | undefined
}

export interface Job {
  /** No run begins after this; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/**
 * Runs `work` again and again, never twice at a time, the first time after one interval; failures change nothing.
 * Keeps no process alive.
 */
export function repeat(work: () => Promise<unknown>, options: RepeatOptions): Job {
  const timers = options.timers ?? processTimers
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  let failing = false
  let timer: unknown

  function schedule(): void {
    if (!stopped) timer = timers.setTimeout(start, options.everyMs)
  }

  function start(): void {
    running = run().finally(schedule)
  }

  async function run(): Promise<void> {
    try {
      await work()
      if (failing) options.log.info({ job: options.name }, 'the job succeeds again')
      failing = false
    } catch (error) {
      if (!failing) options.log.warn({ job: options.name, err: error }, 'the job failed; it is tried again')
      failing = true
    }
  }

  if (options.atOnce) start()
  else schedule()
  return {
    stop() {
      stopped = true
      timers.clearTimeout(timer)
      return running
    },
  }
}

const processTimers: Timers = {
  setTimeout: (work, ms) => setTimeout(work, ms).unref(),
  clearTimeout: timer => clearTimeout(timer as NodeJS.Timeout),
}
