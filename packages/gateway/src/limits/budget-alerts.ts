import type { Log } from '../db/log.ts'
import { BoundedMap } from './bounded-map.ts'
import { counterName } from './counters/counter-name.ts'
import { maxOf } from './counters/max-of.ts'
import type { BudgetLimit, Claim, LimitSubject } from './limiter.ts'
import type { Hold } from './memory-reservation.ts'

/** `soft`: past `soft_budget`. `threshold`: past 80 % of the budget. `spent`: past all of it. */
export type BudgetEvent = 'soft' | 'threshold' | 'spent'

export interface BudgetAlert {
  readonly event: BudgetEvent
  readonly subject: LimitSubject
  readonly spentNanoUsd: number
  /** The amount that was passed. */
  readonly limitNanoUsd: number
  readonly resetAt: number | undefined
}

export interface BudgetAlertsOptions {
  readonly log: Pick<Log, 'warn'>
  readonly now: () => number
  /** Milliseconds between two alerts about the same. */
  readonly ttlMs: () => number
}

/** LiteLLM's share of a budget at which somebody is told. */
const THRESHOLD = 0.8
/** Alerts remembered; beyond, the one longest ago may be told again. */
const MOST = 50_000
export const BUDGET_EVENTS: readonly BudgetEvent[] = ['soft', 'threshold', 'spent']

/** Says once in a while that a budget is nearly or wholly spent: a line in the log, a number, and whoever listens. */
export class BudgetAlerts {
  /** Alerts so far. */
  readonly counts: Record<BudgetEvent, number> = { soft: 0, threshold: 0, spent: 0 }
  readonly #options: BudgetAlertsOptions
  readonly #told = new BoundedMap<number>({ most: MOST })
  readonly #listeners = new Set<(alert: BudgetAlert) => void>()

  constructor(options: BudgetAlertsOptions) {
    this.#options = options
  }

  /** Calls back with every alert, until the function it gives is called. */
  subscribe(listener: (alert: BudgetAlert) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Looks at what a call was charged to. */
  readonly onSpent = ({ subjects, now }: Claim, holds: readonly Hold[]): void => {
    for (let i = 0; i < holds.length; i++) {
      const { budget } = holds[i] as Hold
      const subject = subjects[i] as LimitSubject
      if (budget === undefined || subject.budget === undefined) continue
      for (const [event, limitNanoUsd] of amountsOf(subject.budget, now)) {
        if (budget.spent < limitNanoUsd) continue
        this.#tell({ event, subject, limitNanoUsd, spentNanoUsd: budget.spent, resetAt: budget.resetAt })
      }
    }
  }

  #tell(alert: BudgetAlert): void {
    const { event, subject, spentNanoUsd, limitNanoUsd, resetAt } = alert
    const { log, now, ttlMs } = this.#options
    const name = `${event} ${counterName(subject)}`
    if (now() - (this.#told.get(name) ?? Number.NEGATIVE_INFINITY) < ttlMs()) return
    this.#told.set(name, now())
    this.counts[event]++
    const { kind, label, model, window } = subject
    log.warn(
      {
        ...{ event, kind, label, model, window, spend: spentNanoUsd / 1e9, limit: limitNanoUsd / 1e9 },
        resetAt: resetAt === undefined ? undefined : new Date(resetAt).toISOString(),
      },
      SENTENCES[event],
    )
    for (const listener of this.#listeners) listener(alert)
  }
}

const SENTENCES: Readonly<Record<BudgetEvent, string>> = {
  soft: 'a soft budget is passed',
  threshold: 'most of a budget is spent',
  spent: 'a budget is spent',
}

function* amountsOf(budget: BudgetLimit, now: number): Iterable<[BudgetEvent, number]> {
  if (budget.softNanoUsd !== undefined) yield ['soft', budget.softNanoUsd]
  const max = maxOf(budget, now)
  if (max === Infinity) return
  yield ['threshold', max * THRESHOLD]
  yield ['spent', max]
}
