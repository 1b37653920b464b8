import { type CallRecord, chargeOf, type ZonedCalendar, zonedCalendar } from 'sluice/internal'
import { BoundedMap } from './bounded-map.ts'
import type { BudgetCounter } from './budget-counter.ts'
import { budgetError, type LimitType, rateLimitError } from './limit-errors.ts'
import { limitHeaders } from './limit-headers.ts'
import type { Claim, Limiter, LimitSubject, Reservation } from './limiter.ts'
import type { SlidingWindow } from './sliding-window.ts'
import { SubjectCounters, tokensToTake } from './subject-counters.ts'

export interface MemoryLimiterOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** IANA name; budgets reset at its midnights. UTC unless stated. */
  readonly timezone?: string
  /** Subjects remembered of each kind. */
  readonly maxSubjects?: number
}

/** What one subject has open and used, for metrics. */
export interface SubjectSnapshot {
  readonly kind: LimitSubject['kind']
  readonly id: string
  readonly parallel: number
  readonly requests: number
  readonly tokens: number
  readonly spentNanoUsd: number | undefined
  readonly reservedNanoUsd: number
  readonly budgetResetAt: number | undefined
}

export interface MemoryLimiter extends Limiter {
  reserve(claim: Claim): MemoryReservation
  /** What the counter holds, calls in flight left out; undefined for a subject without a budget in memory. */
  spentNanoUsd(kind: LimitSubject['kind'], id: string): number | undefined
  /** Carries counters over when a key gets a new hash. */
  move(kind: LimitSubject['kind'], from: string, to: string): void
  /** Drops a subject that is gone for good. Calls in flight settle into nothing. */
  forget(kind: LimitSubject['kind'], id: string): void
  snapshot(): Iterable<SubjectSnapshot>
}

/** Idle entries looked at each time a new one arrives, so that memory follows use. */
const SWEEP = 4

/**
 * Counters in this process: exact on one machine. Rates hold over any 60 consecutive clock seconds, budgets over
 * LiteLLM's calendar periods (the bound is `BudgetCounter`'s). Each kind of subject keeps `maxSubjects`; at the bound
 * the least recently used one without calls in flight is forgotten: its rate window starts empty and its budget
 * again from what the database has recorded.
 */
export function createMemoryLimiter(options: MemoryLimiterOptions = {}): MemoryLimiter {
  const clock = options.now ?? Date.now
  const calendar = zonedCalendar(options.timezone ?? 'UTC')
  const counters = {
    key: countersOf(options.maxSubjects),
    user: countersOf(options.maxSubjects),
    team: countersOf(options.maxSubjects),
    global: countersOf(options.maxSubjects),
  }
  return {
    name: 'memory',
    reserve(claim) {
      const subjects = claim.subjects
      const held = new Array<SubjectCounters>(subjects.length)
      for (let i = 0; i < subjects.length; i++) {
        const subject = subjects[i] as LimitSubject
        held[i] = prepared(counters[subject.kind], subject, claim.now, calendar)
      }
      checkBudgets(claim, held)
      checkRates(claim, held)
      return new MemoryReservation(claim, held, clock)
    },
    spentNanoUsd(kind, id) {
      const budget = counters[kind].get(id)?.budget
      budget?.roll(clock())
      return budget?.spent
    },
    move(kind, from, to) {
      const present = counters[kind].get(from)
      if (present === undefined) return
      counters[kind].delete(from)
      present.id = to
      counters[kind].set(to, present)
    },
    forget(kind, id) {
      counters[kind].delete(id)
    },
    *snapshot() {
      for (const map of Object.values(counters)) {
        for (const entry of map.values()) yield subjectSnapshot(entry, clock())
      }
    },
  }
}

function countersOf(most = 200_000): BoundedMap<SubjectCounters> {
  return new BoundedMap({ most, mayEvict: entry => entry.parallel === 0 })
}

function prepared(
  map: BoundedMap<SubjectCounters>,
  subject: LimitSubject,
  now: number,
  calendar: ZonedCalendar,
): SubjectCounters {
  let entry = map.get(subject.id)
  if (entry === undefined) {
    map.sweep(SWEEP, idle => idle.shrink(now))
    entry = new SubjectCounters(subject.kind, subject.id)
    map.set(subject.id, entry)
  }
  entry.prepare(subject, now, calendar)
  return entry
}

/** A model whose price is known to be 0 passes every budget, as in LiteLLM. */
function checkBudgets(claim: Claim, held: readonly SubjectCounters[]): void {
  if (claim.nanoUsd === 0) return
  for (let i = 0; i < held.length; i++) {
    const subject = claim.subjects[i] as LimitSubject
    const counters = held[i] as SubjectCounters
    const { budget } = counters
    if (budget === undefined || subject.budget === undefined) continue
    const verdict = budget.check(subject.budget.maxNanoUsd, claim.nanoUsd)
    if (verdict === 'fits') continue
    throw budgetError({
      subject,
      spentNanoUsd: budget.spent,
      reservedNanoUsd: budget.reserved,
      maxNanoUsd: subject.budget.maxNanoUsd,
      held: verdict === 'held',
      resetAt: budget.resetAt,
      headers: limitHeaders(subject, counters, claim.now),
    })
  }
}

function checkRates(claim: Claim, held: readonly SubjectCounters[]): void {
  const second = Math.floor(claim.now / 1000)
  for (let i = 0; i < held.length; i++) {
    const subject = claim.subjects[i] as LimitSubject
    const counters = held[i] as SubjectCounters
    const { maxParallelRequests, rpm, tpm } = subject
    if (maxParallelRequests !== undefined && counters.parallel >= maxParallelRequests) {
      refuse(claim, subject, counters, 'max_parallel_requests')
    }
    if (rpm !== undefined && (counters.requests?.used(second) ?? 0) + 1 > rpm) {
      refuse(claim, subject, counters, 'requests')
    }
    const tokens = tokensToTake(subject, claim.tokens)
    if (tpm !== undefined && (tpm === 0 || (counters.tokens?.used(second) ?? 0) + tokens > tpm)) {
      refuse(claim, subject, counters, 'tokens')
    }
  }
}

function refuse(claim: Claim, subject: LimitSubject, counters: SubjectCounters, type: LimitType): never {
  const [limit = 0, window, amount] =
    type === 'requests'
      ? [subject.rpm, counters.requests, 1]
      : type === 'tokens'
        ? [subject.tpm, counters.tokens, tokensToTake(subject, claim.tokens)]
        : [subject.maxParallelRequests, undefined, 1]
  const used = window?.used(Math.floor(claim.now / 1000)) ?? counters.parallel
  throw rateLimitError({
    subject,
    type,
    limit,
    remaining: limit - used,
    now: claim.now,
    waitMs: limit === 0 ? undefined : window?.msUntilRoom(claim.now, amount, limit),
    headers: limitHeaders(subject, counters, claim.now),
  })
}

/** What one call took from one subject: what is given back is exactly that, whatever limits change meanwhile. */
interface Hold {
  readonly counters: SubjectCounters
  readonly window: SlidingWindow | undefined
  readonly tokens: number
  readonly budget: BudgetCounter | undefined
}

/** What one call holds of every subject. */
export class MemoryReservation implements Reservation {
  readonly #claim: Claim
  readonly #holds: readonly Hold[]
  readonly #clock: () => number
  #open = true

  /** Takes; the caller has checked. */
  constructor(claim: Claim, held: readonly SubjectCounters[], clock: () => number) {
    const second = Math.floor(claim.now / 1000)
    this.#claim = claim
    this.#clock = clock
    this.#holds = held.map((counters, i) => {
      const tokens = tokensToTake(claim.subjects[i] as LimitSubject, claim.tokens)
      counters.parallel++
      counters.requests?.add(second, 1)
      counters.tokens?.add(second, tokens)
      if (counters.budget !== undefined) counters.budget.reserved += claim.nanoUsd ?? 0
      return { counters, window: counters.tokens, tokens, budget: counters.budget }
    })
  }

  /** The first subject that has limits speaks; the caller puts the key first. Computed when read. */
  get headers(): Readonly<Record<string, string>> {
    for (let i = 0; i < this.#holds.length; i++) {
      const subject = this.#claim.subjects[i] as LimitSubject
      const headers = limitHeaders(subject, (this.#holds[i] as Hold).counters, this.#claim.now)
      for (const _ in headers) return headers
    }
    return {}
  }

  settle(record: CallRecord): void {
    if (!this.#open) return
    this.#open = false
    const now = this.#clock()
    const tokens = tokensUsed(record)
    const spent = Math.max(0, chargeOf(record.cost))
    for (const hold of this.#holds) {
      hold.counters.parallel--
      const excess = tokens === undefined ? 0 : tokens - hold.tokens
      // What comes back leaves the second it was taken in; what comes on top counts now, or it would be forgotten.
      hold.window?.add(Math.floor((excess < 0 ? this.#claim.now : now) / 1000), excess)
      if (hold.budget !== undefined) {
        hold.budget.roll(now)
        hold.budget.reserved -= this.#claim.nanoUsd ?? 0
        hold.budget.spent += spent
      }
    }
  }
}

/** Undefined keeps the estimate: a success whose usage nobody knows. A failure without usage used nothing. */
function tokensUsed(record: CallRecord): number | undefined {
  const total = record.usage?.total_tokens
  if (total !== undefined && Number.isFinite(total)) return Math.max(0, total)
  return record.status === 'success' ? undefined : 0
}

function subjectSnapshot(entry: SubjectCounters, now: number): SubjectSnapshot {
  const second = Math.floor(now / 1000)
  entry.budget?.roll(now)
  return {
    kind: entry.kind,
    id: entry.id,
    parallel: entry.parallel,
    requests: entry.requests?.used(second) ?? 0,
    tokens: entry.tokens?.used(second) ?? 0,
    spentNanoUsd: entry.budget?.spent,
    reservedNanoUsd: entry.budget?.reserved ?? 0,
    budgetResetAt: entry.budget?.resetAt,
  }
}
