import { type BudgetVerdict, budgetVerdict, nextBudgetReset, type ZonedCalendar } from 'sluice/internal'
import type { BudgetLimit } from '../limiter.ts'

/** Clocks of two replicas may differ by this much and still mean the same reset. */
const SKEW_MS = 60_000

/**
 * One subject's money in one period, nano-dollars: what is spent, and what calls in flight may still spend. Its bound is
 * `budgetVerdict`'s.
 */
export class BudgetCounter {
  spent = 0
  reserved = 0
  /** What may be spent, as it was known last. */
  max = 0
  /** Own next reset; runs ahead of the database's until its job has caught up. */
  resetAt: number | undefined
  /** When the database was last asked for the spend; 0: never. Of budgets whose spend no row holds. */
  askedAt = 0
  /** The highest spend the database told of the running period, and since when it is known here. */
  #told = 0
  #toldAt = 0
  #seenResetAt: number | undefined
  #seenSetAt: number | undefined
  #duration: string | undefined
  readonly #calendar: ZonedCalendar

  constructor(budget: BudgetLimit, now: number, calendar: ZonedCalendar) {
    this.#calendar = calendar
    this.#toldAt = now
    if (budget.spentNanoUsd === undefined) this.#begin(budget, now)
    else this.#adopt(budget)
    this.roll(now)
  }

  /** When the spend was last set by hand, milliseconds. */
  get setAt(): number | undefined {
    return this.#seenSetAt
  }

  /** Starts a new period when its time has come. */
  roll(now: number): void {
    if (this.resetAt === undefined || now < this.resetAt) return
    this.spent = 0
    this.resetAt = nextBudgetReset(this.#duration, now, this.#calendar)
  }

  /**
   * Takes in what the database says: the counter rises to what other replicas have written, restarts when the spend
   * was set by hand or the period was reset there, and ignores a row that has not yet seen a reset made here.
   */
  learn(budget: BudgetLimit, now: number): void {
    const spentThere = budget.spentNanoUsd
    if (spentThere === undefined) {
      if (budget.duration !== this.#duration) this.#begin(budget, now)
      return this.roll(now)
    }
    if (budget.setAt !== this.#seenSetAt) {
      this.#adopt(budget)
    } else if (budget.resetAt !== this.#seenResetAt || budget.duration !== this.#duration) {
      const seen = this.#seenResetAt
      const resetThere = seen !== undefined && seen === this.resetAt && now >= seen - SKEW_MS
      const { spent } = this
      this.#adopt(budget)
      if (!resetThere) this.spent = Math.max(spent, spentThere)
    } else if (spentThere > this.spent && this.resetAt === budget.resetAt) {
      this.spent = spentThere
    }
    this.#note(spentThere, now)
    this.roll(now)
  }

  /** Takes in what the database holds of the period that ends at `resetAt`, for a budget whose spend no row holds. */
  learnCounted(nanoUsd: number, resetAt: number | undefined, now: number): void {
    if (resetAt !== this.resetAt) return
    if (this.#seenResetAt !== resetAt) this.#told = 0
    this.#seenResetAt = resetAt
    this.spent = Math.max(this.spent, nanoUsd)
    this.#note(nanoUsd, now)
  }

  /** What the database said of the running period and is known here for `ms`; undefined where nothing is. */
  toldFor(ms: number, now: number): number | undefined {
    const isRunning = this.#seenResetAt === this.resetAt && this.#told > 0
    return isRunning && now - this.#toldAt >= ms ? this.#told : undefined
  }

  /** Takes in what all replicas together have spent of the period that ends at `resetAt`. */
  learnTotal(nanoUsd: number, resetAt: number | undefined): void {
    if (resetAt !== this.resetAt) {
      if (resetAt === undefined || this.resetAt === undefined || resetAt < this.resetAt) return
      this.resetAt = resetAt
      this.spent = nanoUsd
    } else if (nanoUsd > this.spent) {
      this.spent = nanoUsd
    }
  }

  check(max: number, worst: number | undefined): BudgetVerdict {
    return budgetVerdict(this, max, worst)
  }

  #note(told: number, now: number): void {
    if (told <= this.#told) return
    this.#told = told
    this.#toldAt = now
  }

  /** A budget whose spend no row holds has no reset in a row either. */
  #begin(budget: BudgetLimit, now: number): void {
    this.#adopt({ ...budget, resetAt: nextBudgetReset(budget.duration, now, this.#calendar) })
    this.askedAt = 0
  }

  #adopt(budget: BudgetLimit): void {
    this.spent = budget.spentNanoUsd ?? 0
    this.#told = 0
    this.resetAt = budget.resetAt
    this.#seenResetAt = budget.resetAt
    this.#seenSetAt = budget.setAt
    this.#duration = budget.duration
  }
}
