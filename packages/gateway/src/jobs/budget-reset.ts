import { zonedCalendar } from 'sluice/internal'
import type { Database } from '../db/database.ts'
import type { BudgetPeriod } from '../db/limit-columns.ts'
import type { Limits } from '../db/rows.ts'
import { periodAt } from './budgets/period-at.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface BudgetResetOptions {
  readonly database: {
    readonly keys: Pick<Database['keys'], 'dueForReset' | 'resetBudgets' | 'update'>
    readonly accounts: Pick<Database['accounts'], 'dueForReset' | 'resetBudgets' | 'update'>
    readonly budgets: Pick<Database['budgets'], 'anyDue' | 'dueForReset' | 'advance' | 'update'>
  }
  /** Told when budgets have started again; others hear of it with their next look at what has changed. */
  readonly keys?: { sync(): Promise<void> }
  readonly accounts?: { sync(): Promise<void> }
  /** IANA name of the time zone whose midnights count. */
  readonly timezone: () => string
  readonly now?: () => number
}

/** Rows per query and transaction. */
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

/**
 * Begins every period whose time has come; asked before calls are written down. So a total never holds what belongs to a
 * period that has not begun. Rejects with `ServiceUnavailableError`.
 */
export async function beginPeriods(options: BudgetResetOptions): Promise<void> {
  const { database, now = Date.now } = options
  while (await database.budgets.anyDue(now())) {
    if ((await resetDueBudgets(options)) === 0) return
  }
}

/** One run; returns how many budgets started again. Rejects with `ServiceUnavailableError`. */
export async function resetDueBudgets(options: BudgetResetOptions): Promise<number> {
  const { keys, accounts, budgets } = options.database
  const ofKeys = await resetAll(options, {
    due: keys.dueForReset,
    reset: rows => keys.resetBudgets(rows),
    endless: ({ tokenHash }, updatedAt) => keys.update(tokenHash, { budgetResetAt: null, updatedAt }),
  })
  if (ofKeys > 0) await options.keys?.sync()
  const ofAccounts = await resetAll(options, {
    due: accounts.dueForReset,
    reset: rows => accounts.resetBudgets(rows),
    endless: ({ kind, id }, updatedAt) => accounts.update(kind, id, { budgetResetAt: null, updatedAt }),
  })
  if (ofAccounts > 0) await options.accounts?.sync()
  // After those who went by its old period.
  await resetAll(options, {
    due: budgets.dueForReset,
    async reset(rows) {
      for (const { budgetId, nextResetAt } of rows) await budgets.advance(budgetId, nextResetAt)
    },
    endless: ({ budgetId }) => budgets.update(budgetId, { budgetResetAt: null }),
  })
  return ofKeys + ofAccounts
}

/** Whose budgets are reset. */
interface Resettable<R> {
  due(now: number, most: number): Promise<readonly R[]>
  reset(rows: readonly (R & BudgetPeriod)[]): Promise<void>
  /** A reset time without a duration would be due for ever. */
  endless(row: R, now: number): Promise<unknown>
}

async function resetAll<R extends Limits>(
  { timezone, now = Date.now }: BudgetResetOptions,
  { due, reset, endless }: Resettable<R>,
): Promise<number> {
  const calendar = zonedCalendar(timezone())
  let count = 0
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const time = now()
    const rows = await due(time, BATCH)
    const again = []
    for (const row of rows) {
      const period = periodAt(row, time, calendar)
      if (period === undefined) await endless(row, time)
      else again.push({ ...row, ...period })
    }
    await reset(again)
    count += again.length
    if (rows.length < BATCH) break
  }
  return count
}
