import type { Log } from '../db/log.ts'

/** A step of a call that may not stop the others. */
export type GuardedStep = 'callback' | 'error reply' | 'cost' | 'settle' | 'ledger' | 'reply'

const LOG_EVERY_MS = 60_000

/**
 * Failures of steps that every call takes whatever becomes of the one before, so that one fault never costs a
 * reservation, a spend row or an answer. All are counted; each kind is said at once and then once a minute.
 */
export class Faults {
  readonly #log: Pick<Log, 'error'>
  readonly #now: () => number
  /** As many entries as there are steps. */
  readonly #seen = new Map<GuardedStep, { count: number; saidAt: number }>()

  constructor(log: Pick<Log, 'error'>, now: () => number) {
    this.#log = log
    this.#now = now
  }

  note(step: GuardedStep, error: unknown, callId: string): void {
    const seen = this.#seen.get(step) ?? { count: 0, saidAt: Number.NEGATIVE_INFINITY }
    this.#seen.set(step, seen)
    seen.count++
    if (this.#now() - seen.saidAt < LOG_EVERY_MS) return
    seen.saidAt = this.#now()
    this.#log.error(
      { err: error, step, callId, failures: seen.count },
      'a step of a call failed; the call went on without it',
    )
  }
}
