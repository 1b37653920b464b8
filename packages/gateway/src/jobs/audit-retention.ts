import { randomUUID } from 'node:crypto'
import { momentAfter } from 'sluice/internal'
import type { AuditStore } from '../db/audit/audit-store.ts'
import type { Log } from '../db/log.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface AuditRetentionOptions {
  readonly store: Pick<AuditStore, 'cut'>
  /** `maximum_audit_logs_retention_period`; undefined keeps everything. */
  readonly retention: () => string | undefined
  readonly log: Log
  readonly now?: () => number
}

/** Entries per transaction. */
const BATCH = 5_000
/** What is left after so many batches waits for the next run. */
const MAX_BATCHES = 100

/** Removes what is older than the retention from the audit log, every hour; the chain says so. */
export function startAuditRetention(
  options: AuditRetentionOptions & Omit<RepeatOptions, 'everyMs'> & { readonly everyMs?: number },
): Job {
  const { everyMs = 3_600_000, onError, timers } = options
  return repeat(() => cutOldEntries(options), { everyMs, onError, timers, atOnce: true })
}

/** One run; returns how many entries were removed. Rejects with `ServiceUnavailableError`. */
export async function cutOldEntries(options: AuditRetentionOptions): Promise<number> {
  const { store, retention, log, now = Date.now } = options
  const period = retention()
  if (period === undefined) return 0
  const time = now()
  const before = time - ((momentAfter(period, time) ?? Number.POSITIVE_INFINITY) - time)
  let removed = 0
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const author = { id: randomUUID(), changedAt: now(), changedBy: 'sluice', changedByRole: 'system' }
    const count = await store.cut(before, BATCH, author)
    removed += count
    if (count < BATCH) break
  }
  if (removed > 0) log.info({ removed }, 'audit log: entries older than the retention were removed')
  return removed
}
