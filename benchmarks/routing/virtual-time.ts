import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

/** Milliseconds by which time goes on at once. */
const STEP_MS = 5

/** A clock that stands still until it is told to go on; timers of the process wait with it. */
export interface VirtualClock {
  now(): number
  /** Runs `work` when the clock shows `at`. */
  at(at: number, work: () => void): void
}

/** Runs `scene` in virtual time until its promise settles. Timers of the process are real again afterwards. */
export async function inVirtualTime<T>(scene: (clock: VirtualClock) => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ['setTimeout'] })
  let now = 1_000_000_000_000
  try {
    let settled = false
    const clock: VirtualClock = {
      now: () => now,
      at: (at, work) => void setTimeout(work, at - now),
    }
    const running = scene(clock).finally(() => {
      settled = true
    })
    running.catch(() => {})
    while (!settled) {
      await turn()
      now += STEP_MS
      mock.timers.tick(STEP_MS)
    }
    return await running
  } finally {
    mock.timers.reset()
  }
}
