import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../tables.ts'

export interface SpendErrorsQuery {
  /** Milliseconds, from inclusive, to exclusive. */
  readonly from: number
  readonly to: number
  readonly by: 'model_group' | 'api_base'
  readonly modelGroup?: string | undefined
}

export interface SpendErrors {
  /** Days since the epoch, UTC. */
  readonly day: number
  /** The group or the address. */
  readonly name: string
  readonly errors: number
  /** Those that were refused with 429. */
  readonly rateLimits: number
}

const DAY_MS = 86_400_000
/** Lines of days and names. */
const MOST = 10_000

/** Failures have an index of their own, so that only they are read. */
export async function readErrors(
  database: Kysely<Tables>,
  { from, to, by, modelGroup }: SpendErrorsQuery,
): Promise<readonly SpendErrors[]> {
  const name = sql<string | null>`${sql.ref(by)}`
  // A whole number in both dialects: SQLite's division of integers is one already.
  const day = sql<number>`(start_time - start_time % ${sql.lit(DAY_MS)}) / ${sql.lit(DAY_MS)}`
  const rows = await database
    .selectFrom('spend_logs')
    .where(sql<boolean>`status = 'failure'`)
    .where('start_time', '>=', from)
    .where('start_time', '<', to)
    .$if(modelGroup !== undefined, select => select.where('model_group', '=', modelGroup ?? ''))
    .select([
      day.as('day'),
      name.as('name'),
      sql<number>`count(*)`.as('errors'),
      sql<number>`sum(case when metadata like '%"error_code":"429"%' then 1 else 0 end)`.as('limits'),
    ])
    .groupBy([sql`1`, sql`2`])
    .orderBy(sql`1`)
    .limit(MOST)
    .execute()
  return rows.map(row => ({
    day: Number(row.day),
    name: row.name ?? '',
    errors: Number(row.errors),
    rateLimits: Number(row.limits),
  }))
}
