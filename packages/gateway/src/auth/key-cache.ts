import type { KeyStore } from '../db/database.ts'
import type { KeyRow } from '../db/rows.ts'
import { RowCache, type RowCacheOptions } from './row-cache.ts'

export interface KeyCacheOptions extends RowCacheOptions {
  readonly store: Pick<KeyStore, 'find' | 'changedSince'>
}

/** Virtual keys in memory, about 1.5 KB each. Hashes are the only names a key has here. */
export type KeyCache = RowCache<KeyRow>

export function createKeyCache({ store, ...options }: KeyCacheOptions): KeyCache {
  return new RowCache<KeyRow>(
    {
      idOf: row => row.tokenHash,
      find: hash => store.find(hash),
      changedSince: (since, most) => store.changedSince(since, most),
    },
    options,
  )
}
