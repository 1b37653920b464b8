import { budgetPeriodStart, momentAfter, nextBudgetReset, type ZonedCalendar } from 'sluice/internal'
import type { BudgetPeriod } from '../../db/limit-columns.ts'
import type { Limits } from '../../db/rows.ts'

/** Periods that are counted one by one; a budget that was not looked at for longer joins its calendar late. */
const MOST_PERIODS = 1_000

/**
 * The period that runs at `time`, of a budget that was to start again at `budgetResetAt` before: more than one may have
 * passed. Undefined for a budget that never starts again.
 */
export function periodAt(
  { budgetDuration, budgetResetAt }: Pick<Limits, 'budgetDuration' | 'budgetResetAt'>,
  time: number,
  calendar: ZonedCalendar,
): BudgetPeriod | undefined {
  const nextResetAt = nextBudgetReset(budgetDuration, time, calendar)
  if (nextResetAt === undefined) return undefined
  const due = Math.min(budgetResetAt ?? time, time)
  const start = budgetPeriodStart(budgetDuration, time, calendar)
  if (start !== undefined) return { periodFrom: Math.max(due, start), nextResetAt }
  return { periodFrom: lastBeginning(budgetDuration, due, time, calendar), nextResetAt }
}

/** Of a period that the calendar does not anchor: from one beginning to the next. */
function lastBeginning(duration: string | null, due: number, time: number, calendar: ZonedCalendar): number {
  const length = (momentAfter(duration ?? '', 0) ?? 0) || 1
  const isLong = time - due > MOST_PERIODS * length
  let from = isLong ? (nextBudgetReset(duration, time - 2 * length, calendar) ?? time) : due
  for (let count = 0; count <= MOST_PERIODS; count++) {
    const next = nextBudgetReset(duration, from, calendar)
    if (next === undefined || next <= from || next > time) break
    from = next
  }
  return Math.min(from, time)
}
