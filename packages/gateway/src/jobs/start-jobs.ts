import type { Newswire, RouteTable } from 'sluice/internal'
import type { AccessGroupBook } from '../auth/access-groups/access-group-book.ts'
import type { AccountCache } from '../auth/account-cache.ts'
import type { KeyCache } from '../auth/key-cache.ts'
import { snapshotPlace } from '../auth/snapshot/snapshot-place.ts'
import type { Settings } from '../config/settings.ts'
import type { Database } from '../db/database.ts'
import { isUnavailable } from '../db/database-error.ts'
import type { Log } from '../db/log.ts'
import type { EndUserBudget } from '../limits/subjects/end-user-budget.ts'
import type { Audit } from '../management/audit/audit-log.ts'
import type { CredentialBook } from '../management/credentials/credential-book.ts'
import type { TagModels } from '../management/tags/tag-models.ts'
import type { PriceDesk } from '../spend/price-desk.ts'
import { startAdaptiveWeights } from './adaptive-weights.ts'
import { startAuditRetention } from './audit-retention.ts'
import { startBookSync } from './book-sync.ts'
import { startBudgetSync } from './budget-sync.ts'
import { startGlobalSpend } from './global-spend.ts'
import { startKeyJobs } from './keys/key-jobs.ts'
import type { KeyRotationOptions } from './keys/key-rotation.ts'
import { startRowSnapshot } from './row-snapshot.ts'
import { startSpendJobs } from './spend-jobs.ts'
import { startWeightsSync } from './weights-sync.ts'

export interface JobServices {
  readonly database: Database
  readonly keys: KeyCache
  readonly accounts: AccountCache
  readonly accessGroups: AccessGroupBook
  readonly credentials: CredentialBook
  readonly endUserBudget: EndUserBudget
  readonly tagModels: TagModels
  readonly audit: Audit
  readonly log: Log
  /** Delivers the new secret of a key that was rotated by itself. */
  readonly deliver: KeyRotationOptions['deliver']
  readonly shared: { readonly news: Newswire }
  readonly settings: () => Settings
  readonly routes: () => RouteTable
  readonly prices: Pick<PriceDesk, 'sync'>
}

/** What runs beside the calls. A database that is away is the database's own news, told once by its connection. */
export function startJobs(services: JobServices) {
  const { database, keys, accounts, accessGroups, log, shared, settings, routes, prices } = services
  const { news } = shared
  const onError = (error: unknown) => {
    if (!isUnavailable(error)) log.error({ reason: (error as Error).message }, 'a background job failed')
  }
  const globalSpend = startGlobalSpend({ database, settings, onError })
  const weights = startWeightsSync({
    ...{ store: database.weights, news, onError },
    weights: () => routes().weights,
  })
  const adaptive = startAdaptiveWeights({
    ...{ store: database.outcomes, routes, log, onError },
    settings: () => settings().router.adaptiveWeights,
  })
  const snapshot = startRowSnapshot({
    ...{ keys, accounts, log, onError, place: () => snapshotPlace(settings()) },
    maxStalenessMs: () => settings().auth.maxKeyStalenessMs,
  })
  const budgets = startBudgetSync({ store: database.spend, budgets: () => routes().budgets, onError })
  const { credentials, endUserBudget, tagModels } = services
  const books = [accessGroups, credentials, endUserBudget, tagModels].map(book =>
    startBookSync({ book, onError }),
  )
  const { reconciliation, jobs: ofSpend } = startSpendJobs({ database, prices, settings, log, onError })
  const jobs = [
    ...ofSpend,
    ...startKeyJobs({ ...services, onError }),
    globalSpend,
    weights,
    budgets,
    ...books,
    adaptive,
    startAuditRetention({ store: database.audit, retention: () => settings().audit.retention, log, onError }),
    snapshot,
  ]
  const first = [weights, snapshot, budgets, ...books]
  const ready = (withinMs: number) => Promise.all(first.map(each => each.ready(withinMs)))
  const spent = { globalSpend: globalSpend.current, reconciliation }
  return { jobs, ...spent, ready, snapshot, onError, weights, adaptive }
}
