import { AsyncLocalStorage } from 'node:async_hooks'
import { type Kysely, sql, type Transaction } from 'kysely'
import { asDatabaseError, databaseUnavailable } from './database-error.ts'
import { type DatabaseCondition, Heartbeat } from './heartbeat.ts'
import type { Log } from './log.ts'
import type { Pulse } from './postgres/pulse.ts'
import type { Tables } from './tables.ts'

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 3_000

export interface ConnectionOptions {
  readonly dialect: 'sqlite' | 'postgres'
  readonly kysely: Kysely<Tables>
  /** Brings the schema up to date; rejects while the database cannot be reached. */
  readonly prepare: () => Promise<unknown>
  readonly log: Log
  /** Connections that are open now must not be used any more. */
  readonly renew?: (() => void) | undefined
  /** Asks beside the connections that work uses; otherwise those are used. */
  readonly pulse?: Pick<Pulse, 'ask' | 'close'> | undefined
}

interface Together {
  readonly transaction: Transaction<Tables>
  readonly last: ((transaction: Transaction<Tables>) => Promise<void>)[]
  readonly afterwards: (() => void)[]
  isOpen: boolean
}

async function wrapped<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw asDatabaseError(error)
  }
}

const WELL: DatabaseCondition = { state: 'connected', answerMs: 0 }

/**
 * The one way to the database. Work waits for the first attempt to prepare the schema; when that failed, it is refused
 * with `ServiceUnavailableError` while attempts go on in the background. Once `watch` was called, work is refused at
 * once for as long as the database is known to be away.
 */
export class Connection {
  readonly dialect: 'sqlite' | 'postgres'
  readonly #options: ConnectionOptions
  #state: 'starting' | 'ready' | 'down' | 'closed' = 'starting'
  #attempt: Promise<void>
  #timer: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS
  readonly #together = new AsyncLocalStorage<Together>()
  #heartbeat: Heartbeat | undefined

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
    const together = this.#open()
    if (together !== undefined) return await wrapped(work(together.transaction))
    if (this.#state === 'ready' && this.condition().state === 'disconnected')
      throw databaseUnavailable(new Error('the database is away'))
    return await this.#run(work)
  }

  async #run<T>(work: (database: Kysely<Tables>) => Promise<T>): Promise<T> {
    if (this.#state === 'starting') await this.#attempt
    if (this.#state !== 'ready') throw databaseUnavailable(new Error(`the database is ${this.#state}`))
    return await wrapped(work(this.#options.kysely))
  }

  async transaction<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    const together = this.#open()
    if (together !== undefined) return await wrapped(work(together.transaction))
    return await this.run(database => database.transaction().execute(work))
  }

  /**
   * Everything `work` asks of this database, through whichever store, is one transaction: all of it or nothing. `work`
   * must await nothing but such questions, because SQLite has one connection and this holds it; and after a conflict
   * it has to reject, because PostgreSQL then refuses the rest. Inside another one it is part of that.
   */
  together<T>(work: () => Promise<T>): Promise<T> {
    return this.#open() === undefined ? this.run(database => this.#begin(database, work)) : work()
  }

  /**
   * A transaction of its own; inside `together`, its last steps before the commit, in order. For what takes a lock that
   * everybody wants: it is held as briefly as can be, and after all others, so that nobody waits in a ring.
   * `afterwards` hears the result once it is kept.
   */
  async atTheEnd<T>(
    step: (transaction: Transaction<Tables>) => Promise<T>,
    afterwards: (result: T) => void,
  ): Promise<void> {
    const together = this.#open()
    if (together === undefined) {
      afterwards(await this.transaction(step))
      return
    }
    together.last.push(async transaction => {
      const result = await step(transaction)
      together.afterwards.push(() => afterwards(result))
    })
  }

  async #begin<T>(database: Kysely<Tables>, work: () => Promise<T>): Promise<T> {
    const afterwards: (() => void)[] = []
    const result = await database.transaction().execute(async transaction => {
      const together: Together = { transaction, afterwards, last: [], isOpen: true }
      try {
        const done = await this.#together.run(together, work)
        for (const step of together.last) await step(transaction)
        return done
      } finally {
        together.isOpen = false
      }
    })
    for (const tell of afterwards) tell()
    return result
  }

  /** What was begun inside `together` and is still running when it ends goes its own way. */
  #open(): Together | undefined {
    const together = this.#together.getStore()
    return together?.isOpen ? together : undefined
  }

  /** What is known of the database, without asking it. Until it answered for the first time, it is not there. */
  condition(): DatabaseCondition {
    const condition = this.#heartbeat?.condition() ?? WELL
    return this.#state === 'ready' ? condition : { ...condition, state: 'disconnected' }
  }

  /** Asks the database every second from now on whether it is there. */
  watch(): void {
    const { renew, pulse } = this.#options
    this.#heartbeat = new Heartbeat({
      beat: () => this.#run(database => pulse?.ask() ?? answers(database)),
      ...(renew && { onSilence: renew }),
    })
    this.#heartbeat.start()
  }

  /** Tries at once what would have been tried again later. */
  retryNow(): void {
    if (this.#state !== 'down') return
    clearTimeout(this.#timer)
    this.#retryMs = FIRST_RETRY_MS
    this.#attempt = this.#prepare()
    this.retryInBackground()
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#heartbeat?.stop()
    clearTimeout(this.#timer)
    await this.#attempt.catch(() => {})
    await Promise.all([this.#options.pulse?.close(), this.#options.kysely.destroy()])
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

/** That it takes no writes, the embedded database says when it is written to. */
async function answers(database: Kysely<Tables>): Promise<{ readonly readOnly: boolean }> {
  await sql`select 1`.execute(database)
  return { readOnly: false }
}
