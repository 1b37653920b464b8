import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../tables.ts'
import { storedText } from '../spend-columns.ts'

export interface TagUseQuery {
  /** Days `YYYY-MM-DD` in UTC, both inclusive. */
  readonly from: string
  readonly to: string
  /** These tags alone. */
  readonly tags?: readonly string[] | undefined
  /** Tags that hold this text, whatever its case. */
  readonly contains?: string | undefined
}

/** What calls with a tag did. Money in nano-dollars. */
export interface TagUse {
  readonly tag: string
  /** `YYYY-MM-DD`, or '' where days are not told apart. */
  readonly day: string
  /** Users whose keys, removed ones among them, made the calls. */
  readonly users: number
  readonly keys: number
  readonly requests: number
  readonly failedRequests: number
  readonly tokens: number
  readonly spendNanoUsd: number
  readonly unknownCostRequests: number
}

/** What a user did with the tags in question; `tag` is one of them. */
export type TagUser = Omit<TagUse, 'day' | 'users' | 'keys'> & { readonly userId: string }

export interface TagUsersPage {
  readonly users: readonly TagUser[]
  /** Of all pages. */
  readonly total: number
}

/** The most tags, or tags and days, that one answer is of: those with most calls. */
const MOST_LINES = 5_000

/** By tag, or by tag and day; most calls first, and the latest day. */
export async function readTagUse(
  database: Kysely<Tables>,
  query: TagUseQuery,
  byDay: boolean,
): Promise<readonly TagUse[]> {
  let select = matching(database, query)
    .select([
      sql<string>`subject_id`.as('tag'),
      sql<string>`count(distinct owner.user_id)`.as('users'),
      sql<string>`count(distinct api_key)`.as('keys'),
      ...SUMS,
    ])
    .groupBy('subject_id')
    .limit(MOST_LINES)
  if (byDay) select = select.select('day').groupBy('day').orderBy('day', 'desc')
  const rows = await select.orderBy(sql`sum(requests)`, 'desc').orderBy('subject_id').execute()
  return rows.map(row => ({
    ...{ tag: row.tag, day: (row as { day?: string }).day ?? '' },
    ...{ users: Number(row.users), keys: Number(row.keys) },
    ...sumsOf(row),
  }))
}

/** Users by the calls they made with the tags, most first, and how many there are. */
export async function readTagUsers(
  database: Kysely<Tables>,
  query: TagUseQuery,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<TagUsersPage> {
  const owned = matching(database, query).where('owner.user_id', 'is not', null)
  const rows = await owned
    .select(['owner.user_id', sql<string>`min(subject_id)`.as('tag'), ...SUMS])
    .groupBy('owner.user_id')
    .orderBy(sql`sum(requests)`, 'desc')
    .orderBy('owner.user_id')
    .limit(limit)
    .offset(offset)
    .execute()
  const counted = await owned
    .select(sql<string>`count(distinct owner.user_id)`.as('total'))
    .executeTakeFirstOrThrow()
  return {
    users: rows.map(row => ({ userId: row.user_id ?? '', tag: row.tag, ...sumsOf(row) })),
    total: Number(counted.total),
  }
}

const SUMS = [
  sql<string>`sum(requests)`.as('requests'),
  sql<string>`sum(failed_requests)`.as('failed'),
  sql<string>`sum(prompt_tokens + completion_tokens)`.as('tokens'),
  sql<string>`sum(spend_nano_usd)`.as('spend'),
  sql<string>`sum(unknown_cost_requests)`.as('unknown'),
] as const

type Sums = Readonly<Record<'requests' | 'failed' | 'tokens' | 'spend' | 'unknown', string>>

function sumsOf(row: Sums) {
  return {
    requests: Number(row.requests),
    failedRequests: Number(row.failed),
    tokens: Number(row.tokens),
    spendNanoUsd: Number(row.spend),
    unknownCostRequests: Number(row.unknown),
  }
}

function matching(database: Kysely<Tables>, { from, to, tags, contains }: TagUseQuery) {
  const owners = database
    .selectFrom('virtual_keys')
    .select(['token_hash', 'user_id'])
    .union(database.selectFrom('deleted_keys').select(['token_hash', 'user_id']))
  let select = database
    .selectFrom('daily_details')
    .leftJoin(owners.as('owner'), 'owner.token_hash', 'api_key')
    .where('kind', '=', sql.lit('tag'))
    .where('day', '>=', from)
    .where('day', '<=', to)
  if (tags !== undefined) select = select.where('subject_id', 'in', tags.map(storedText))
  else if (contains !== undefined) {
    const escaped = storedText(contains.toLowerCase()).replaceAll(/[\\%_]/g, '\\$&')
    select = select.where(sql<boolean>`lower(subject_id) like ${`%${escaped}%`} escape '\\'`)
  }
  return select
}
