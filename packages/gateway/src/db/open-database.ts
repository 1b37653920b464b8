import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { createError } from 'sluice/internal'
import { createAccountStore } from './accounts/create-account-store.ts'
import { createPeopleStores } from './accounts/people-stores.ts'
import { createAuditStore } from './audit/audit-store.ts'
import { Connection } from './connection.ts'
import type { Database } from './database.ts'
import { asDatabaseError } from './database-error.ts'
import { createFactStore } from './fact-store.ts'
import { createInvoiceStore } from './invoices/invoice-store.ts'
import { createKeyStore } from './keys/key-store.ts'
import { createJobLeases } from './leases/job-leases.ts'
import { type Log, silentLog } from './log.ts'
import { migrate } from './migrations/migrate.ts'
import { PostgresPlace } from './postgres/place.ts'
import { openPool } from './postgres/pool.ts'
import { Pulse } from './postgres/pulse.ts'
import { Reach } from './postgres/reach.ts'
import { ReportConnection } from './report-connection.ts'
import { createFeedbackStore } from './routing/feedback-store.ts'
import { createOutcomeStore } from './routing/outcome-store.ts'
import { createWeightStore } from './routing/weight-store.ts'
import { createSignInStores } from './sign-in/sign-in-stores.ts'
import { createSpendReports } from './spend/spend-reports.ts'
import { createSpendStore } from './spend/spend-store.ts'
import { createSpendUpkeep } from './spend/spend-upkeep.ts'
import { SQLITE_FILE, sqliteDialect } from './sqlite/dialect.ts'
import type { Tables } from './tables.ts'

export interface OpenDatabaseOptions {
  /** `postgresql://…`; absent for the embedded database in `dataDirectory`. */
  readonly url?: string | undefined
  readonly dataDirectory: string
  /** True: an embedded database that is not there is refused instead of made. */
  readonly mustExist?: boolean | undefined
  /** Most connections to PostgreSQL at a time. */
  readonly poolSize: number
  readonly logger?: Log | undefined
  /**
   * False: returns at once even when PostgreSQL is down; methods then reject with `ServiceUnavailableError` until the
   * database came back and its schema is ready. Default true: rejects when the first attempt fails.
   */
  readonly waitForDatabase?: boolean | undefined
  /** Milliseconds to connect, or to wait for a free connection. Default 5000. */
  readonly connectTimeoutMs?: number | undefined
  /** Milliseconds a statement on PostgreSQL may take. Default 10000. */
  readonly statementTimeoutMs?: number | undefined
}

const CONNECT_TIMEOUT_MS = 5000
const STATEMENT_TIMEOUT_MS = 10_000
/** Less than after which a database counts as silent, so that the connection that asks is free for the next time. */
const BEAT_TIMEOUT_MS = 4_000
/** A migration may rewrite a big table, and replicas wait for the one that runs it. */
const MIGRATION_TIMEOUT_MS = 30 * 60_000

/**
 * Opens the storage and brings its schema up to date: PostgreSQL when a URL is given, else SQLite in `dataDirectory`.
 * Throws `BadRequestError` for a malformed URL, `ServiceUnavailableError` when the database cannot be reached,
 * `NotFoundError` for an embedded one that must exist and does not.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const place = options.url === undefined ? undefined : new PostgresPlace(options.url)
  const connection = place === undefined ? openSqlite(options) : openPostgres(options, place)
  const reports = new ReportConnection(connection, () => reportKysely(options, place))
  const database: Database = {
    dialect: connection.dialect,
    keys: createKeyStore(connection),
    accounts: createAccountStore(connection),
    ...createSignInStores(connection),
    ...createPeopleStores(connection),
    spend: createSpendStore(connection),
    reports: createSpendReports(reports),
    upkeep: createSpendUpkeep(connection),
    weights: createWeightStore(connection),
    feedback: createFeedbackStore(connection),
    outcomes: createOutcomeStore(connection),
    facts: createFactStore(connection),
    audit: createAuditStore(connection),
    leases: createJobLeases(connection),
    invoices: createInvoiceStore(connection),
    together: work => connection.together(work),
    async ping() {
      await connection.run(kysely => sql`select 1`.execute(kysely))
    },
    condition: () => connection.condition(),
    use(url) {
      if (place === undefined || url === undefined) return place === undefined && url === undefined
      const isNew = place.moveTo(url)
      if (isNew === true) connection.retryNow()
      return isNew !== undefined
    },
    async close() {
      await reports.close()
      await connection.close()
    },
  }
  connections.set(database, connection)
  if (options.waitForDatabase === false) {
    connection.retryInBackground()
    connection.watch()
  } else await prepared(connection, database)
  return database
}

async function prepared(connection: Connection, database: Database): Promise<void> {
  try {
    await connection.prepared()
  } catch (error) {
    await database.close()
    throw asDatabaseError(error)
  }
}

const connections = new WeakMap<Database, Connection>()

/** The connection under a database of ours, for work on whole tables inside this room. */
export function connectionOf(database: Database): Connection {
  const connection = connections.get(database)
  if (connection === undefined) throw new TypeError('not a database that openDatabase made')
  return connection
}

function openSqlite(options: OpenDatabaseOptions): Connection {
  const log = options.logger ?? silentLog
  if (options.mustExist && !existsSync(join(options.dataDirectory, SQLITE_FILE)))
    throw createError({
      kind: 'not_found',
      message: `There is no embedded database in ${options.dataDirectory}. Name its directory with --data-directory, or the config file that has database_url with --config.`,
    })
  const kysely = new Kysely<Tables>({ dialect: sqliteDialect(options.dataDirectory, log) })
  return new Connection({ dialect: 'sqlite', kysely, log, prepare: () => migrate(kysely, 'sqlite', log) })
}

function openPostgres(options: OpenDatabaseOptions, place: PostgresPlace): Connection {
  const log = options.logger ?? silentLog
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  const reach = new Reach()
  const kysely = postgresKysely(place, options, log, options.poolSize, statementTimeoutMs, reach)
  const beatMs = Math.min(statementTimeoutMs, BEAT_TIMEOUT_MS)
  const pulse = new Pulse(() => postgresKysely(place, options, log, 1, beatMs), reach)
  const prepare = async (): Promise<void> => {
    const migrator = postgresKysely(place, options, log, 1, MIGRATION_TIMEOUT_MS)
    try {
      // Answered at once or not at all, whereas a migration may rightly take long.
      await kysely.connection().execute(connected => sql`select 1`.execute(connected))
      await migrate(migrator, 'postgres', log, place.address().schema)
    } finally {
      await migrator.destroy()
    }
  }
  return new Connection({ dialect: 'postgres', kysely, log, prepare, pulse, renew: () => place.renew() })
}

/** Milliseconds that one report may take on PostgreSQL. */
const REPORT_TIMEOUT_MS = 30_000
/** Reports that run at a time there; more wait. */
const REPORTS_AT_ONCE = 2

/** What reports read with, and nothing else does. */
function reportKysely(options: OpenDatabaseOptions, place: PostgresPlace | undefined): Kysely<Tables> {
  const log = options.logger ?? silentLog
  if (place === undefined) return new Kysely<Tables>({ dialect: sqliteDialect(options.dataDirectory, log) })
  const timeoutMs = Math.max(options.statementTimeoutMs ?? 0, REPORT_TIMEOUT_MS)
  return postgresKysely(place, options, log, REPORTS_AT_ONCE, timeoutMs)
}

function postgresKysely(
  { address }: PostgresPlace,
  options: OpenDatabaseOptions,
  log: Log,
  size: number,
  statementTimeoutMs: number,
  reach?: Reach,
): Kysely<Tables> {
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
  const pool = () => openPool({ address, size, connectTimeoutMs, statementTimeoutMs, log, reach })
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}
