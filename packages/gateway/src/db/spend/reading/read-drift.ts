import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { SpendSubject } from '../../database.ts'
import type { Tables } from '../../tables.ts'

/** A place where two of the books do not say the same. */
export interface SpendDrift {
  /**
   * Which books: rows against daily details, details against the day's totals, these against totals of all days, and
   * totals against what a budget starts from.
   */
  readonly between: 'rows/daily' | 'details/daily' | 'daily/totals' | 'totals/budget'
  readonly kind: SpendSubject
  readonly id: string
  /** Day in UTC; undefined where it is about all days. */
  readonly day: string | undefined
  /** What the first of the two books says, and what the second says: nano-dollars and calls. */
  readonly expected: { readonly nanoUsd: number; readonly requests: number }
  readonly found: { readonly nanoUsd: number; readonly requests: number }
}

const DAY_MS = 86_400_000
/** Found per question; where there are more, these are enough to know. */
export const MOST_DRIFTS = 1_000

type Found = Record<
  'id' | 'expected' | 'expected_requests' | 'found' | 'found_requests',
  string | number | null
>

interface KindFacts {
  readonly kind: SpendSubject
  /** How its id reads in a row. */
  readonly id: RawBuilder<unknown>
  /** Which rows count, where not all do. */
  readonly present?: RawBuilder<unknown>
  /** Where its sums of days are and how its id reads there, where not in the details and as it is. */
  readonly sums?: { readonly table: 'daily_totals'; readonly subject: RawBuilder<unknown> }
}

const ALL = sql`'*'`

const KINDS: readonly KindFacts[] = [
  { kind: 'key', id: sql`api_key` },
  { kind: 'user', id: sql`coalesce(user_id, '')` },
  { kind: 'team', id: sql`coalesce(team_id, '')` },
  { kind: 'organization', id: sql`coalesce(organization_id, '')` },
  { kind: 'customer', id: sql`coalesce(end_user, '')` },
  { kind: 'model', id: sql`model` },
  {
    kind: 'team_member',
    // A member's id is made of both, in a way that SQL does not speak: all members of a day together, then.
    id: ALL,
    sums: { table: 'daily_totals', subject: ALL },
    present: sql`coalesce(team_id, '') <> '' and coalesce(user_id, '') <> ''`,
  },
  {
    kind: 'organization_member',
    id: ALL,
    sums: { table: 'daily_totals', subject: ALL },
    present: sql`coalesce(organization_id, '') <> '' and coalesce(user_id, '') <> ''`,
  },
  { kind: 'project', id: sql`project_id`, present: sql`coalesce(project_id, '') <> ''` },
  { kind: 'agent', id: sql`agent_id`, present: sql`coalesce(agent_id, '') <> ''` },
]

/** One day: every kind of daily sum against the rows, each in one statement, so that calls may come meanwhile. */
export async function readDayDrift(
  database: Kysely<Tables>,
  dialect: 'sqlite' | 'postgres',
  day: string,
): Promise<readonly SpendDrift[]> {
  const from = Date.parse(day)
  const drifts: SpendDrift[] = []
  const time = sql`start_time >= ${from} and start_time < ${from + DAY_MS}`
  for (const facts of KINDS) {
    const rows = sql`spend_logs where ${time} and ${facts.present ?? sql`1 = 1`}`
    drifts.push(...(await compareDay(database, day, facts, rows)))
  }
  const each =
    dialect === 'sqlite'
      ? sql`json_each(spend_logs.request_tags) as tag`
      : sql`jsonb_array_elements_text(spend_logs.request_tags::jsonb) as tag(value)`
  const tagged = sql`spend_logs cross join ${each} where ${time}`
  drifts.push(...(await compareDay(database, day, { kind: 'tag', id: sql`tag.value` }, tagged)))
  for (const { kind, sums } of [...KINDS, { kind: 'tag' as const, sums: undefined }])
    if (sums === undefined) drifts.push(...(await compareDetails(database, day, kind)))
  return drifts
}

/** The details of one day against its totals. */
async function compareDetails(
  database: Kysely<Tables>,
  day: string,
  kind: SpendSubject,
): Promise<readonly SpendDrift[]> {
  const { rows: found } = await sql<Found>`
    with expected as (
      select subject_id as id, sum(spend_nano_usd) as nano, sum(requests) as requests
      from daily_details where kind = ${kind} and day = ${day} group by 1
    ), found as (
      select subject_id as id, spend_nano_usd as nano, requests from daily_totals where kind = ${kind} and day = ${day}
    ) ${differences}`.execute(database)
  return found.map(each => driftOf(each, { between: 'details/daily', kind, day }))
}

/** Of what was expected and what was found. */
const differences = sql`
    select coalesce(expected.id, found.id) as id,
      cast(expected.nano as text) as expected, cast(expected.requests as text) as expected_requests,
      cast(found.nano as text) as found, cast(found.requests as text) as found_requests
    from expected full outer join found on expected.id = found.id
    where expected.nano is null or found.nano is null
      or expected.nano <> found.nano or expected.requests <> found.requests
    limit ${sql.lit(MOST_DRIFTS)}`

async function compareDay(
  database: Kysely<Tables>,
  day: string,
  { kind, id, sums }: KindFacts,
  rows: RawBuilder<unknown>,
): Promise<readonly SpendDrift[]> {
  const { table = 'daily_details', subject = sql`subject_id` } = sums ?? {}
  const { rows: found } = await sql<Found>`
    with expected as (
      select ${id} as id, sum(coalesce(spend_nano_usd, 0)) as nano, count(*) as requests from ${rows} group by 1
    ), found as (
      select ${subject} as id, sum(spend_nano_usd) as nano, sum(requests) as requests
      from ${sql.table(table)} where kind = ${kind} and day = ${day} group by 1
    ) ${differences}`.execute(database)
  return found.map(each => driftOf(each, { between: 'rows/daily', kind, day }))
}

/** All-time totals against the sums of all days, for subjects that were active from a day on. */
export async function readTotalDrift(
  database: Kysely<Tables>,
  kind: SpendSubject,
  activeFrom: string,
): Promise<readonly SpendDrift[]> {
  const { rows } = await sql<Found>`
    with active as (
      select distinct subject_id as id from daily_totals where kind = ${kind} and day >= ${activeFrom}
    ), expected as (
      select subject_id as id, sum(spend_nano_usd) as nano, sum(requests) as requests
      from daily_totals where kind = ${kind} and subject_id in (select id from active) group by subject_id
    )
    select expected.id, cast(expected.nano as text) as expected, cast(expected.requests as text) as expected_requests,
      cast(spend_totals.spend_nano_usd as text) as found, cast(spend_totals.requests as text) as found_requests
    from expected left join spend_totals on spend_totals.kind = ${kind} and spend_totals.subject_id = expected.id
    where spend_totals.spend_nano_usd is null or spend_totals.spend_nano_usd <> expected.nano
      or spend_totals.requests <> expected.requests
    limit ${sql.lit(MOST_DRIFTS)}`.execute(database)
  return rows.map(each => driftOf(each, { between: 'daily/totals', kind, day: undefined }))
}

/**
 * A budget has spent what the total grew since its period began: a beginning above the total would be money that
 * nobody spent, which the next calls could spend again. Spend that was set by hand may begin below nothing.
 */
export async function readBudgetDrift(database: Kysely<Tables>): Promise<readonly SpendDrift[]> {
  const { rows } = await sql<Budget>`
    select budget.kind, budget.id, base, coalesce(spend_totals.spend_nano_usd, 0) as total from (
      select 'key' as kind, token_hash as id, spend_base_nano_usd as base from virtual_keys
      union all
      select kind, id, spend_base_nano_usd as base from accounts where deleted_at is null
    ) as budget
    left join spend_totals on spend_totals.kind = budget.kind and spend_totals.subject_id = budget.id
    where base > coalesce(spend_totals.spend_nano_usd, 0)
    limit ${sql.lit(MOST_DRIFTS)}`.execute(database)
  return rows.map(({ kind, id, base, total }) => ({
    ...{ between: 'totals/budget', kind, id, day: undefined },
    expected: { nanoUsd: Number(total), requests: 0 },
    found: { nanoUsd: Number(base), requests: 0 },
  }))
}

interface Budget {
  readonly kind: SpendDrift['kind']
  readonly id: string
  readonly base: number
  readonly total: number
}

/** The first day of which there are sums or rows; undefined where there are none. */
export async function readFirstDay(database: Kysely<Tables>): Promise<string | undefined> {
  const { rows: sums } = await sql<{
    day: string | null
  }>`select min(day) as day from daily_totals where kind = 'key'`.execute(database)
  const { rows } = await sql<{ time: number | null }>`select min(start_time) as time from spend_logs`.execute(
    database,
  )
  const time = rows[0]?.time ?? undefined
  const days = [
    sums[0]?.day ?? undefined,
    time === undefined ? undefined : new Date(Number(time)).toISOString().slice(0, 10),
  ]
  return days.filter(day => day !== undefined).sort()[0]
}

function driftOf(found: Found, where: Pick<SpendDrift, 'between' | 'kind' | 'day'>): SpendDrift {
  return {
    ...where,
    id: String(found.id),
    expected: { nanoUsd: Number(found.expected ?? 0), requests: Number(found.expected_requests ?? 0) },
    found: { nanoUsd: Number(found.found ?? 0), requests: Number(found.found_requests ?? 0) },
  }
}
