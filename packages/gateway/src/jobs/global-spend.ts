import type { Settings } from '../config/settings.ts'
import type { Database } from '../db/database.ts'
import { type GlobalSpend, readGlobalSpend } from '../limits/global-subject.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface GlobalSpendOptions extends Pick<RepeatOptions, 'onError' | 'timers'> {
  readonly database: { readonly spend: Pick<Database['spend'], 'totals'> }
  readonly settings: () => Settings
  readonly now?: () => number
  /** Milliseconds between readings. */
  readonly everyMs?: number
}

export interface GlobalSpendJob extends Job {
  /** The last reading; undefined before the first, and while the proxy has no budget of its own. */
  current(): GlobalSpend | undefined
}

/** Keeps in mind what all replicas together have spent of the proxy's own budget. Reads at once, then regularly. */
export function startGlobalSpend(options: GlobalSpendOptions): GlobalSpendJob {
  const { database, settings, onError, timers, now = Date.now, everyMs = 30_000 } = options
  let spend: GlobalSpend | undefined
  const job = repeat(
    async () => {
      spend = await readGlobalSpend(database.spend, settings().limits, now())
    },
    { everyMs, onError, timers, atOnce: true },
  )
  return { ...job, current: () => spend }
}
