import { type CallRecord, chargeOf } from 'sluice/internal'
import type { BudgetCounter } from './counters/budget-counter.ts'
import { counterName } from './counters/counter-name.ts'
import type { SubjectCounters } from './counters/subject-counters.ts'
import { type TokenAmounts, tokensOf, tokensToTake, tokensUsed } from './counters/token-amounts.ts'
import { limitHeaders } from './limit-headers.ts'
import type { Claim, LimitSubject, Reservation } from './limiter.ts'
import type { SlidingWindow } from './sliding-window.ts'

/** What one call took from one subject: what is given back is exactly that, whatever limits change meanwhile. */
export interface Hold {
  readonly counters: SubjectCounters
  readonly taken: TokenAmounts
  readonly budget: BudgetCounter | undefined
  readonly tokens: SlidingWindow | undefined
  readonly input: SlidingWindow | undefined
  readonly output: SlidingWindow | undefined
}

/** Told of what was spent, after the counters know it. */
export type OnSpent = (claim: Claim, holds: readonly Hold[]) => void

/** Has what was spent of a limit without a row of its own written down with the call. */
function noteSpend(
  record: CallRecord,
  subject: LimitSubject,
  { resetAt = 0 }: BudgetCounter,
  nanoUsd: number,
) {
  if (subject.budget === undefined || subject.budget.spentNanoUsd !== undefined) return
  const spend = { kind: 'limit', id: counterName(subject), resetAt, replica: '', nanoUsd } as const
  record.limitSpends = [...(record.limitSpends ?? []), spend]
}

/** What one call holds of every subject, in the memory of this process. */
export class MemoryReservation implements Reservation {
  readonly claim: Claim
  readonly holds: readonly Hold[]
  readonly #clock: () => number
  readonly #onSpent: OnSpent | undefined
  #open = true

  /** Takes; the caller has checked. */
  constructor(claim: Claim, held: readonly SubjectCounters[], clock: () => number, onSpent?: OnSpent) {
    const second = Math.floor(claim.now / 1000)
    const amounts = tokensOf(claim)
    this.claim = claim
    this.#clock = clock
    this.#onSpent = onSpent
    const holds = new Array<Hold>(held.length)
    for (let i = 0; i < held.length; i++) {
      const counters = held[i] as SubjectCounters
      const taken = tokensToTake(claim.subjects[i] as LimitSubject, amounts)
      const { budget, tokens, input, output } = counters
      counters.parallel++
      counters.requests?.add(second, 1)
      tokens?.add(second, taken.tokens)
      input?.add(second, taken.input)
      output?.add(second, taken.output)
      if (budget !== undefined) budget.reserved += claim.nanoUsd ?? 0
      holds[i] = { counters, taken, budget, tokens, input, output }
    }
    this.holds = holds
  }

  /** Computed when read. */
  get headers(): Readonly<Record<string, string>> {
    const { claim, holds } = this
    return limitHeaders(
      claim.subjects,
      holds.map(hold => hold.counters),
      claim.now,
    )
  }

  settle(record: CallRecord): void {
    if (!this.#open) return
    this.#open = false
    const now = this.#clock()
    const used = tokensUsed(record, this.claim)
    const spent = Math.max(0, chargeOf(record.cost))
    for (let i = 0; i < this.holds.length; i++) {
      const hold = this.holds[i] as Hold
      const { counters, taken, budget } = hold
      counters.parallel--
      if (used !== undefined) {
        this.#correct(hold, 'tokens', used.tokens - taken.tokens, now)
        this.#correct(hold, 'input', used.input - taken.input, now)
        this.#correct(hold, 'output', used.output - taken.output, now)
      }
      if (budget === undefined) continue
      budget.roll(now)
      budget.reserved -= this.claim.nanoUsd ?? 0
      budget.spent += spent
      if (spent > 0) noteSpend(record, this.claim.subjects[i] as LimitSubject, budget, spent)
      if (counters.share !== undefined) counters.share.spentNanoUsd += spent
    }
    if (spent > 0) this.#onSpent?.(this.claim, this.holds)
  }

  /** What comes back leaves the second it was taken in; what comes on top counts now, or it would be forgotten. */
  #correct(hold: Hold, rate: 'tokens' | 'input' | 'output', excess: number, now: number): void {
    hold[rate]?.add(Math.floor((excess < 0 ? this.claim.now : now) / 1000), excess)
  }
}
