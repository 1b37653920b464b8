import { createError, type SluiceError } from 'sluice/internal'
import type { KeyStore } from '../db/database.ts'
import type { KeyRow } from '../db/rows.ts'
import { BoundedMap } from '../limits/bounded-map.ts'

export interface KeyCacheOptions {
  readonly store: Pick<KeyStore, 'find' | 'changedSince'>
  readonly now?: () => number
  /** Milliseconds a known key is trusted after the database last confirmed it. */
  readonly maxStalenessMs: () => number
  /** Known keys kept; about 1.5 KB each. */
  readonly maxKeys?: number
  /** Unknown hashes remembered, so that a flood of wrong keys costs few look-ups. */
  readonly maxMisses?: number
  /** Milliseconds an unknown hash is remembered. */
  readonly missMs?: number
  /** Milliseconds after which the spend of a key with a budget is read again, in the background. */
  readonly refreshMs?: number
  /** Milliseconds one look-up may take. */
  readonly lookupMs?: number
  /** Look-ups in flight; more are refused with 503. */
  readonly maxLookups?: number
}

/** Keys in memory, in front of the database. Hashes are the only names a key has here. */
export interface KeyCache {
  /**
   * At once when known, else from the database. Undefined: there is no such key. Throws (or rejects with)
   * `ServiceUnavailableError` when the database cannot tell.
   */
  find(tokenHash: string): KeyRow | undefined | Promise<KeyRow | undefined>
  /** Takes in a row this process has just written. */
  absorb(row: KeyRow): void
  /** A hash that is no longer a key. */
  forget(tokenHash: string): void
  /** Catches up with what other replicas changed. Rejects while the database cannot be reached. */
  sync(): Promise<void>
  readonly size: number
}

interface Entry {
  row: KeyRow
  readAt: number
  refreshAt: number
}

interface Lookup {
  readonly promise: Promise<KeyRow | undefined>
  /** What was learned while the database was asked: newer than its answer. */
  superseded?: { readonly row: KeyRow | undefined }
}

/** How far back each sync reads again: replicas' clocks differ, and a row bears the time of its writer's. */
const OVERLAP_MS = 5_000
const BATCH = 1_000
const MAX_ROUNDS = 1_000

/**
 * Revoked keys stop everywhere within one `sync`; new ones work everywhere at once because a miss reads through.
 * While the database is down, known keys work for `maxStalenessMs`; unknown ones are told 503, never 401. At the bound
 * the least recently used key is forgotten and read again when it comes back.
 */
export function createKeyCache(options: KeyCacheOptions): KeyCache {
  return new MemoryKeyCache(options)
}

class MemoryKeyCache implements KeyCache {
  readonly #options: Required<KeyCacheOptions>
  readonly #known: BoundedMap<Entry>
  readonly #misses: BoundedMap<number>
  readonly #lookups = new Map<string, Lookup>()
  #cursor: number
  #syncedAt = 0
  #syncing: Promise<void> | undefined

  constructor(options: KeyCacheOptions) {
    this.#options = {
      now: Date.now,
      maxKeys: 100_000,
      maxMisses: 10_000,
      missMs: 1_000,
      refreshMs: 30_000,
      lookupMs: 5_000,
      maxLookups: 256,
      ...options,
    }
    this.#known = new BoundedMap({ most: this.#options.maxKeys })
    this.#misses = new BoundedMap({ most: this.#options.maxMisses })
    this.#cursor = this.#options.now()
  }

  get size(): number {
    return this.#known.size
  }

  find(tokenHash: string): KeyRow | undefined | Promise<KeyRow | undefined> {
    const { now, maxStalenessMs } = this.#options
    const time = now()
    const entry = this.#known.get(tokenHash)
    if (entry === undefined) {
      if (time < (this.#misses.get(tokenHash) ?? 0)) return undefined
      return this.#lookUp(tokenHash)
    }
    if (time - Math.max(entry.readAt, this.#syncedAt) > maxStalenessMs()) return this.#lookUp(tokenHash)
    if (time >= entry.refreshAt && entry.row.maxBudgetNanoUsd !== null) this.#refresh(entry, time)
    return entry.row
  }

  absorb(row: KeyRow): void {
    this.#supersede(row.tokenHash, row)
    this.#misses.delete(row.tokenHash)
    this.#remember(row)
  }

  forget(tokenHash: string): void {
    this.#supersede(tokenHash, undefined)
    this.#known.delete(tokenHash)
  }

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
      const changes = await this.#inTime(this.#options.store.changedSince(since, BATCH))
      for (const row of changes.rows) this.#noteChange(row)
      for (const hash of changes.removed) this.forget(hash)
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

  /** Only keys somebody uses here are kept; the others are read when they are first used. */
  #noteChange(row: KeyRow): void {
    this.#misses.delete(row.tokenHash)
    this.#supersede(row.tokenHash, row)
    if (this.#known.get(row.tokenHash) !== undefined) this.#remember(row)
  }

  #supersede(tokenHash: string, row: KeyRow | undefined): void {
    const lookup = this.#lookups.get(tokenHash)
    if (lookup !== undefined) lookup.superseded = { row }
  }

  #remember(row: KeyRow): KeyRow {
    const time = this.#options.now()
    const refreshAt = time + this.#options.refreshMs
    const entry = this.#known.get(row.tokenHash)
    if (entry === undefined) {
      this.#known.set(row.tokenHash, { row, readAt: time, refreshAt })
      return row
    }
    if (row.updatedAt < entry.row.updatedAt) return entry.row
    entry.readAt = time
    entry.refreshAt = refreshAt
    // The same row keeps its object, and with it everything that was derived from it.
    const same = row.updatedAt === entry.row.updatedAt && row.spendNanoUsd === entry.row.spendNanoUsd
    if (!same) entry.row = row
    return entry.row
  }

  #refresh(entry: Entry, time: number): void {
    entry.refreshAt = time + this.#options.refreshMs
    if (this.#lookups.size * 2 >= this.#options.maxLookups) return
    // A failure changes nothing: the key stays trusted for as long as its staleness allows, and the next try is near.
    this.#lookUp(entry.row.tokenHash).catch(() => {})
  }

  #lookUp(tokenHash: string): Promise<KeyRow | undefined> {
    const flying = this.#lookups.get(tokenHash)
    if (flying !== undefined) return flying.promise
    if (this.#lookups.size >= this.#options.maxLookups) return Promise.reject(busy())
    const promise = this.#read(tokenHash).finally(() => this.#lookups.delete(tokenHash))
    this.#lookups.set(tokenHash, { promise })
    return promise
  }

  async #read(tokenHash: string): Promise<KeyRow | undefined> {
    const row = await this.#inTime(this.#options.store.find(tokenHash))
    const superseded = this.#lookups.get(tokenHash)?.superseded
    if (superseded !== undefined) return superseded.row
    if (row !== undefined) return this.#remember(row)
    this.#known.delete(tokenHash)
    this.#misses.set(tokenHash, this.#options.now() + this.#options.missMs)
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
    message: 'Service Unavailable, too many keys are being looked up at once. Please retry shortly.',
    retryAfterMs: 1_000,
  })
}

function unavailable(cause: unknown): SluiceError {
  return createError({
    kind: 'unavailable',
    code: 'database_unavailable',
    message:
      'Service Unavailable, the authentication database is temporarily unreachable. Please retry shortly.',
    retryAfterMs: 1_000,
    cause,
  })
}
