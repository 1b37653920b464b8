import { zonedCalendar } from 'sluice/internal'
import { checkClaim } from './check-claim.ts'
import { CounterStore } from './counters/counter-store.ts'
import type { SubjectCounters } from './counters/subject-counters.ts'
import type { Claim, Limiter, SubjectKind } from './limiter.ts'
import { MemoryReservation, type OnSpent } from './memory-reservation.ts'

export interface MemoryLimiterOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** IANA name; budgets reset at its midnights. UTC unless stated. */
  readonly timezone?: string
  /** Subjects remembered of each kind. */
  readonly maxSubjects?: number
  readonly onSpent?: OnSpent | undefined
}

/** What one counter has open and used, for metrics. */
export interface SubjectSnapshot {
  readonly kind: SubjectKind
  readonly id: string
  readonly model: string | undefined
  readonly window: string | undefined
  readonly parallel: number
  readonly requests: number
  readonly tokens: number
  readonly label: string
  readonly spentNanoUsd: number | undefined
  readonly maxNanoUsd: number | undefined
  readonly reservedNanoUsd: number
  readonly budgetResetAt: number | undefined
}

/** What management and metrics ask of a limiter. */
export interface LimiterState {
  /** What the counter holds, calls in flight left out; undefined for a subject without a budget in memory. */
  spentNanoUsd(kind: SubjectKind, id: string): number | undefined
  /** Drops a subject that is gone for good. Calls in flight settle into nothing. */
  forget(kind: SubjectKind, id: string): void
  snapshot(): Iterable<SubjectSnapshot>
}

export interface MemoryLimiter extends Limiter, LimiterState {
  reserve(claim: Claim): MemoryReservation
}

/**
 * Counters in this process: exact on one machine. Rates hold over any 60 consecutive clock seconds, budgets over
 * LiteLLM's calendar periods (the bound is `BudgetCounter`'s). Memory is bounded as `CounterStore` says.
 */
export function createMemoryLimiter(options: MemoryLimiterOptions = {}): MemoryLimiter {
  const clock = options.now ?? Date.now
  const store = new CounterStore(zonedCalendar(options.timezone ?? 'UTC'), options.maxSubjects)
  return {
    name: 'memory',
    ...stateOf(store, clock),
    reserve(claim) {
      const held = store.prepared(claim.subjects, claim.now)
      checkClaim(claim, held)
      return new MemoryReservation(claim, held, clock, options.onSpent)
    },
  }
}

/** The state of a store of counters. */
export function stateOf(store: CounterStore, clock: () => number): LimiterState {
  return {
    spentNanoUsd(kind, id) {
      const budget = store.find({ kind, id })?.budget
      budget?.roll(clock())
      return budget?.spent
    },
    forget: (kind, id) => store.forget(kind, id),
    *snapshot() {
      for (const entry of store.values()) yield subjectSnapshot(entry, clock())
    },
  }
}

function subjectSnapshot(entry: SubjectCounters, now: number): SubjectSnapshot {
  const { kind, id, model, window, parallel, budget } = entry
  const second = Math.floor(now / 1000)
  budget?.roll(now)
  return {
    ...{ kind, id, model, window, parallel, label: entry.label },
    requests: entry.used('requests', second),
    tokens: entry.used('tokens', second),
    spentNanoUsd: budget?.spent,
    maxNanoUsd: budget?.max,
    reservedNanoUsd: budget?.reserved ?? 0,
    budgetResetAt: budget?.resetAt,
  }
}
