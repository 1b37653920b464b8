import type { ZonedCalendar } from 'sluice/internal'
import { BudgetCounter } from './budget-counter.ts'
import type { LimitSubject } from './limiter.ts'
import { SlidingWindow } from './sliding-window.ts'

/** Everything counted for one subject. A counter exists from the first call that its limit concerned. */
export class SubjectCounters {
  readonly kind: LimitSubject['kind']
  id: string
  requests: SlidingWindow | undefined
  tokens: SlidingWindow | undefined
  budget: BudgetCounter | undefined
  /** Calls in flight. */
  parallel = 0

  constructor(kind: LimitSubject['kind'], id: string) {
    this.kind = kind
    this.id = id
  }

  /** Makes the counters the subject's limits need, and brings its budget up to date. */
  prepare(subject: LimitSubject, now: number, calendar: ZonedCalendar): void {
    if (subject.rpm !== undefined) this.requests ??= new SlidingWindow()
    if (subject.tpm !== undefined) this.tokens ??= new SlidingWindow()
    if (subject.budget === undefined) return
    if (this.budget === undefined) this.budget = new BudgetCounter(subject.budget, now, calendar)
    else this.budget.learn(subject.budget, now)
  }

  /** Frees windows that hold nothing any more. True when nothing is left worth keeping. */
  shrink(now: number): boolean {
    if (this.parallel > 0) return false
    const second = Math.floor(now / 1000)
    if (this.requests?.used(second) === 0) this.requests = undefined
    if (this.tokens?.used(second) === 0) this.tokens = undefined
    return this.requests === undefined && this.tokens === undefined && this.budget === undefined
  }
}

/** Tokens a claim takes from a window: one larger than the whole limit takes all of it, and so runs alone. */
export function tokensToTake(subject: LimitSubject, tokens: number): number {
  return subject.tpm === undefined ? 0 : Math.min(tokens, subject.tpm)
}
