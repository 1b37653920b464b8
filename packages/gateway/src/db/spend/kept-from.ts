import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

/** The fact that says since when rows are whole. */
export const KEPT_FROM = 'spend_rows_kept_from'

/** Milliseconds; rows that started before may have been removed. 0: none ever were. */
export async function readKeptFrom(database: Kysely<Tables>): Promise<number> {
  const fact = await database
    .selectFrom('facts')
    .select('value')
    .where('name', '=', KEPT_FROM)
    .executeTakeFirst()
  return Number(fact?.value ?? 0)
}
