import type { Database } from '../db/database.ts'
import type { Log } from '../db/log.ts'
import { type SpendVerdict, verifySpend } from '../spend/verify-spend.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface ReconciliationOptions {
  readonly database: Pick<Database, 'reports' | 'upkeep'>
  readonly log: Log
  readonly now?: () => number
}

export interface ReconciliationJob extends Job {
  /** The last verdict; undefined before the first. */
  readonly last: SpendVerdict | undefined
  /** Compares now and remembers the verdict; `days` undefined compares all. */
  verify(days: number | undefined): Promise<SpendVerdict>
}

/** Days of one run: today, yesterday and the day before. */
export const RECENT_DAYS = 3
const EVERY_MS = 6 * 3_600_000
/** Drifts in one line of the log. */
const SHOWN = 5

/** Proves every six hours that the books of the last days agree, and says where they do not. */
export function startReconciliation(
  options: ReconciliationOptions & Omit<RepeatOptions, 'everyMs'> & { readonly everyMs?: number },
): ReconciliationJob {
  const { database, log, onError, timers, everyMs = EVERY_MS, now = Date.now } = options
  let last: SpendVerdict | undefined
  const verify = async (days: number | undefined): Promise<SpendVerdict> => {
    last = await verifySpend({ ...database, days, now: now() })
    if (last.drifts.length > 0)
      log.error(
        { drifts: last.drifts.length, first: last.drifts.slice(0, SHOWN), from: last.from, to: last.to },
        'the books of spend do not agree; `sluice spend verify` shows where',
      )
    return last
  }
  const job = repeat(() => verify(RECENT_DAYS), { everyMs, onError, timers })
  return {
    stop: () => job.stop(),
    verify,
    get last() {
      return last
    },
  }
}
