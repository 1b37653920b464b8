import { type Kysely, sql } from 'kysely'
import { later } from '../limit-columns.ts'
import type { Tables } from '../tables.ts'

/** Whatever names a key by its hash names it by its new one. */
export async function followReferences(
  database: Kysely<Tables>,
  oldHash: string,
  newHash: string,
  now: number,
): Promise<void> {
  await database
    .updateTable('jwt_key_mappings')
    .set({ token_hash: newHash, updated_at: later(now) })
    .where('token_hash', '=', oldHash)
    .execute()
  await database
    .updateTable('access_groups')
    .set({
      // Hex digits only, so nothing else of the JSON can be hit.
      details: sql`replace(details, ${`"${oldHash}"`}, ${`"${newHash}"`})`,
      updated_at: later(now),
    })
    .where('details', 'like', `%"${oldHash}"%`)
    .execute()
}
