import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import { databaseUnavailable } from '../database-error.ts'
import { EachQuery } from './each-query.ts'
import type { SqlValue } from './protocol.ts'
import type { WorkerClient } from './worker-client.ts'

export interface SqliteDriverOptions {
  /** Requests that may wait for the one connection; more are refused with `ServiceUnavailableError`. */
  readonly queueSize: number
  /** Milliseconds a request may wait for the connection. */
  readonly queueTimeoutMs: number
}

interface Turn {
  take(): void
}

/** Kysely's driver over the worker: one connection, handed from holder to holder in order. */
export class SqliteWorkerDriver implements Driver {
  readonly #client: WorkerClient
  readonly #options: SqliteDriverOptions
  readonly #queue: Turn[] = []
  #busy = false

  constructor(client: WorkerClient, options: SqliteDriverOptions) {
    this.#client = client
    this.#options = options
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turn()
    try {
      return new SqliteWorkerConnection(this.#client, this.#client.ensure())
    } catch (error) {
      this.#pass()
      throw error
    }
  }

  beginTransaction(connection: DatabaseConnection): Promise<void> {
    return held(connection).control('begin')
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return held(connection).control('commit')
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return held(connection).control('rollback')
  }

  async releaseConnection(): Promise<void> {
    this.#pass()
  }

  destroy(): Promise<void> {
    return this.#client.close()
  }

  #turn(): Promise<void> {
    if (!this.#busy) {
      this.#busy = true
      return Promise.resolve()
    }
    if (this.#queue.length >= this.#options.queueSize) {
      return Promise.reject(databaseUnavailable(new Error('the database queue is full')))
    }
    return new Promise((resolve, reject) => {
      const turn: Turn = {
        take() {
          clearTimeout(timer)
          resolve()
        },
      }
      const timer = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(turn), 1)
        reject(databaseUnavailable(new Error('waited too long for the database')))
      }, this.#options.queueTimeoutMs)
      this.#queue.push(turn)
    })
  }

  #pass(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#busy = false
    else next.take()
  }
}

class SqliteWorkerConnection implements DatabaseConnection {
  readonly #client: WorkerClient
  readonly #generation: number

  constructor(client: WorkerClient, generation: number) {
    this.#client = client
    this.#generation = generation
  }

  async control(kind: 'begin' | 'commit' | 'rollback'): Promise<void> {
    await this.#client.send(this.#generation, { kind })
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (query instanceof EachQuery) {
      const { unchanged = [] } = await this.#client.send(this.#generation, {
        kind: 'each',
        sql: query.sql,
        sets: query.sets,
      })
      return { rows: unchanged.map(index => ({ index })) as R[] }
    }
    const reply = await this.#client.send(this.#generation, {
      kind: 'query',
      sql: query.sql,
      parameters: query.parameters as readonly SqlValue[],
    })
    const rows = (reply.rows ?? []) as unknown as R[]
    return reply.changes === undefined ? { rows } : { rows, numAffectedRows: BigInt(reply.changes) }
  }

  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming queries are not offered; read in pages')
  }
}

function held(connection: DatabaseConnection): SqliteWorkerConnection {
  return connection as SqliteWorkerConnection
}
