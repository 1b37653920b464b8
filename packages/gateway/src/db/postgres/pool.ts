import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type pgModule from 'pg'
import type { Pool, PoolClient } from 'pg'
import { SluiceError } from 'sluice/internal'
import { databaseFailure, databaseUnavailable } from '../database-error.ts'
import type { Log } from '../log.ts'
import type { PostgresAddress } from './address.ts'
import { Reach } from './reach.ts'
import { breaksConnection, postgresError } from './sql-state.ts'

export interface PoolOptions {
  /** Where new connections go. One that was made for another object is closed when it would be used next. */
  readonly address: () => PostgresAddress
  readonly size: number
  /** Milliseconds to connect, or to wait for a free connection. */
  readonly connectTimeoutMs: number
  /** Milliseconds a statement may take. */
  readonly statementTimeoutMs: number
  readonly log: Log
  /** Is told what becomes of connections. */
  readonly reach?: Reach | undefined
}

/** Requests that may wait for a free connection; more are refused. */
const MOST_WAITING = 1000
/** The server gives up first, so that its clearer answer arrives. */
const GRACE_MS = 1000
const INT8 = 20

type DatabaseErrorClass = typeof pgModule.DatabaseError

/**
 * A `pg` pool whose every failure is already one of our errors, and which throws away a connection that broke or
 * timed out instead of handing it on. Reconnects by itself.
 */
export async function openPool(options: PoolOptions): Promise<PostgresPool> {
  // Lazy: an embedded gateway never loads the driver.
  const { default: pg } = await import('pg')
  const { pooled, schema } = options.address()
  const made = new WeakMap<object, PostgresAddress>()
  const pool = new pg.Pool({
    Client: clientOf(pg, options.address, made),
    application_name: 'sluice',
    max: options.size,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.statementTimeoutMs + GRACE_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => typeParser(pg, oid, format) },
    ...(pooled ? {} : sessionLimits(options.statementTimeoutMs)),
    ...(schema === undefined ? {} : { options: `-c search_path=${schema}` }),
  })
  const { reach = new Reach() } = options
  pool.on('connect', client => reach.opened(client))
  pool.on('remove', client => reach.closed(client))
  pool.on('error', (error, client) => {
    reach.closed(client)
    options.log.warn({ code: (error as { code?: unknown }).code }, 'an idle database connection broke')
  })
  return {
    options: pool.options,
    connect: () => connect(pool, pg.DatabaseError, reach, client => made.get(client) === options.address()),
    end: () => pool.end(),
  }
}

/**
 * A gateway that is cut off in the middle of a transaction must not hold its locks for the hours that TCP takes to
 * notice: other replicas would wait for them.
 */
function sessionLimits(statementTimeoutMs: number) {
  return {
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs * 3,
  }
}

/** The driver's client, whose address is asked for when it connects: credentials change while a pool lives. */
function clientOf(
  pg: typeof pgModule,
  address: () => PostgresAddress,
  made: WeakMap<object, PostgresAddress>,
): typeof pgModule.Client {
  return class extends pg.Client {
    constructor(config?: string | pgModule.ClientConfig) {
      const current = address()
      super({ ...(config as pgModule.ClientConfig), connectionString: current.url })
      made.set(this, current)
    }
  }
}

async function connect(
  pool: Pool,
  databaseError: DatabaseErrorClass,
  reach: Reach,
  isCurrent: (client: PoolClient) => boolean,
): Promise<PostgresPoolClient> {
  if (pool.waitingCount >= MOST_WAITING) {
    throw databaseUnavailable(new Error('too many requests wait for the database'))
  }
  let client: PoolClient
  try {
    client = await pool.connect()
    // At most as often as the pool has connections: new ones are current.
    while (!isCurrent(client)) {
      reach.closed(client)
      client.release(true)
      client = await pool.connect()
    }
  } catch (error) {
    reach.refused()
    // Whatever keeps a connection from opening, wrong credentials included, means "not reachable" to a caller.
    throw databaseUnavailable(error)
  }
  return pooledClient(client, databaseError, reach)
}

function pooledClient(
  client: PoolClient,
  databaseError: DatabaseErrorClass,
  reach: Reach,
): PostgresPoolClient {
  let broken = false
  // A connection may die between two statements; without a listener that would end the process.
  const onError = (): void => {
    broken = true
  }
  client.on('error', onError)
  const query = async <R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
    try {
      return (await client.query(sql, [...parameters])) as unknown as PostgresQueryResult<R>
    } catch (error) {
      if (error instanceof SluiceError) throw error
      if (error instanceof databaseError && error.code !== undefined) {
        broken ||= breaksConnection(error.code)
        throw postgresError(error.code, error)
      }
      // What the driver itself reports (reset, hung up, no answer in time) carries no SQLSTATE.
      broken = true
      throw databaseUnavailable(error)
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release(destroy) {
      client.removeListener('error', onError)
      const isOver = destroy === true || broken
      if (isOver) reach.closed(client)
      client.release(isOver)
    },
  }
}

type TypeParser = (value: string) => unknown

function typeParser(pg: typeof pgModule, oid: number, format?: 'text' | 'binary'): TypeParser {
  return oid === INT8 && format !== 'binary'
    ? safeInteger
    : (pg.types.getTypeParser(oid, format) as TypeParser)
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw databaseFailure(new RangeError('an integer beyond 2^53'))
  return value
}
