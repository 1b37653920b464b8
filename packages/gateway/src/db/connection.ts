import type { Kysely, Transaction } from 'kysely'
import { asDatabaseError, databaseUnavailable } from './database-error.ts'
import type { Log } from './log.ts'
import type { Tables } from './tables.ts'

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 10_000

export interface ConnectionOptions {
  readonly dialect: 'sqlite' | 'postgres'
  readonly kysely: Kysely<Tables>
  /** Brings the schema up to date; rejects while the database cannot be reached. */
  readonly prepare: () => Promise<unknown>
  readonly log: Log
}

/**
 * The one way to the database. Work waits for the first attempt to prepare the schema; when that failed, it is refused
 * with `ServiceUnavailableError` while attempts go on in the background.
 */
export class Connection {
  readonly dialect: 'sqlite' | 'postgres'
  readonly #options: ConnectionOptions
  #state: 'starting' | 'ready' | 'down' | 'closed' = 'starting'
  #attempt: Promise<void>
  #timer: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS

  constructor(options: ConnectionOptions) {
    this.dialect = options.dialect
    this.#options = options
    this.#attempt = this.#prepare()
    // Whoever waits sees the failure; nobody has to.
    this.#attempt.catch(() => {})
  }

  /** Resolves when the schema is ready; rejects with why the last attempt failed. */
  prepared(): Promise<void> {
    return this.#attempt
  }

  async run<T>(work: (database: Kysely<Tables>) => Promise<T>): Promise<T> {
    if (this.#state === 'starting') await this.#attempt
    if (this.#state !== 'ready') throw databaseUnavailable(new Error(`the database is ${this.#state}`))
    try {
      return await work(this.#options.kysely)
    } catch (error) {
      throw asDatabaseError(error)
    }
  }

  transaction<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.run(database => database.transaction().execute(work))
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    clearTimeout(this.#timer)
    await this.#attempt.catch(() => {})
    await this.#options.kysely.destroy()
  }

  /** After a failed start: keeps trying in the background, less and less often. */
  retryInBackground(): void {
    this.#attempt.catch(() => this.#scheduleRetry())
  }

  #scheduleRetry(): void {
    if (this.#state === 'closed') return
    const wait = this.#retryMs * (0.5 + Math.random() / 2)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    this.#timer = setTimeout(() => {
      this.#attempt = this.#prepare()
      this.retryInBackground()
    }, wait)
    this.#timer.unref()
  }

  async #prepare(): Promise<void> {
    try {
      await this.#options.prepare()
      if (this.#state !== 'closed') this.#state = 'ready'
    } catch (error) {
      if (this.#state !== 'closed') {
        this.#options.log.error({ err: error }, 'the database is not available yet')
        this.#state = 'down'
      }
      throw asDatabaseError(error)
    }
  }
}
