import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { Tables } from '../tables.ts'
import type { StoredKey } from './key-row.ts'

/** Every column of a key with the totals of its spend. */
export function storedKeys(
  database: Kysely<Tables>,
): SelectQueryBuilder<KeysWithTotals, 'virtual_keys' | 'totals', StoredKey> {
  return database
    .selectFrom('virtual_keys')
    .leftJoin('spend_totals as totals', join =>
      join.on('totals.kind', '=', 'key').onRef('totals.subject_id', '=', 'virtual_keys.token_hash'),
    )
    .selectAll('virtual_keys')
    .select(['totals.spend_nano_usd as total_nano_usd', 'totals.last_active_at as total_last_active_at'])
}

type KeysWithTotals = Tables & {
  totals: { [Column in keyof Tables['spend_totals']]: Tables['spend_totals'][Column] | null }
}
