import type { BudgetSpend } from 'sluice/internal'
import type { SpendStore } from '../db/database.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'
import { settledWithin } from './settled-within.ts'

export interface BudgetSyncOptions extends Omit<RepeatOptions, 'everyMs' | 'atOnce'> {
  readonly store: Pick<SpendStore, 'budgetSpends' | 'forgetBudgets'>
  /** The budgets of providers and deployments in force. */
  readonly budgets: () => { readonly size: number; learn(spends: readonly BudgetSpend[]): void }
  readonly now?: () => number
  /** Milliseconds; what another replica has written down counts here within this and one query, with news at once. */
  readonly everyMs?: number
}

export interface BudgetSyncJob extends Job {
  /** The first reading, or that much time without one: a restart should forget nothing. */
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
  const job = repeat(sync, { ...rest, everyMs })
  return { ...job, ready: withinMs => settledWithin(sync().catch(rest.onError), withinMs) }
}
