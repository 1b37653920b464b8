import { sql } from 'kysely'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { connectionOf } from '../../packages/gateway/src/db/open-database.ts'
import { SPEND_COLUMNS } from '../../packages/gateway/src/db/spend/spend-columns.ts'
import { callOf } from './calls.ts'

const DAY_MS = 86_400_000
const BATCH = 2_000

/** Writes the calls of the first day as the gateway does. Returns rows per second. */
export async function ingestDay(database: Database, perDay: number, firstDay: number): Promise<number> {
  const began = performance.now()
  for (let at = 0; at < perDay; at += BATCH) {
    const size = Math.min(BATCH, perDay - at)
    const rows = Array.from({ length: size }, (_, i) => callOf(0, at + i, perDay, firstDay))
    await database.spend.addBatch(rows)
  }
  return perDay / ((performance.now() - began) / 1_000)
}

/** Copies the first day to the days after it, inside the database: rows, tags and sums, so that the books still agree. */
export async function copyDay(database: Database, days: number, firstDay: number): Promise<void> {
  const columns = SPEND_COLUMNS.map(({ name }) => name)
  const kept = columns.filter(
    name => !['request_id', 'start_time', 'end_time', 'completion_start_time'].includes(name),
  )
  const names = sql.join(kept.map(name => sql.ref(name)))
  const until = firstDay + DAY_MS
  for (let day = 1; day < days; day++) {
    const later = day * DAY_MS
    const date = new Date(firstDay + later).toISOString().slice(0, 10)
    const first = new Date(firstDay).toISOString().slice(0, 10)
    await connectionOf(database).run(async kysely => {
      await sql`insert into spend_logs (request_id, start_time, end_time, completion_start_time, ${names})
        select request_id || ${`+${day}`}, start_time + ${sql.lit(later)}, end_time + ${sql.lit(later)},
          completion_start_time + ${sql.lit(later)}, ${names}
        from spend_logs where start_time < ${sql.lit(until)}`.execute(kysely)
      await sql`insert into spend_log_tags (tag, request_id, start_time)
        select tag, request_id || ${`+${day}`}, start_time + ${sql.lit(later)}
        from spend_log_tags where start_time < ${sql.lit(until)}`.execute(kysely)
      await sql`insert into daily_spend (kind, subject_id, day, api_key, model, model_group, provider, endpoint,
          spend_nano_usd, unknown_cost_requests, prompt_tokens, completion_tokens, cache_read_tokens,
          cache_write_tokens, requests, failed_requests, cache_hits)
        select kind, subject_id, ${date}, api_key, model, model_group, provider, endpoint,
          spend_nano_usd, unknown_cost_requests, prompt_tokens, completion_tokens, cache_read_tokens,
          cache_write_tokens, requests, failed_requests, cache_hits
        from daily_spend where day = ${first}`.execute(kysely)
    })
    process.stderr.write(`\r${day + 1} of ${days} days`)
  }
  await connectionOf(database).run(async kysely => {
    await sql`update spend_totals set spend_nano_usd = spend_nano_usd * ${sql.lit(days)}, requests = requests * ${sql.lit(days)}`.execute(
      kysely,
    )
    await sql`analyze`.execute(kysely)
  })
  process.stderr.write('\n')
}

/** Rows in the tables that matter. */
export async function countRows(database: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of ['spend_logs', 'spend_log_tags', 'daily_spend', 'spend_totals']) {
    const { rows } = await connectionOf(database).run(kysely =>
      sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(kysely),
    )
    counts[table] = Number(rows[0]?.count)
  }
  return counts
}
