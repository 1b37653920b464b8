import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

/** How many keys each of these users has; who has none is not in it. */
export async function countKeysOf(
  database: Kysely<Tables>,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (userIds.length === 0) return new Map()
  const rows = await database
    .selectFrom('virtual_keys')
    .select(['user_id', database.fn.countAll<number>().as('total')])
    .where('user_id', 'in', userIds)
    .groupBy('user_id')
    .execute()
  return new Map(rows.map(({ user_id, total }) => [user_id ?? '', Number(total)]))
}
