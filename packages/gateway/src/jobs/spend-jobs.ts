import type { Settings } from '../config/settings.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../db/log.ts'
import type { PriceDesk } from '../spend/price-desk.ts'
import { type Job, repeat } from './repeat.ts'
import { type ReconciliationJob, startReconciliation } from './spend-reconciliation.ts'
import { startSpendUpkeep } from './spend-upkeep.ts'

export interface SpendJobsOptions {
  readonly database: Pick<Database, 'reports' | 'spend' | 'upkeep'>
  readonly prices: Pick<PriceDesk, 'sync'>
  readonly settings: () => Settings
  readonly log: Log
  readonly onError: (error: unknown) => void
}

/** Until all replicas know of a price file, a discount or a margin that one of them was told. */
const PRICE_SYNC_MS = 5_000

const DAY_MS = 86_400_000
/** Journals of processes that never came back. */
const MARKS_KEPT_MS = 366 * DAY_MS

/** What looks after spend: partitions and retention, the books, prices. */
export function startSpendJobs({ database, prices, settings, log, onError }: SpendJobsOptions): {
  readonly reconciliation: ReconciliationJob
  readonly jobs: readonly Job[]
} {
  const reconciliation = startReconciliation({ database, log, onError })
  const upkeep = startSpendUpkeep({
    ...{ upkeep: database.upkeep, log, onError },
    retention: () => settings().spend.retention,
    interval: () => settings().spend.retentionInterval,
  })
  const priceSync = repeat(() => prices.sync(), { everyMs: PRICE_SYNC_MS, onError, atOnce: true })
  const forgetJournals = repeat(() => database.spend.marks.forgetBefore(Date.now() - MARKS_KEPT_MS), {
    ...{ everyMs: DAY_MS, onError },
  })
  return { reconciliation, jobs: [reconciliation, upkeep, priceSync, forgetJournals] }
}
