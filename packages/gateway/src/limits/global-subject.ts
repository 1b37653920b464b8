import { budgetPeriodStart, nextBudgetReset, zonedCalendar } from 'sluice/internal'
import type { LimitSettings } from '../config/settings.ts'
import type { SpendStore } from '../db/database.ts'
import type { LimitSubject } from './limiter.ts'

/** What the whole proxy has spent in the period that ends at `resetAt`. */
export interface GlobalSpend {
  readonly spentNanoUsd: number
  readonly resetAt: number | undefined
}

/** The whole proxy as a subject of limits; undefined when it has none. */
export function globalSubject(
  settings: LimitSettings,
  now: number,
  spend?: GlobalSpend,
): LimitSubject | undefined {
  const { globalBudgetNanoUsd, globalBudgetDuration, globalMaxParallelRequests, timezone } = settings
  if (globalBudgetNanoUsd === undefined && globalMaxParallelRequests === undefined) return undefined
  const resetAt = nextBudgetReset(globalBudgetDuration, now, zonedCalendar(timezone))
  const budget = globalBudgetNanoUsd !== undefined && {
    maxNanoUsd: globalBudgetNanoUsd,
    spentNanoUsd: spend?.resetAt === resetAt ? (spend?.spentNanoUsd ?? 0) : 0,
    duration: globalBudgetDuration,
    resetAt,
  }
  return Object.freeze<LimitSubject>({
    kind: 'global',
    id: 'proxy',
    label: 'proxy',
    maxParallelRequests: globalMaxParallelRequests,
    budget: budget === false ? undefined : Object.freeze(budget),
  })
}

/**
 * Reads the running period's spend, so that a restart forgets nothing of the proxy's own budget. Days are the
 * database's, UTC: the first day of a period may count whole. A period without a place in the calendar (`10d`, `5h`)
 * starts anew with the process. Rejects with `ServiceUnavailableError`.
 */
export async function readGlobalSpend(
  store: Pick<SpendStore, 'totals'>,
  settings: LimitSettings,
  now: number,
): Promise<GlobalSpend | undefined> {
  if (settings.globalBudgetNanoUsd === undefined) return undefined
  const calendar = zonedCalendar(settings.timezone)
  const duration = settings.globalBudgetDuration
  const resetAt = nextBudgetReset(duration, now, calendar)
  const start = budgetPeriodStart(duration, now, calendar)
  if (start === undefined) return { spentNanoUsd: 0, resetAt }
  const rows = await store.totals('model', { from: dayOf(start), to: dayOf(now) })
  return { spentNanoUsd: rows.reduce((sum, row) => sum + row.spendNanoUsd, 0), resetAt }
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10)
}
