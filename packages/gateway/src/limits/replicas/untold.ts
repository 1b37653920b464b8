import { RATES, type Rate, type SubjectCounters } from '../counters/subject-counters.ts'
import { SlidingWindow } from '../sliding-window.ts'
import type { Outcome, SharedReservation } from './shared-reservation.ts'
import type { Spend } from './unanswered.ts'

/** Counters remembered; beyond, what was spent longest ago reaches Redis through the database only. */
const MOST = 100_000
const TOKENS = ['tokens', 'input', 'output'] as const

/** What one counter used while Redis could not be told. */
export interface UntoldUse {
  /** Nano-dollars, of the period that ends at `resetAt`. */
  nanoUsd: number
  resetAt: number | undefined
  readonly windows: Partial<Record<Rate, SlidingWindow>>
}

/** What this replica used while Redis could not be told; it is told when Redis is back. */
export class Untold {
  readonly #uses = new Map<SubjectCounters, UntoldUse>()

  get counters(): Iterable<SubjectCounters> {
    return this.#uses.keys()
  }

  spend({ counters, nanoUsd, resetAt }: Spend): void {
    if (nanoUsd === 0) return
    const use = this.#use(counters)
    if (use.resetAt !== resetAt) {
      use.nanoUsd = 0
      use.resetAt = resetAt
    }
    use.nanoUsd += nanoUsd
  }

  /** What a call took of the rates. */
  began({ memory: { claim, holds } }: SharedReservation): void {
    const second = Math.floor(claim.now / 1000)
    for (const { counters, taken } of holds) {
      this.#add(counters, 'requests', second, 1)
      for (const rate of TOKENS) this.#add(counters, rate, second, taken[rate])
    }
  }

  /** What a call used. What Redis counted too much leaves its window by itself. */
  settled(
    { memory: { claim, holds }, state }: SharedReservation,
    { used, nanoUsd }: Outcome,
    now: number,
  ): void {
    for (const { counters, taken, budget } of holds) {
      if (budget !== undefined) this.spend({ counters, nanoUsd, resetAt: budget.resetAt })
      if (used === undefined) continue
      for (const rate of TOKENS) {
        const excess = used[rate] - taken[rate]
        const at = excess < 0 ? claim.now : now
        if (excess > 0 || state === 'untold') this.#add(counters, rate, Math.floor(at / 1000), excess)
      }
    }
  }

  /** Takes out what one counter used: nano-dollars, and of each rate what is still in its window. */
  take(counters: SubjectCounters, second: number): { readonly nanoUsd: number; readonly rates: number[] } {
    const use = this.#uses.get(counters)
    this.#uses.delete(counters)
    const isRunning = use !== undefined && use.resetAt === counters.budget?.resetAt
    return {
      nanoUsd: isRunning ? use.nanoUsd : 0,
      rates: RATES.map(rate => Math.max(0, use?.windows[rate]?.used(second) ?? 0)),
    }
  }

  #add(counters: SubjectCounters, rate: Rate, second: number, amount: number): void {
    if (amount === 0 || counters[rate] === undefined) return
    const { windows } = this.#use(counters)
    const window = (windows[rate] ??= new SlidingWindow())
    window.add(second, amount)
  }

  #use(counters: SubjectCounters): UntoldUse {
    let use = this.#uses.get(counters)
    if (use !== undefined) return use
    const { value: oldest } = this.#uses.keys().next()
    if (oldest !== undefined && this.#uses.size >= MOST) this.#uses.delete(oldest)
    use = { nanoUsd: 0, resetAt: counters.budget?.resetAt, windows: {} }
    this.#uses.set(counters, use)
    return use
  }
}
