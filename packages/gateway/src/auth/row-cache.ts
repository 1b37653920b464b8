import { BoundedMap } from '../limits/bounded-map.ts'
import { answered, tooManyLookups } from './answered.ts'
import { DigestIndex } from './digests/digest-index.ts'
import { KnownRow } from './digests/known-row.ts'

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
  /** True where those names are digests, which are found sooner. */
  readonly hasDigests?: boolean
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
  /** That there is no such row is trusted as long as a row would be, instead of for `missMs`. */
  readonly missesLast?: boolean | undefined
  /** Milliseconds after which the spend of a row with a budget is read again, in the background. */
  readonly refreshMs?: number | undefined
  /** Milliseconds one look-up may take. */
  readonly lookupMs?: number | undefined
  /** Look-ups in flight; more are refused with 503. */
  readonly maxLookups?: number | undefined
}

interface Miss {
  readonly id: string
  readonly readAt: number
}

/** What a cache knows, to be kept over a restart. */
export interface KnownRows<R> {
  readonly rows: Iterable<R>
  /** Ids that have no row; only where misses last. */
  readonly missing: Iterable<string>
  /** When the database last confirmed all of it, milliseconds. */
  readonly confirmedAt: number
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
  readonly #known: BoundedMap<R, KnownRow<R>>
  readonly #misses: BoundedMap<Miss>
  readonly #lookups = new Map<string, Lookup<R>>()
  #cursor: number
  #generation = 0
  #syncedAt = 0
  #syncing: Promise<void> | undefined
  #restores = 0

  constructor(source: RowSource<R>, options: RowCacheOptions) {
    this.#source = source
    this.#options = {
      now: options.now ?? Date.now,
      maxStalenessMs: options.maxStalenessMs,
      maxRows: options.maxRows ?? 100_000,
      maxMisses: options.maxMisses ?? 10_000,
      missMs: options.missMs ?? 1_000,
      missesLast: options.missesLast ?? false,
      refreshMs: options.refreshMs ?? 30_000,
      lookupMs: options.lookupMs ?? 5_000,
      maxLookups: options.maxLookups ?? 256,
    }
    this.#known = new BoundedMap({
      most: this.#options.maxRows,
      placeOf: (id, row) => new KnownRow(id, row),
      index: source.hasDigests ? new DigestIndex<KnownRow<R>>() : undefined,
    })
    this.#misses = new BoundedMap({ most: this.#options.maxMisses })
    this.#cursor = this.#options.now()
  }

  get size(): number {
    return this.#known.size
  }

  /**
   * Grows whenever a row may have changed in more than what it spent: what was derived from rows before must be derived
   * again. Spend that others added is in another row object, for whoever asks.
   */
  get generation(): number {
    return this.#generation
  }

  /** True for a row in memory. */
  has(id: string): boolean {
    return this.#known.get(id) !== undefined
  }

  /** The rows in memory, in no order. */
  rows(): Iterable<R> {
    return this.#known.values()
  }

  /**
   * At once when known, else from the database. Undefined: there is none. Throws (or rejects with)
   * `ServiceUnavailableError` when the database cannot tell.
   */
  find(id: string): R | undefined | Promise<R | undefined> {
    const { now, maxStalenessMs } = this.#options
    const time = now()
    const known = this.#known.place(id)
    if (known === undefined) {
      const miss = this.#misses.get(id)
      if (miss !== undefined && this.#isMissing(miss, time)) return undefined
      return this.#lookUp(id)
    }
    // In an order that reads as little as can be: among a million rows each read is a miss of the processor's caches.
    const most = maxStalenessMs()
    if (time - this.#syncedAt > most && time - known.readAt > most) return this.#lookUp(id)
    const row = known.value
    if (row.maxBudgetNanoUsd !== null && time >= known.refreshAt) this.#refresh(known, time)
    return row
  }

  /** Takes in a row this process has just written. */
  absorb(row: R): void {
    this.#noteChange(row)
    this.#remember(row)
  }

  /** An id that names nothing any more. */
  forget(id: string): void {
    this.#generation++
    this.#supersede(id, undefined)
    this.#known.delete(id)
  }

  /** When the database last confirmed all that is known, milliseconds; 0 when it never did. */
  get confirmedAt(): number {
    return this.#syncedAt
  }

  /** What is known now, to be kept over a restart. */
  known(): KnownRows<R> {
    return { rows: this.rows(), missing: this.#missingIds(), confirmedAt: this.#syncedAt }
  }

  /** Takes in what was known before a restart, as old as it is; the next `sync` brings what has changed since. */
  restore({ rows, missing, confirmedAt }: KnownRows<R>): void {
    this.#restores++
    this.#generation++
    for (const row of rows) {
      const id = this.#source.idOf(row)
      if (this.#known.get(id) === undefined) this.#keep(id, row, confirmedAt, confirmedAt)
    }
    for (const id of missing)
      if (this.#known.get(id) === undefined) this.#misses.set(id, { id, readAt: confirmedAt })
    this.#cursor = Math.min(this.#cursor, confirmedAt)
  }

  *#missingIds(): Iterable<string> {
    if (this.#options.missesLast) for (const { id } of this.#misses.values()) yield id
  }

  #isMissing({ readAt }: Miss, time: number): boolean {
    const { missesLast, maxStalenessMs, missMs } = this.#options
    return missesLast ? time - Math.max(readAt, this.#syncedAt) <= maxStalenessMs() : time < readAt + missMs
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
    const restores = this.#restores
    let since = this.#cursor - OVERLAP_MS
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const changes = await answered(this.#source.changedSince(since, BATCH), this.#options.lookupMs)
      // What was taken in meanwhile is older than what was asked for: this round says nothing of it.
      if (restores !== this.#restores) return
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

  /** Of a row that was not in memory: whether something may have been derived from what it was before, or its absence. */
  #isNews(row: R): boolean {
    return (
      row.updatedAt >= this.#cursor - OVERLAP_MS || this.#misses.get(this.#source.idOf(row)) !== undefined
    )
  }

  #supersede(id: string, row: R | undefined): void {
    const lookup = this.#lookups.get(id)
    if (lookup !== undefined) lookup.superseded = { row }
  }

  #remember(row: R): R {
    const time = this.#options.now()
    const refreshAt = time + this.#options.refreshMs
    const id = this.#source.idOf(row)
    const before = this.#known.get(id)
    if (before === undefined) return this.#keep(id, row, time, refreshAt)
    if (row.updatedAt < before.updatedAt) return before
    const isNewer = row.updatedAt !== before.updatedAt
    if (isNewer) this.#generation++
    // The same row keeps its object, and with it everything that was derived from it.
    const isSame = !isNewer && row.spendNanoUsd === before.spendNanoUsd
    return this.#keep(id, isSame ? before : row, time, refreshAt)
  }

  #keep(id: string, row: R, readAt: number, refreshAt: number): R {
    Object.assign(this.#known.set(id, row), { readAt, refreshAt })
    return row
  }

  #refresh(known: KnownRow<R>, time: number): void {
    known.refreshAt = time + this.#options.refreshMs
    if (this.#lookups.size * 2 >= this.#options.maxLookups) return
    // A failure changes nothing: the row stays trusted for as long as its staleness allows, and the next try is near.
    this.#lookUp(known.key).catch(() => {})
  }

  #lookUp(id: string): Promise<R | undefined> {
    const flying = this.#lookups.get(id)
    if (flying !== undefined) return flying.promise
    if (this.#lookups.size >= this.#options.maxLookups) return Promise.reject(tooManyLookups())
    const promise = this.#read(id).finally(() => this.#lookups.delete(id))
    this.#lookups.set(id, { promise })
    return promise
  }

  async #read(id: string): Promise<R | undefined> {
    const row = await answered(this.#source.find(id), this.#options.lookupMs)
    const superseded = this.#lookups.get(id)?.superseded
    if (superseded !== undefined) return superseded.row
    if (row !== undefined) {
      if (!this.has(id) && this.#isNews(row)) this.#generation++
      this.#misses.delete(id)
      return this.#remember(row)
    }
    this.#known.delete(id)
    this.#misses.set(id, { id, readAt: this.#options.now() })
    return undefined
  }
}
