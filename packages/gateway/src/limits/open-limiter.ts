import type { AccountCache } from '../auth/account-cache.ts'
import type { LimitSettings } from '../config/settings.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../db/log.ts'
import type { Redis } from '../redis/redis.ts'
import { BudgetAlerts } from './budget-alerts.ts'
import { createRedisLimiter } from './redis-limiter.ts'
import { SpendSeeds } from './spend-seeds.ts'
import type { EndUserBudget } from './subjects/end-user-budget.ts'
import { NamedAccounts } from './subjects/named-accounts.ts'

export interface OpenLimiterOptions {
  readonly settings: () => { readonly limits: LimitSettings }
  readonly shared: { readonly redis: Redis | undefined }
  readonly database: Pick<Database, 'spend' | 'accounts'>
  readonly accounts: Pick<AccountCache, 'account' | 'generation'>
  readonly endUserBudget: EndUserBudget
  readonly log: Log
}

const WAIT_MS = 10
const DAY_MS = 86_400_000

/** The limits of this process, and those a call names: shared through Redis where one is configured, else its own. */
export function openLimiter(options: OpenLimiterOptions) {
  const { settings, shared, database, accounts, endUserBudget, log } = options
  const onError = (error: unknown) =>
    log.warn({ reason: (error as Error).message }, 'what limits need of the database is not known yet')
  const alerts = new BudgetAlerts({
    log,
    now: Date.now,
    ttlMs: () => settings().limits.alertTtlMs ?? DAY_MS,
  })
  const seeds = new SpendSeeds({ store: database.spend, now: Date.now, onError })
  const limiter = createRedisLimiter({
    timezone: settings().limits.timezone,
    redis: () => shared.redis,
    deadlineMs: () => settings().limits.redisWaitMs ?? WAIT_MS,
    onSpent: alerts.onSpent,
    seeds,
    log,
  })
  const named = new NamedAccounts({ accounts, store: database.accounts, onError })
  return { limiter, alerts, named, endUserBudget }
}
