import { type Kysely, sql } from 'kysely'
import { memberId } from '../accounts/member-id.ts'
import type { DailyDetailsTable } from '../spend/spend-tables.ts'
import type { Tables } from '../tables.ts'

const DAY_MS = 86_400_000
const ROWS_AT_ONCE = 200

type Sums = Omit<DailyDetailsTable, 'kind' | 'subject_id' | 'day'> & {
  readonly organization_id: string
  readonly user_id: string
}

/**
 * What members of organizations spent is summed as that of members of teams: for the rows that are still there, a day
 * at a time. Their budgets begin now, because so far nobody held them to any.
 */
export async function organizationMembers(database: Kysely<unknown>): Promise<void> {
  const tables = database as Kysely<Tables>
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select min(start_time) as first, max(start_time) as last from spend_logs`.execute(database)
  const { first, last } = rows[0] ?? {}
  if (first == null || last == null) return
  const end = Number(last)
  for (let from = Math.floor(Number(first) / DAY_MS) * DAY_MS; from <= end; from += DAY_MS)
    await sumDay(tables, from)
  await sql`
    insert into spend_totals (kind, subject_id, spend_nano_usd, requests, last_active_at)
    select kind, subject_id, sum(spend_nano_usd), sum(requests), ${end} from daily_spend
    where kind = 'organization_member' group by kind, subject_id`.execute(database)
  await sql`
    update accounts set spend_base_nano_usd = spend_base_nano_usd + coalesce((
      select spend_nano_usd from spend_totals
      where spend_totals.kind = 'organization_member' and spend_totals.subject_id = accounts.id
    ), 0) where kind = 'organization_member'`.execute(database)
}

async function sumDay(tables: Kysely<Tables>, from: number): Promise<void> {
  const { rows } = await sql<Sums>`
    select organization_id, user_id, api_key, model, model_group, coalesce(provider, '') as provider,
      call_type as endpoint, sum(coalesce(spend_nano_usd, 0)) as spend_nano_usd,
      sum(case when spend_nano_usd is null or cost_unknown <> 0 then 1 else 0 end) as unknown_cost_requests,
      sum(prompt_tokens) as prompt_tokens, sum(completion_tokens) as completion_tokens,
      sum(cache_read_tokens) as cache_read_tokens, sum(cache_write_tokens) as cache_write_tokens,
      count(*) as requests, sum(case when status = 'failure' then 1 else 0 end) as failed_requests,
      sum(cache_hit) as cache_hits
    from spend_logs
    where start_time >= ${from} and start_time < ${from + DAY_MS}
      and coalesce(organization_id, '') <> '' and coalesce(user_id, '') <> ''
    group by organization_id, user_id, api_key, model, model_group, coalesce(provider, ''), call_type`.execute(
    tables,
  )
  const day = new Date(from).toISOString().slice(0, 10)
  const daily = rows.map(({ organization_id, user_id, ...sums }) => ({
    ...sums,
    ...{ kind: 'organization_member', subject_id: memberId(organization_id, user_id), day },
  }))
  for (let at = 0; at < daily.length; at += ROWS_AT_ONCE)
    await (tables as unknown as Kysely<{ daily_spend: DailyDetailsTable }>)
      .insertInto('daily_spend')
      .values(daily.slice(at, at + ROWS_AT_ONCE))
      .execute()
}
