import { createError, type SluiceError } from 'sluice/internal'
import { NO_DATABASE } from '../db/database-error.ts'
import { BoundedMap } from '../limits/bounded-map.ts'

/** What the cache reads of a row. */
export interface CachedRow {
  readonly updatedAt: number
  readonly spendNanoUsd: number
  readonly maxBudgetNanoUsd: number | null
}

/** Where rows come from. */
export interface RowSource<R> {
  /** The name a row has in the cache. */
  idOf(row: R): string
  find(id: string): Promise<R | undefined>
  /** Rows changed, and ids removed, at or after `since`; `next` is what to ask with the next time. */
  changedSince(
    since: number,
    most: number,
  ): Promise<{ readonly rows: readonly R[]; readonly removed: readonly string[]; readonly next: number }>
}

export interface RowCacheOptions {
  readonly now?: (() => number) | undefined
  /** Milliseconds a known row is trusted after the database last confirmed it. */
  readonly maxStalenessMs: () => number
  /** Known rows kept. */
  readonly maxRows?: number | undefined
  /** Unknown ids remembered, so that a flood of wrong ones costs few look-ups. */
  readonly maxMisses?: number | undefined
  /** Milliseconds an unknown id is remembered; a `sync` that brings its row ends it. */
  readonly missMs?: number | undefined
  /** Milliseconds after which the spend of a row with a budget is read again, in the background. */
  readonly refreshMs?: number | undefined
  /** Milliseconds one look-up may take. */
  readonly lookupMs?: number | undefined
  /** Look-ups in flight; more are refused with 503. */
  readonly maxLookups?: number | undefined
}

interface Entry<R> {
  row: R
  readAt: number
  refreshAt: number
}

interface Lookup<R> {
  readonly promise: Promise<R | undefined>
  /** What was learned while the database was asked: newer than its answer. */
  superseded?: { readonly row: R | undefined }
}

type Settled = { readonly [K in keyof RowCacheOptions]-?: Exclude<RowCacheOptions[K], undefined> }

/** How far back each sync reads again: replicas' clocks differ, and a row bears the time of its writer's. */
const OVERLAP_MS = 5_000
const BATCH = 1_000
const MAX_ROUNDS = 1_000

/**
 * Rows of the database in memory. What was changed elsewhere holds here within one `sync`; what is new works everywhere
 * at once because a miss reads through. While the database is down, known rows hold for `maxStalenessMs`; of unknown ones
 * nobody can tell: 503. At the bound the least recently used row is forgotten and read again when it comes back.
 */
export class RowCache<R extends CachedRow> {
  readonly #source: RowSource<R>
  readonly #options: Settled
  readonly #known: BoundedMap<Entry<R>>
  readonly #misses: BoundedMap<number>
  readonly #lookups = new Map<string, Lookup<R>>()
  #cursor: number
  #generation = 0
  #syncedAt = 0
  #syncing: Promise<void> | undefined

  constructor(source: RowSource<R>, options: RowCacheOptions) {
    this.#source = source
    this.#options = {
      now: options.now ?? Date.now,
      maxStalenessMs: options.maxStalenessMs,
      maxRows: options.maxRows ?? 100_000,
      maxMisses: options.maxMisses ?? 10_000,
      missMs: options.missMs ?? 1_000,
      refreshMs: options.refreshMs ?? 30_000,
      lookupMs: options.lookupMs ?? 5_000,
      maxLookups: options.maxLookups ?? 256,
    }
    this.#known = new BoundedMap({ most: this.#options.maxRows })
    this.#misses = new BoundedMap({ most: this.#options.maxMisses })
    this.#cursor = this.#options.now()
  }

  get size(): number {
    return this.#known.size
  }

  /** Grows whenever a row may have changed: what was derived from rows before must be derived again. */
  get generation(): number {
    return this.#generation
  }

  /** True for a row in memory. */
  has(id: string): boolean {
    return this.#known.get(id) !== undefined
  }

  /** The rows in memory, in no order. */
  *rows(): Iterable<R> {
    for (const { row } of this.#known.values()) yield row
  }

  /**
   * At once when known, else from the database. Undefined: there is none. Throws (or rejects with)
   * `ServiceUnavailableError` when the database cannot tell.
   */
  find(id: string): R | undefined | Promise<R | undefined> {
    const { now, maxStalenessMs } = this.#options
    const time = now()
    const entry = this.#known.get(id)
    if (entry === undefined) {
      if (time < (this.#misses.get(id) ?? 0)) return undefined
      return this.#lookUp(id)
    }
    if (time - Math.max(entry.readAt, this.#syncedAt) > maxStalenessMs()) return this.#lookUp(id)
    if (time >= entry.refreshAt && entry.row.maxBudgetNanoUsd !== null) this.#refresh(entry, time)
    return entry.row
  }

  /** Takes in a row this process has just written. */
  absorb(row: R): void {
    this.#supersede(this.#source.idOf(row), row)
    this.#misses.delete(this.#source.idOf(row))
    this.#remember(row)
  }

  /** An id that names nothing any more. */
  forget(id: string): void {
    this.#generation++
    this.#supersede(id, undefined)
    this.#known.delete(id)
  }

  /** Catches up with what other replicas changed. Rejects while the database cannot be reached. */
  sync(): Promise<void> {
    this.#syncing ??= this.#catchUp().finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  async #catchUp(): Promise<void> {
    const startedAt = this.#options.now()
    let since = this.#cursor - OVERLAP_MS
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const changes = await this.#inTime(this.#source.changedSince(since, BATCH))
      for (const row of changes.rows) this.#noteChange(row)
      for (const id of changes.removed) this.forget(id)
      if (changes.next <= since) {
        this.#cursor = Math.max(this.#cursor, since)
        this.#syncedAt = startedAt
        return
      }
      since = changes.next
    }
    // So much changed that the rest has to wait for the next call; until then nothing counts as confirmed.
    this.#cursor = Math.max(this.#cursor, since)
  }

  /** Only rows somebody uses here are kept; the others are read when they are first used. */
  #noteChange(row: R): void {
    const id = this.#source.idOf(row)
    this.#misses.delete(id)
    this.#supersede(id, row)
    if (this.#known.get(id) !== undefined) this.#remember(row)
    // Somebody may still go by what was here before it was forgotten.
    else this.#generation++
  }

  #supersede(id: string, row: R | undefined): void {
    const lookup = this.#lookups.get(id)
    if (lookup !== undefined) lookup.superseded = { row }
  }

  #remember(row: R): R {
    const time = this.#options.now()
    const refreshAt = time + this.#options.refreshMs
    const entry = this.#known.get(this.#source.idOf(row))
    if (entry === undefined) {
      this.#generation++
      this.#known.set(this.#source.idOf(row), { row, readAt: time, refreshAt })
      return row
    }
    if (row.updatedAt < entry.row.updatedAt) return entry.row
    entry.readAt = time
    entry.refreshAt = refreshAt
    // The same row keeps its object, and with it everything that was derived from it.
    const same = row.updatedAt === entry.row.updatedAt && row.spendNanoUsd === entry.row.spendNanoUsd
    if (!same) {
      entry.row = row
      this.#generation++
    }
    return entry.row
  }

  #refresh(entry: Entry<R>, time: number): void {
    entry.refreshAt = time + this.#options.refreshMs
    if (this.#lookups.size * 2 >= this.#options.maxLookups) return
    // A failure changes nothing: the row stays trusted for as long as its staleness allows, and the next try is near.
    this.#lookUp(this.#source.idOf(entry.row)).catch(() => {})
  }

  #lookUp(id: string): Promise<R | undefined> {
    const flying = this.#lookups.get(id)
    if (flying !== undefined) return flying.promise
    if (this.#lookups.size >= this.#options.maxLookups) return Promise.reject(busy())
    const promise = this.#read(id).finally(() => this.#lookups.delete(id))
    this.#lookups.set(id, { promise })
    return promise
  }

  async #read(id: string): Promise<R | undefined> {
    const row = await this.#inTime(this.#source.find(id))
    const superseded = this.#lookups.get(id)?.superseded
    if (superseded !== undefined) return superseded.row
    if (row !== undefined) return this.#remember(row)
    this.#known.delete(id)
    this.#misses.set(id, this.#options.now() + this.#options.missMs)
    return undefined
  }

  /** A database that never answers is as good as one that is down. */
  async #inTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error('the database did not answer in time')),
        this.#options.lookupMs,
      )
    })
    try {
      return await Promise.race([work, late])
    } catch (error) {
      throw unavailable(error)
    } finally {
      clearTimeout(timer)
    }
  }
}

function busy(): SluiceError {
  return createError({
    kind: 'unavailable',
    message: 'Service Unavailable, too much is being looked up at once. Please retry shortly.',
    retryAfterMs: 1_000,
  })
}

function unavailable(cause: unknown): SluiceError {
  return createError({
    kind: 'unavailable',
    type: NO_DATABASE,
    code: 'database_unavailable',
    message:
      'Service Unavailable, the authentication database is temporarily unreachable. Please retry shortly.',
    retryAfterMs: 1_000,
    cause,
  })
}
