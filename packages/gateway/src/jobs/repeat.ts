/** The part of the global timers a job needs. */
export interface Timers {
  setTimeout(work: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

export interface RepeatOptions {
  /** Milliseconds from the end of one run to the start of the next; a function is asked each time. */
  readonly everyMs: number | (() => number)
  /** A run that failed; the next one comes all the same. */
  readonly onError: (error: unknown) => void
  readonly timers?: Timers | undefined
  /** Runs the first time without waiting. */
  readonly atOnce?: boolean | undefined
}

export interface Job {
  /** No run begins after this; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/** Runs `work` again and again, never twice at a time, the first time after one interval. Keeps no process alive. */
export function repeat(work: () => Promise<unknown>, options: RepeatOptions): Job {
  const timers = options.timers ?? processTimers
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  let timer: unknown

  function schedule(): void {
    if (stopped) return
    const { everyMs } = options
    timer = timers.setTimeout(start, typeof everyMs === 'number' ? everyMs : everyMs())
  }

  function start(): void {
    running = run().finally(schedule)
  }

  async function run(): Promise<void> {
    try {
      await work()
    } catch (error) {
      options.onError(error)
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
