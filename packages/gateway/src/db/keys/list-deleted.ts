import type { Kysely } from 'kysely'
import type { DeletedKey, KeyFilter } from '../database.ts'
import type { KeyRow } from '../rows.ts'
import type { Tables } from '../tables.ts'
import { keyConditions } from './list-keys.ts'

/** A page of what was removed or replaced, the newest first, and how many there are on all pages. */
export async function listDeletedKeys(
  database: Kysely<Tables>,
  filter: KeyFilter,
): Promise<{ rows: readonly DeletedKey[]; total: number }> {
  const { total } = await database
    .selectFrom('deleted_keys')
    .select(database.fn.countAll<number>().as('total'))
    .where(build => keyConditions(build, 'deleted_keys', filter))
    .executeTakeFirstOrThrow()
  const { sortOrder = 'desc', page, size } = filter
  const stored = await database
    .selectFrom('deleted_keys')
    .selectAll()
    .where(build => keyConditions(build, 'deleted_keys', filter))
    .orderBy('deleted_at', sortOrder)
    .orderBy('token_hash', sortOrder)
    .limit(size)
    .offset((page - 1) * size)
    .execute()
  const rows = stored.map(({ row, deleted_at: deletedAt, deleted_by: deletedBy }) => ({
    row: JSON.parse(row) as KeyRow,
    deletedAt,
    deletedBy,
  }))
  return { rows, total }
}
