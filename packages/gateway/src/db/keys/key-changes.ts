import type { Kysely } from 'kysely'
import type { KeyChanges } from '../database.ts'
import type { Tables } from '../tables.ts'
import { decodeKeyRow } from './key-row.ts'
import { decodeRetired } from './retired-secrets.ts'
import { storedKeys } from './stored-keys.ts'

/**
 * Rows changed and hashes removed at or after `since`, oldest first, at most `most` of each; more only when a single
 * millisecond holds more. `next` never passes over anything that a bound cut off.
 */
export async function changedKeys(
  database: Kysely<Tables>,
  since: number,
  most: number,
): Promise<KeyChanges> {
  const changed = await horizonOf(database, 'changed', since, most)
  const removed = await horizonOf(database, 'removed', since, most)
  const end = Math.min(changed.end, removed.end)
  const rows = await storedKeys(database)
    .where('virtual_keys.updated_at', '>=', since)
    .where('virtual_keys.updated_at', '<', end)
    .orderBy('virtual_keys.updated_at')
    .orderBy('virtual_keys.token_hash')
    .execute()
  const gone = await database
    .selectFrom('deleted_keys')
    .select('token_hash')
    .where('deleted_at', '>=', since)
    .where('deleted_at', '<', end)
    // A hash may have been registered anew.
    .where('token_hash', 'not in', database.selectFrom('virtual_keys').select('token_hash'))
    .orderBy('deleted_at')
    .execute()
  // Each bears the time of a row above, so there are not many more of them.
  const retired = await database
    .selectFrom('deprecated_keys')
    .selectAll()
    .where('updated_at', '>=', since)
    .where('updated_at', '<', end)
    .execute()
  return {
    rows: rows.map(decodeKeyRow),
    removed: gone.map(row => row.token_hash),
    retired: retired.map(decodeRetired),
    next: end === Number.MAX_SAFE_INTEGER ? Math.max(since, changed.last, removed.last) : end,
  }
}

/** `end`: exclusive bound of what may be read now, unlimited when all fits; `last`: the newest time seen. */
async function horizonOf(
  database: Kysely<Tables>,
  of: 'changed' | 'removed',
  since: number,
  most: number,
): Promise<{ end: number; last: number }> {
  const rows =
    of === 'changed'
      ? await database
          .selectFrom('virtual_keys')
          .select('updated_at as at')
          .where('updated_at', '>=', since)
          .orderBy('updated_at')
          .limit(most + 1)
          .execute()
      : await database
          .selectFrom('deleted_keys')
          .select('deleted_at as at')
          .where('deleted_at', '>=', since)
          .orderBy('deleted_at')
          .limit(most + 1)
          .execute()
  const first = rows[0]?.at ?? since
  const last = rows.at(-1)?.at ?? since
  if (rows.length <= most) return { end: Number.MAX_SAFE_INTEGER, last }
  return { end: last > first ? last : last + 1, last }
}
