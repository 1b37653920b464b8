import type { BudgetSpend } from 'sluice/internal'
import type { SpendStore } from '../db/database.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface BudgetSyncOptions extends Omit<RepeatOptions, 'everyMs' | 'atOnce'> {
  readonly store: Pick<SpendStore, 'budgetSpends' | 'forgetBudgets'>
  /** The budgets of providers and deployments in force. */
  readonly budgets: () => { readonly size: number; learn(spends: readonly BudgetSpend[]): void }
  readonly now?: () => number
  /** Milliseconds; what another replica has written down counts here within this and one query, with news at once. */
  readonly everyMs?: number
}

export interface BudgetSyncJob extends Job {
  /** Resolves with the first reading, or when that much time has passed without one. */
  ready(withinMs: number): Promise<void>
}

/** Clocks of replicas may differ, and journals may wait for the database: so long ended periods are kept. */
const KEPT_MS = 7 * 86_400_000
const FORGET_EVERY_MS = 3_600_000

/** Keeps in mind what other processes, those before a restart among them, have spent of providers' and deployments' budgets. */
export function startBudgetSync(options: BudgetSyncOptions): BudgetSyncJob {
  const { store, budgets, now = Date.now, everyMs = 2_000, ...rest } = options
  let forgotAt = now()
  const sync = async () => {
    if (budgets().size === 0) return
    budgets().learn(await store.budgetSpends(now()))
    if (now() - forgotAt < FORGET_EVERY_MS) return
    forgotAt = now()
    await store.forgetBudgets(now() - KEPT_MS)
  }
  const first = Promise.withResolvers<void>()
  const job = repeat(() => sync().finally(first.resolve), { ...rest, everyMs, atOnce: true })
  return {
    ...job,
    ready(withinMs) {
      const timer = setTimeout(first.resolve, withinMs)
      return first.promise.finally(() => clearTimeout(timer))
    },
  }
}
