import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import type { KeyFilter, KeyOwners } from '../database.ts'
import type { KeyRow } from '../rows.ts'
import type { Tables } from '../tables.ts'
import { decodeKeyRow } from './key-row.ts'
import { retiredSpends } from './key-spend.ts'
import { storedKeys } from './stored-keys.ts'

/**
 * A page of keys, and how many there are on all pages. First the hashes of the page are found, along an index where
 * there is one, and then its rows are read: what is skipped costs little.
 */
export async function listKeys(
  database: Kysely<Tables>,
  filter: KeyFilter,
): Promise<{ rows: readonly KeyRow[]; total: number }> {
  const { total } = await database
    .selectFrom('virtual_keys')
    .select(database.fn.countAll<number>().as('total'))
    .where(build => keyConditions(build, 'virtual_keys', filter))
    .executeTakeFirstOrThrow()
  const hashes = await pageOfHashes(database, filter)
  if (hashes.length === 0) return { rows: [], total }
  const stored = await storedKeys(database).where('virtual_keys.token_hash', 'in', hashes).execute()
  const rows = new Map(stored.map(row => [row.token_hash, decodeKeyRow(row)]))
  return { rows: hashes.flatMap(hash => rows.get(hash) ?? []), total }
}

/** Never null: without a word on nulls an index gives the order. */
const NEVER_NULL = new Set(['created_at', 'updated_at'])

async function pageOfHashes(database: Kysely<Tables>, filter: KeyFilter): Promise<string[]> {
  const { sortBy = 'created_at', sortOrder = 'desc', page, size } = filter
  if (sortBy === 'spend') return await pageBySpend(database, filter)
  const rows = await database
    .selectFrom('virtual_keys')
    .select('token_hash')
    .where(build => keyConditions(build, 'virtual_keys', filter))
    // The dialects disagree on where nulls go; last, in both.
    .orderBy(sortColumn(sortBy), order => {
      const directed = sortOrder === 'asc' ? order.asc() : order.desc()
      return NEVER_NULL.has(sortBy) ? directed : directed.nullsLast()
    })
    .orderBy('token_hash', sortOrder)
    .limit(size)
    .offset((page - 1) * size)
    .execute()
  return rows.map(row => row.token_hash)
}

function sortColumn(by: Exclude<KeyFilter['sortBy'], 'spend' | undefined>) {
  return sql.ref(`virtual_keys.${by === 'max_budget' ? 'max_budget_nano_usd' : by}`)
}

/** What keys spent is summed up in one pass over all of them, what their earlier secrets spent in another. */
async function pageBySpend(
  database: Kysely<Tables>,
  { sortOrder = 'desc', page, size, ...filter }: KeyFilter,
): Promise<string[]> {
  const rows = await database
    .selectFrom('virtual_keys')
    .leftJoin('spend_totals as totals', join =>
      join.on('totals.kind', '=', 'key').onRef('totals.subject_id', '=', 'virtual_keys.token_hash'),
    )
    .leftJoin(retiredSpends().as('earlier'), 'earlier.active_hash', 'virtual_keys.token_hash')
    .select('virtual_keys.token_hash')
    .where(build => keyConditions(build as never, 'virtual_keys', filter))
    .orderBy(
      sql`coalesce(totals.spend_nano_usd, 0) + coalesce(earlier.nano, 0) - virtual_keys.spend_base_nano_usd`,
      sortOrder,
    )
    // An expression, or SQLite would read whole rows in the order of this instead of a narrow index.
    .orderBy(sql`virtual_keys.token_hash || ''`, sortOrder)
    .limit(size)
    .offset((page - 1) * size)
    .execute()
  return rows.map(row => row.token_hash)
}

type KeyTable = 'virtual_keys' | 'deleted_keys'

/** What both the living and the removed are filtered by. */
export function keyConditions<T extends KeyTable>(
  build: ExpressionBuilder<Tables, T>,
  table: T,
  filter: Omit<KeyFilter, 'sortBy' | 'sortOrder' | 'page' | 'size'>,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = []
  const equal = [
    ['user_id', filter.userId],
    ['team_id', filter.teamId],
    ['organization_id', filter.organizationId],
    ['project_id', filter.projectId],
    ['token_hash', filter.keyHash],
    ['key_alias', filter.keyAlias],
  ] as const
  for (const [column, value] of equal)
    if (value !== undefined) all.push(sql<SqlBool>`${sql.ref(`${table}.${column}`)} = ${value}`)
  if (filter.accessGroupId !== undefined && table === 'virtual_keys')
    all.push(contains(sql.ref('virtual_keys.access_group_ids'), JSON.stringify(filter.accessGroupId)))
  if (filter.isGuaranteed === true && table === 'virtual_keys')
    all.push(contains(sql.ref('virtual_keys.more_limits'), '"guaranteed_throughput"'))
  if (filter.search !== undefined)
    all.push(contains(sql`lower(${sql.ref(`${table}.key_alias`)})`, filter.search.toLowerCase()))
  if (filter.anyOf !== undefined) all.push(ownedBy(build as never, table, filter.anyOf))
  return build.and(all)
}

/** What the caller wrote is text, not a pattern (CVE-2026-25591). */
function contains(column: Expression<unknown>, text: string): Expression<SqlBool> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, character => `\\${character}`)}%`
  return sql<SqlBool>`${column} like ${pattern} escape '\\'`
}

/** Belongs to one of them; a team's organization has what the team has. */
function ownedBy(
  build: ExpressionBuilder<Tables, KeyTable>,
  table: KeyTable,
  { userIds = [], teamIds = [], organizationIds = [], createdBy }: KeyOwners,
): Expression<SqlBool> {
  const column = (name: string) => sql.ref(`${table}.${name}`)
  const any: Expression<SqlBool>[] = []
  if (userIds.length > 0) any.push(sql<SqlBool>`${column('user_id')} in (${sql.join(userIds)})`)
  if (teamIds.length > 0) any.push(sql<SqlBool>`${column('team_id')} in (${sql.join(teamIds)})`)
  if (organizationIds.length > 0) {
    const ids = sql.join(organizationIds)
    any.push(sql<SqlBool>`${column('organization_id')} in (${ids})`)
    any.push(
      sql<SqlBool>`${column('team_id')} in (select id from accounts where kind = 'team' and organization_id in (${ids}))`,
    )
  }
  if (createdBy !== undefined) any.push(sql<SqlBool>`${column('created_by')} = ${createdBy}`)
  return any.length === 0 ? sql<SqlBool>`1 = 0` : build.or(any)
}
