import { momentAfter } from 'sluice/internal'
import type { Log } from '../db/log.ts'
import type { SpendUpkeep } from '../db/spend/spend-upkeep.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface SpendUpkeepOptions {
  readonly upkeep: Pick<SpendUpkeep, 'extend' | 'expire'>
  /** `maximum_spend_logs_retention_period`; undefined keeps every row. */
  readonly retention: () => string | undefined
  /** `maximum_spend_logs_retention_interval`. */
  readonly interval: () => string
  readonly log: Log
  readonly now?: () => number
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Partitions are there so long before their rows. */
const AHEAD_MS = 7 * DAY_MS
/** Rows that are kept longer than this need no partition for every day. */
const MONTHLY_FROM_MS = 92 * DAY_MS
/** Rows per statement, and statements per run: what is left waits for the next. */
const BATCH = 2_000
const MAX_BATCHES = 2_000

/** Makes partitions for the days to come, every hour, and removes rows beyond their retention, at its interval. */
export function startSpendUpkeep(options: SpendUpkeepOptions & Omit<RepeatOptions, 'everyMs'>): Job {
  const { onError, timers, now = Date.now } = options
  let expiredAt = Number.NEGATIVE_INFINITY
  return repeat(
    async () => {
      await extendPartitions(options)
      const time = now()
      if (time - expiredAt < periodOf(options.interval(), time)) return
      await expireRows(options)
      expiredAt = time
    },
    { everyMs: () => Math.min(HOUR_MS, periodOf(options.interval(), now())), onError, timers, atOnce: true },
  )
}

export async function extendPartitions(options: SpendUpkeepOptions): Promise<void> {
  const { upkeep, retention, log, now = Date.now } = options
  const time = now()
  const period = retention()
  const isShort = period !== undefined && periodOf(period, time) <= MONTHLY_FROM_MS
  const made = await upkeep.extend(time, time + AHEAD_MS, isShort ? 'day' : 'month')
  if (made.length > 0) log.info({ partitions: made }, 'spend rows: partitions were made ahead')
}

/** One run: whole days, so that what is kept of a day is all of it. Rejects with `ServiceUnavailableError`. */
export async function expireRows(options: SpendUpkeepOptions): Promise<number> {
  const { upkeep, retention, log, now = Date.now } = options
  const period = retention()
  if (period === undefined) return 0
  const time = now()
  const before = Math.floor((time - periodOf(period, time)) / DAY_MS) * DAY_MS
  let rows = 0
  const partitions: string[] = []
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const step = await upkeep.expire(before, BATCH)
    rows += step.rows
    partitions.push(...step.partitions)
    if (!step.more) break
  }
  if (rows > 0 || partitions.length > 0)
    log.info(
      { rows, partitions, before: new Date(before).toISOString() },
      'spend rows beyond their retention were removed',
    )
  return rows
}

function periodOf(duration: string, from: number): number {
  return (momentAfter(duration, from) ?? Number.POSITIVE_INFINITY) - from
}
