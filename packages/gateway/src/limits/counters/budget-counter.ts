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
  /** Own next reset; runs ahead of the database's until its job has caught up. */
  resetAt: number | undefined
  /** What other processes have spent of the running period, where the database keeps each one's sum. */
  #others = 0
  #seenResetAt: number | undefined
  #seenSetAt: number | undefined
  #duration: string | undefined
  readonly #calendar: ZonedCalendar

  constructor(budget: BudgetLimit, now: number, calendar: ZonedCalendar) {
    this.#calendar = calendar
    this.#adopt(budget)
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
    this.#others = 0
    this.resetAt = nextBudgetReset(this.#duration, now, this.#calendar)
  }

  /**
   * Takes in what the database says: the counter rises to what other replicas have written, restarts when the spend
   * was set by hand or the period was reset there, and ignores a row that has not yet seen a reset made here.
   */
  learn(budget: BudgetLimit, now: number): void {
    const spentThere = budget.spentNanoUsd ?? 0
    if (budget.setAt !== this.#seenSetAt) {
      this.#adopt(budget)
    } else if (budget.resetAt !== this.#seenResetAt || budget.duration !== this.#duration) {
      const seen = this.#seenResetAt
      const resetThere = seen !== undefined && seen === this.resetAt && now >= seen - SKEW_MS
      const { spent } = this
      const others = this.#others
      this.#adopt(budget)
      if (!resetThere) {
        this.spent = Math.max(spent, spentThere)
        this.#others = others
      }
    } else if (spentThere > this.spent && this.resetAt === budget.resetAt) {
      this.spent = spentThere
    }
    this.roll(now)
  }

  /** Takes in what all other processes together have spent of the period that ends at `resetAt`. */
  learnOthers(nanoUsd: number, resetAt: number | undefined): void {
    if (resetAt !== this.resetAt || nanoUsd <= this.#others) return
    this.spent += nanoUsd - this.#others
    this.#others = nanoUsd
  }

  check(max: number, worst: number | undefined): BudgetVerdict {
    return budgetVerdict(this, max, worst)
  }

  #adopt(budget: BudgetLimit): void {
    this.spent = budget.spentNanoUsd ?? 0
    this.#others = 0
    this.resetAt = budget.resetAt
    this.#seenResetAt = budget.resetAt
    this.#seenSetAt = budget.setAt
    this.#duration = budget.duration
  }
}
