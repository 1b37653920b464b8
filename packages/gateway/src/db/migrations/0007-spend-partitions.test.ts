import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { connectionOf } from '../open-database.ts'
import { encodeSpend, SPEND_COLUMNS } from '../spend/spend-columns.ts'
import type { Tables } from '../tables.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { goBackBefore } from '../testing/go-back.ts'
import { spendRow } from '../testing/rows.ts'
import { migrate } from './migrate.ts'

eachDatabase('a database of a release without partitions', makePlace => {
  test('keeps its rows and sums, takes new rows, and still counts nothing twice', async () => {
    const database = await makePlace().open()
    const old = spendRow('old', { requestTags: ['t'] })
    await connectionOf(database).run(async kysely => {
      await goBackBefore('0007', kysely, database.dialect)
      await insertAsBefore(kysely, old)
      await migrate(kysely, database.dialect, silentLog)
    })
    const fresh = spendRow('new', { requestTags: ['t'], startTime: Date.now() + 3 * 86_400_000 })
    expect(await database.spend.addBatch([old, fresh])).toBe(1)
    expect(await database.spend.addBatch([old, fresh])).toBe(0)
    const { rows, total } = await database.reports.rows({ tag: 't', size: 10 })
    expect(total).toBe(2)
    expect(rows.map(row => row.requestId)).toEqual(['new', 'old'])
    const sums = await database.reports.sums({
      ...{ subject: 'model', from: '2026-01-01', to: '2026-01-31' },
      by: ['model', 'endpoint'],
    })
    expect(sums).toMatchObject([{ model: 'gpt-4o', endpoint: '', spendNanoUsd: 1_500, requests: 1 }])
  })
})

async function insertAsBefore(kysely: Kysely<Tables>, row: ReturnType<typeof spendRow>): Promise<void> {
  const values = encodeSpend(row)
  const columns = SPEND_COLUMNS.map(({ name }, i) => [name, values[i]] as const).filter(
    ([name]) => name !== 'cost_unknown' && name !== 'agent_id',
  )
  await kysely
    .insertInto('spend_logs')
    .values(Object.fromEntries(columns) as never)
    .execute()
  await kysely
    .insertInto('spend_log_tags')
    .values({ tag: 't', request_id: row.requestId, start_time: row.startTime })
    .execute()
  await sql`insert into daily_spend (kind, subject_id, day, api_key, model, model_group, provider,
      spend_nano_usd, unknown_cost_requests, prompt_tokens, completion_tokens, cache_read_tokens,
      cache_write_tokens, requests, failed_requests)
    values ('model', 'gpt-4o', '2026-01-02', 'hash-1', 'gpt-4o', 'smart', 'openai', 1500, 0, 10, 20, 3, 1, 1, 0)`.execute(
    kysely,
  )
}
