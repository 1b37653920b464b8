import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../tables.ts'
import type { SpendSums } from './read-sums.ts'

export interface CrossedQuery {
  readonly teamId: string
  readonly endUser: string
  /** Milliseconds, from inclusive, to exclusive. */
  readonly from: number
  readonly to: number
}

const DAY_MS = 86_400_000
const MOST = 50_000

/** What a customer spent in a team, by day, key and model: from the calls themselves, because no sums are kept of it. */
export async function readCrossed(
  database: Kysely<Tables>,
  { teamId, endUser, from, to }: CrossedQuery,
): Promise<readonly SpendSums[]> {
  const total = (column: string) => sql<number>`sum(${sql.ref(column)})`
  const rows = await database
    .selectFrom('spend_logs')
    .where('team_id', '=', teamId)
    .where('end_user', '=', endUser)
    .where('start_time', '>=', from)
    .where('start_time', '<', to)
    .select([
      sql<number>`(start_time - start_time % ${sql.lit(DAY_MS)}) / ${sql.lit(DAY_MS)}`.as('day'),
      'api_key',
      'model',
      sql<number>`sum(coalesce(spend_nano_usd, 0))`.as('nano'),
      total('cost_unknown').as('unknown'),
      total('prompt_tokens').as('prompt'),
      total('completion_tokens').as('completion'),
      sql<number>`count(*)`.as('requests'),
      sql<number>`sum(case when status = 'failure' then 1 else 0 end)`.as('failed'),
    ])
    .groupBy([sql`1`, 'api_key', 'model'])
    .orderBy(sql`1`)
    .limit(MOST)
    .execute()
  return rows.map(row => ({
    day: new Date(Number(row.day) * DAY_MS).toISOString().slice(0, 10),
    ...{ id: endUser, apiKey: row.api_key, model: row.model, modelGroup: '', provider: '', endpoint: '' },
    spendNanoUsd: Number(row.nano),
    unknownCostRequests: Number(row.unknown),
    promptTokens: Number(row.prompt),
    completionTokens: Number(row.completion),
    ...{ cacheReadTokens: 0, cacheWriteTokens: 0, cacheHits: 0 },
    requests: Number(row.requests),
    failedRequests: Number(row.failed),
  }))
}
