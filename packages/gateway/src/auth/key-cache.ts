import type { KeyStore } from '../db/database.ts'
import type { KeyRow, RetiredSecret } from '../db/rows.ts'
import { BoundedMap } from '../limits/bounded-map.ts'
import { type KnownRows, RowCache, type RowCacheOptions } from './row-cache.ts'

export interface KeyCacheOptions extends RowCacheOptions {
  readonly store: Pick<KeyStore, 'find' | 'findRetired' | 'changedSince'>
}

/** What is known of keys, earlier secrets among it. */
export interface KnownKeys extends KnownRows<KeyRow> {
  readonly retired: Iterable<RetiredSecret>
}

/** Earlier secrets remembered; one that was forgotten is looked up again. */
const MOST_RETIRED = 100_000

/**
 * Virtual keys in memory, about 1.5 KB each. Hashes are the only names a key has here. The hash of a secret that was
 * rotated away gives the key it belonged to until its end, to the millisecond: both secrets open one row.
 */
export class KeyCache extends RowCache<KeyRow> {
  readonly #retired = new BoundedMap<RetiredSecret>({ most: MOST_RETIRED })
  readonly #now: () => number

  constructor({ store, ...options }: KeyCacheOptions) {
    super(
      {
        idOf: row => row.tokenHash,
        hasDigests: true,
        find: async hash => {
          const row = await store.find(hash)
          if (row !== undefined) return row
          const retired = await store.findRetired(hash)
          if (retired !== undefined) this.#note(retired)
          return undefined
        },
        changedSince: async (since, most) => {
          const changes = await store.changedSince(since, most)
          // A secret may have been given to a new key after its key was removed.
          for (const row of changes.rows) this.#retired.delete(row.tokenHash)
          for (const retired of changes.retired) {
            // Whoever used the old secret here goes on without asking the database again.
            const wasHere = this.has(retired.tokenHash)
            this.#note(retired)
            const row = wasHere && changes.rows.find(each => each.tokenHash === retired.activeHash)
            if (row) this.absorb(row)
          }
          return changes
        },
      },
      options,
    )
    this.#now = options.now ?? Date.now
  }

  override find(hash: string): KeyRow | undefined | Promise<KeyRow | undefined> {
    if (this.#retired.size > 0) {
      const retired = this.#retired.get(hash)
      if (retired !== undefined) return this.#active(retired)
    }
    const row = super.find(hash)
    if (!(row instanceof Promise)) return row
    return row.then(found => {
      if (found !== undefined) return found
      const retired = this.#retired.get(hash)
      return retired && this.#active(retired)
    })
  }

  /** Takes in a rotation of this process: the new row, and until when the old secret opens it. */
  rotated(row: KeyRow, retired: RetiredSecret): void {
    this.absorb(row)
    this.forget(retired.tokenHash)
    this.#note(retired)
  }

  override known(): KnownKeys {
    return { ...super.known(), retired: this.#retired.values() }
  }

  override restore(known: KnownKeys): void {
    for (const retired of known.retired) this.#note(retired)
    super.restore(known)
  }

  override absorb(row: KeyRow): void {
    this.#retired.delete(row.tokenHash)
    super.absorb(row)
  }

  #active({ endsAt, activeHash }: RetiredSecret): KeyRow | undefined | Promise<KeyRow | undefined> {
    return endsAt === null || this.#now() < endsAt ? this.find(activeHash) : undefined
  }

  #note(retired: RetiredSecret): void {
    const { tokenHash } = retired
    const known = this.#retired.get(tokenHash)
    if (known !== undefined && known.updatedAt > retired.updatedAt) return
    this.#retired.set(tokenHash, retired)
  }
}

export function createKeyCache(options: KeyCacheOptions): KeyCache {
  return new KeyCache(options)
}
