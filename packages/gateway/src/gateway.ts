import { type Catalogue, createCatalogue, createHost, RouteTable, type RoutingHost } from 'sluice/internal'
import { AccessGroupBook } from './auth/access-groups/access-group-book.ts'
import { AccountCache } from './auth/account-cache.ts'
import { createKeyCache, type KeyCache } from './auth/key-cache.ts'
import { credentialLookup } from './config/credential-lookup.ts'
import type { Settings } from './config/settings.ts'
import type { Database } from './db/database.ts'
import type { Log } from './db/log.ts'
import { openDatabase } from './db/open-database.ts'
import { createHealth, type Health } from './health.ts'
import { HealthChecker } from './health-checks/health-checker.ts'
import { fetchJson } from './http/fetch-json.ts'
import { sendBytes } from './http/outgoing/send-bytes.ts'
import { postEvent } from './http/webhook/post-event.ts'
import type { AdaptiveWeightsJob } from './jobs/adaptive-weights.ts'
import { beginPeriods } from './jobs/budget-reset.ts'
import type { Job } from './jobs/repeat.ts'
import type { ReconciliationJob } from './jobs/spend-reconciliation.ts'
import { startJobs } from './jobs/start-jobs.ts'
import type { WeightsSync } from './jobs/weights-sync.ts'
import { openLimiter } from './limits/open-limiter.ts'
import type { RedisLimiter } from './limits/redis-limiter.ts'
import { EndUserBudget } from './limits/subjects/end-user-budget.ts'
import { loadPrices } from './load-prices.ts'
import { type Audit, createAudit } from './management/audit/audit-log.ts'
import { CredentialBook } from './management/credentials/credential-book.ts'
import { sealingSecret } from './management/credentials/sealing-secret.ts'
import { type OpenFrontDoor, openFrontDoor } from './management/sign-in/open-front-door.ts'
import { TagModels } from './management/tags/tag-models.ts'
import { SharedRedis } from './redis/shared-redis.ts'
import { KeptStreams } from './resume/kept-streams.ts'
import { SharedStreams } from './resume/shared-streams.ts'
import { openLedger } from './spend/journal-ledger.ts'
import { PriceDesk } from './spend/price-desk.ts'
import { RecentCalls } from './spend/recent-calls.ts'
import { openSinks } from './spend/sinks/open-sinks.ts'
import { Faults } from './steps/faults.ts'
import { createMirrorHost } from './steps/mirror-host.ts'
import type { Stages } from './steps/stages.ts'
import type { MetricSource } from './telemetry/metric-source.ts'
import { openTelemetry } from './telemetry/open-telemetry.ts'

/** Everything one gateway process holds open. */
export interface Gateway extends OpenFrontDoor {
  /** The stages in force; replaced whole by `reload`. */
  stages(): Stages
  /**
   * Takes new settings without dropping a call. Listening address and database stay as they were; the database's host
   * and credentials may change.
   */
  reload(settings: Settings): void
  readonly database: Database
  readonly audit: Audit
  readonly keys: KeyCache
  /** The people behind keys. */
  readonly accounts: AccountCache
  readonly accessGroups: AccessGroupBook
  /** What customers without limits of their own go by. */
  readonly endUserBudget: EndUserBudget
  /** Keys of providers that are in the database. */
  readonly credentials: CredentialBook
  readonly limiter: RedisLimiter
  /** What Prometheus is told. */
  readonly metricSources: readonly MetricSource[]
  /** What is shared with other replicas. */
  readonly shared: SharedRedis
  readonly health: Health
  readonly weights: WeightsSync
  readonly adaptive: AdaptiveWeightsJob
  /** Asks deployments whether they are well. */
  readonly checker: HealthChecker
  readonly recentCalls: RecentCalls
  /** What models cost here. */
  readonly prices: PriceDesk
  /** Whether the books of spend agree. */
  readonly reconciliation: ReconciliationJob
  /** Answers that clients may come back for. */
  readonly streams: KeptStreams
  /** From now on readiness says no. */
  drain(): void
  /** Copies of calls that are under way have so many milliseconds left; 0 unless stated. */
  close(withinMs?: number): Promise<void>
}

/** How long a start waits for calls of the process before it to count. */
const REPLAY_MS = 5_000
/** How long a start waits to hear which weights were set, and what was spent. */
const FIRST_READING_MS = 1_000

/** Opens database, journal and caches. PostgreSQL may be down: the gateway starts and catches up when it is back. */
export async function openGateway(settings: Settings, log: Log): Promise<Gateway> {
  let current = settings
  const { database, ledger, catalogue, prices } = await openBooks(settings, log, () => current)
  const shared = new SharedRedis(settings.redis, log)
  const live = { shared, log, ledger, settings: () => current, routes: () => stages.routes }
  const people = openPeople(database, live)
  const { recentCalls, streams, limits, faults } = openMemory({ ...live, ...people, database })
  const { jobs, globalSpend, ready, onError, ...shown } = startJobs({ ...live, ...people, database, prices })
  const { metrics, callbacks, metricSources } = openTelemetry({ ...live, ...shown, ...limits, database })
  const door = openFrontDoor({ ...live, ...people, database, globalSpend, fetchJson })
  const host = hostOf(settings, { catalogue, log, onError, stages: () => stages })
  const layers = [people.credentials, people.tagModels]
  let given = settings
  const stagesOf = (next: Settings, previous?: RouteTable): Stages => {
    given = next
    current = layers.reduce((all, each) => each.applyTo(all), next)
    return {
      ...{ settings: current, routes: routesOf(current, host, shared, previous) },
      ...{ authenticate: door.authenticator.authenticate, accessGroups: people.accessGroups },
      ...{ ...limits, catalogue, ledger, callbacks: [...callbacks, recentCalls], faults, now: Date.now },
    }
  }
  let stages = stagesOf(settings)
  for (const each of layers) each.watch(() => void (stages = stagesOf(given, stages.routes)))
  await Promise.all([ready(FIRST_READING_MS), limits.named.ready(FIRST_READING_MS)])
  const checker = new HealthChecker({ stages: () => stages, random: Math.random, news: shared.news, onError })
  let draining = false
  return {
    stages: () => stages,
    reload(next) {
      shared.use(next.redis)
      if (!database.use(next.database.url))
        log.warn({}, 'database_url names another database: it takes a restart to move there')
      stages = stagesOf(next, stages.routes)
      prices.useTerms()
      checker.schedule()
    },
    ...{ database, ...people, ...limits, ...door, shared, recentCalls, checker, streams, prices, ...shown },
    metricSources,
    health: createHealth({ database, ledger, metrics, shared, ...shown, draining: () => draining }),
    drain() {
      draining = true
    },
    close: withinMs =>
      closeAll(
        { ...{ streams, checker, jobs, ledger, database, shared, host, stages }, ...limits },
        withinMs,
      ),
  }
}

type ToClose = Pick<Gateway, 'streams' | 'checker' | 'limiter' | 'database' | 'shared'> & {
  readonly jobs: readonly Job[]
  readonly ledger: { close(): Promise<void> }
  readonly host: RoutingHost
  readonly stages: Stages
}

async function closeAll({ jobs, ledger, host, stages, ...open }: ToClose, withinMs = 0): Promise<void> {
  const { streams, checker, limiter, database, shared } = open
  await stages.routes.mirrors.close(withinMs)
  await Promise.all([streams.closed(), checker.close(), ...jobs.map(job => job.stop())])
  limiter.close()
  await ledger.close()
  await Promise.all([database.close(), shared.close(), host.transport.close(), host.media.close()])
}

/** What is in force now; settings and routes are replaced by a reload. */
interface Live {
  readonly shared: SharedRedis
  readonly log: Log
  readonly settings: () => Settings
  readonly routes: () => RouteTable
}

/** Who may come in, as this process knows it, and what becomes of a change. */
function openPeople(database: Database, { settings, log }: Live) {
  const trust = { maxStalenessMs: () => settings().auth.maxKeyStalenessMs }
  const accounts = new AccountCache({ store: database.accounts, ...trust })
  return {
    keys: createKeyCache({ store: database.keys, ...trust }),
    accounts,
    accessGroups: new AccessGroupBook(database.accessGroups),
    endUserBudget: new EndUserBudget({ store: database.budgets, settings, log }),
    tagModels: new TagModels({ store: database.accounts, accounts, settings }),
    credentials: new CredentialBook({
      ...{ store: database.credentials, log },
      secret: () => sealingSecret(settings()),
    }),
    audit: createAudit({ database, log, isOn: () => settings().audit.isOn, now: Date.now }),
    deliver: postEvent,
  }
}

/** What this process remembers of its calls. */
function openMemory({
  settings,
  shared,
  log,
  ...more
}: Live & Pick<Gateway, 'accounts' | 'database'> & { readonly endUserBudget: EndUserBudget }) {
  return {
    limits: openLimiter({ settings, shared, log, ...more }),
    recentCalls: new RecentCalls(),
    faults: new Faults(log, Date.now),
    streams: new KeptStreams(
      () => settings().resume,
      new SharedStreams(
        () => shared.redis,
        () => settings().resume.ttlMs,
        log,
      ),
    ),
  }
}

/** Where calls are written down, and what they cost. */
async function openBooks(settings: Settings, log: Log, current: () => Settings) {
  const { dataDirectory, url, poolSize } = settings.database
  const database = await openDatabase({ url, dataDirectory, poolSize, logger: log, waitForDatabase: false })
  const { flushMs } = settings.spend
  const sinks = openSinks(settings.spend.sinks, sendBytes)
  const ledger = await openLedger({
    ...{ database, directory: dataDirectory, flushMs, sinks, logger: log },
    beginPeriods: () => beginPeriods({ database, timezone: () => current().limits.timezone }),
  })
  if (ledger.pending > 0) await ledger.replayed(REPLAY_MS)
  const catalogue = createCatalogue()
  const load = () => loadPrices(catalogue, current().prices, log)
  const configured = () => current().prices.terms
  const prices = new PriceDesk({ catalogue, facts: database.facts, load, configured }, await load())
  return { database, ledger, catalogue, prices }
}

interface HostServices {
  readonly catalogue: Catalogue
  readonly stages: () => Stages
  readonly log: Log
  readonly onError: (error: unknown) => void
}

/** The surroundings of calls. */
function hostOf({ server }: Settings, { catalogue, stages, log, onError }: HostServices): RoutingHost {
  const secret: RoutingHost['secret'] = names => credentialLookup(stages().settings.environment)(names)
  return {
    ...createHost(catalogue, secret, server.maxResponseBytes, () => stages().settings.media),
    onStrategyFault: fault =>
      log.error(fault, 'the routing strategy of the configuration failed; simple-shuffle chose in its place'),
    mirror: createMirrorHost(stages, onError),
  }
}

/** What the table before it knew of its deployments, resting ones among them, stays known. */
function routesOf(
  settings: Settings,
  host: RoutingHost,
  shared: SharedRedis,
  previous?: RouteTable,
): RouteTable {
  const own = { ...host, providers: settings.providers, news: shared.redis && shared.news }
  return new RouteTable(settings.deployments, settings.router, own, previous)
}

export type { Catalogue }
