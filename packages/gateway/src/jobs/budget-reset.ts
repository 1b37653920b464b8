import { nextBudgetReset, zonedCalendar } from 'sluice/internal'
import type { KeyCache } from '../auth/key-cache.ts'
import type { Database } from '../db/database.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface BudgetResetOptions {
  readonly database: { readonly keys: Pick<Database['keys'], 'dueForReset' | 'resetBudgets' | 'update'> }
  readonly keys: Pick<KeyCache, 'sync'>
  /** IANA name of the time zone whose midnights count. */
  readonly timezone: () => string
  readonly now?: () => number
}

/** Keys per query and transaction. */
const BATCH = 500
/** What is left after so many batches waits for the next run. */
const MAX_BATCHES = 200

/** Resets due budgets every ten seconds. Counters in memory do so by themselves; this is for the database. */
export function startBudgetReset(
  options: BudgetResetOptions & Omit<RepeatOptions, 'everyMs'> & { readonly everyMs?: number },
): Job {
  const { everyMs = 10_000, onError, timers } = options
  return repeat(() => resetDueBudgets(options), { everyMs, onError, timers })
}

/** One run; returns how many budgets started again. Rejects with `ServiceUnavailableError`. */
export async function resetDueBudgets(options: BudgetResetOptions): Promise<number> {
  const { database, keys, now = Date.now } = options
  const calendar = zonedCalendar(options.timezone())
  let count = 0
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const time = now()
    const rows = await database.keys.dueForReset(time, BATCH)
    const due = []
    for (const { tokenHash, budgetDuration } of rows) {
      const nextResetAt = nextBudgetReset(budgetDuration, time, calendar)
      if (nextResetAt !== undefined) due.push({ tokenHash, nextResetAt })
      // A reset time without a duration would be due for ever.
      else await database.keys.update(tokenHash, { budgetResetAt: null, updatedAt: time })
    }
    await database.keys.resetBudgets(due)
    count += due.length
    if (rows.length < BATCH) break
  }
  if (count > 0) await keys.sync()
  return count
}
