import type { SpendStore } from '../db/database.ts'
import type { BudgetCounter } from './counters/budget-counter.ts'
import { counterName } from './counters/counter-name.ts'
import type { SubjectCounters } from './counters/subject-counters.ts'
import type { Claim } from './limiter.ts'

export interface SpendSeedsOptions {
  readonly store: Pick<SpendStore, 'limitSpends'>
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/** Milliseconds after which the database is asked again, in the background: other processes may have spent. */
const REFRESH_MS = 30_000
/** The same after an answer that failed to come. */
const RETRY_MS = 1_000
/** The same after the first answer: rows of a process before this one may have been on their way to the database. */
const AGAIN_MS = 5_000
/** Milliseconds a call waits when a counter is new to this process. */
const PATIENCE_MS = 1_000

/**
 * What was spent of budgets that no row holds (per model, per window, of customers without a row), before this process
 * counted them. Asked once when a counter is new, as an unknown key is; while the database cannot tell it starts at 0, and
 * calls go on: what was spent before counts from the first call a second after the database is back.
 */
export class SpendSeeds {
  readonly #options: SpendSeedsOptions
  /** New counters that are being asked for: every call of theirs waits. */
  readonly #asking = new Map<BudgetCounter, Promise<void>>()

  constructor(options: SpendSeedsOptions) {
    this.#options = options
  }

  /** Undefined when the claim can be decided at once; else resolves when it can. Never rejects. */
  prepare(claim: Claim, held: readonly SubjectCounters[]): Promise<void> | undefined {
    let unknown: SubjectCounters[] | undefined
    let waits: Promise<void>[] | undefined
    let isNew = false
    for (let i = 0; i < held.length; i++) {
      const { budget } = held[i] as SubjectCounters
      const limit = claim.subjects[i]?.budget
      if (budget === undefined || limit === undefined || limit.spentNanoUsd !== undefined) continue
      if (claim.now - budget.askedAt < REFRESH_MS) {
        const asked = this.#asking.get(budget)
        if (asked !== undefined) waits = [...(waits ?? []), asked]
        continue
      }
      isNew ||= budget.askedAt === 0
      budget.askedAt = claim.now
      unknown = unknown ?? []
      unknown.push(held[i] as SubjectCounters)
    }
    if (unknown !== undefined) {
      const asked = this.#ask(unknown, claim.now, isNew)
      if (isNew) waits = [...(waits ?? []), this.#note(unknown, asked)]
    }
    return waits && Promise.all(waits).then(() => {})
  }

  async #note(counters: readonly SubjectCounters[], asked: Promise<void>): Promise<void> {
    for (const { budget } of counters) if (budget !== undefined) this.#asking.set(budget, asked)
    await asked
    for (const { budget } of counters) if (budget !== undefined) this.#asking.delete(budget)
  }

  async #ask(unknown: readonly SubjectCounters[], askedAt: number, isNew: boolean): Promise<void> {
    const { store, now, onError } = this.#options
    const names = unknown.map(counterName)
    const read = store.limitSpends(names, now()).then(
      spends => {
        for (const { id, resetAt, nanoUsd } of spends) {
          const { budget } = unknown[names.indexOf(id)] ?? {}
          budget?.learnCounted(nanoUsd, resetAt === 0 ? undefined : resetAt, now())
        }
        if (isNew) askWithin(AGAIN_MS, unknown, askedAt)
      },
      error => {
        onError(error)
        askWithin(RETRY_MS, unknown, askedAt)
      },
    )
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, PATIENCE_MS)
    await Promise.race([read, late])
    clearTimeout(timer)
  }
}

/** Has the next call ask that comes so long after these were asked for; those asked for since are left alone. */
function askWithin(ms: number, counters: readonly SubjectCounters[], askedAt: number): void {
  for (const { budget } of counters)
    if (budget?.askedAt === askedAt) budget.askedAt = askedAt - REFRESH_MS + ms
}
