import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import type { AccountKind, AccountRow } from '../rows.ts'
import type { Tables } from '../tables.ts'
import { decodeAccount } from './account-row.ts'
import type { AccountFilter } from './account-store.ts'
import { storedAccounts } from './stored-accounts.ts'

/** Rows read in one query. */
const AT_ONCE = 500

/**
 * A page of accounts, and how many there are on all pages. First its ids are found, along an index where there is one,
 * and then its rows are read: what is skipped or sorted costs little.
 */
export async function listAccounts(
  database: Kysely<Tables>,
  filter: AccountFilter,
): Promise<{ rows: readonly AccountRow[]; total: number }> {
  const { total } = await database
    .selectFrom('accounts')
    .select(database.fn.countAll<number>().as('total'))
    .where(build => conditions(build, filter))
    .executeTakeFirstOrThrow()
  const ids = await listAccountIds(database, filter)
  const rows: AccountRow[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE)
    rows.push(...(await rowsOf(database, filter.kind, ids.slice(at, at + AT_ONCE))))
  return { rows, total }
}

/** The ids of a page, in its order. */
export async function listAccountIds(database: Kysely<Tables>, filter: AccountFilter): Promise<string[]> {
  const { sortBy = 'created_at', sortOrder = 'desc', page, size } = filter
  const by = sortExpression(filter)
  const rows = await database
    .selectFrom('accounts')
    .$if(sortBy === 'spend', query =>
      query.leftJoin('spend_totals as totals', join =>
        join.on('totals.kind', '=', filter.kind).onRef('totals.subject_id', '=', 'accounts.id'),
      ),
    )
    .select('accounts.id')
    .where(build => conditions(build, filter))
    // The dialects disagree on where nulls go; last, in both.
    .orderBy(by, order => {
      const directed = sortOrder === 'asc' ? order.asc() : order.desc()
      return NEVER_NULL.has(sortBy) ? directed : directed.nullsLast()
    })
    .orderBy('accounts.id', sortOrder)
    .limit(size)
    .offset((page - 1) * size)
    .execute()
  return rows.map(({ id }) => id)
}

async function rowsOf(
  database: Kysely<Tables>,
  kind: AccountKind,
  ids: readonly string[],
): Promise<readonly AccountRow[]> {
  const stored = await storedAccounts(database)
    .where('accounts.kind', '=', kind)
    .where('accounts.id', 'in', ids)
    .execute()
  const rows = new Map(stored.map(row => [row.id, decodeAccount(row)]))
  return ids.flatMap(id => rows.get(id) ?? [])
}

/** Without a word on nulls an index gives the order. */
const NEVER_NULL = new Set(['created_at', 'updated_at', 'id', 'spend'])

function conditions(
  build: ExpressionBuilder<Tables, 'accounts'>,
  filter: AccountFilter,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = [
    build('accounts.kind', '=', filter.kind),
    build('accounts.deleted_at', filter.deleted === true ? 'is not' : 'is', null),
  ]
  const equal = [
    ['alias', filter.alias],
    ['email', filter.email],
    ['role', filter.role],
    ['external_id', filter.externalId],
    ['budget_id', filter.budgetId],
  ] as const
  for (const [column, value] of equal)
    if (value !== undefined) all.push(build(`accounts.${column}`, '=', value))
  const among = [
    ['id', filter.ids],
    ['external_id', filter.externalIds],
    ['organization_id', filter.organizationIds],
    ['team_id', filter.teamIds],
    ['user_id', filter.userIds],
  ] as const
  for (const [column, values] of among) if (values !== undefined) all.push(oneOf(build, column, values))
  if (filter.within !== undefined) {
    const { ids, organizationIds } = filter.within
    all.push(build.or([oneOf(build, 'id', ids), oneOf(build, 'organization_id', organizationIds)]))
  }
  if (filter.hasModels === true) all.push(build('accounts.models', '<>', '[]'))
  if (filter.isGuaranteed === true)
    all.push(build('accounts.more_limits', 'like', '%"guaranteed_throughput"%'))
  if (filter.search !== undefined) all.push(contains(build, filter.search, ['alias', 'id', 'email']))
  if (filter.idPart !== undefined) all.push(contains(build, filter.idPart, ['id']))
  if (filter.emailPart !== undefined) all.push(contains(build, filter.emailPart, ['email']))
  return build.and(all)
}

function oneOf(
  build: ExpressionBuilder<Tables, 'accounts'>,
  column: 'id' | 'external_id' | 'organization_id' | 'team_id' | 'user_id',
  values: readonly string[] | null,
): Expression<SqlBool> {
  if (values === null) return build(`accounts.${column}`, 'is', null)
  return values.length === 0 ? sql<SqlBool>`1 = 0` : build(`accounts.${column}`, 'in', values)
}

/** Any part of one of the columns, whatever its case. What the caller wrote is text, not a pattern (CVE-2026-25591). */
function contains(
  build: ExpressionBuilder<Tables, 'accounts'>,
  text: string,
  columns: readonly ('alias' | 'id' | 'email')[],
): Expression<SqlBool> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, character => `\\${character}`)}%`
  return build.or(
    columns.map(column => sql<SqlBool>`lower(${sql.ref(`accounts.${column}`)}) like ${pattern} escape '\\'`),
  )
}

/** Filters that leave few rows, along an index. */
const NARROW = [
  'ids',
  'userIds',
  'teamIds',
  'externalIds',
  'externalId',
  'budgetId',
  'email',
  'alias',
] as const

function sortExpression(filter: AccountFilter) {
  const { sortBy = 'created_at' } = filter
  if (sortBy === 'spend') return sql`coalesce(totals.spend_nano_usd, 0) - accounts.spend_base_nano_usd`
  const column = sql`${sql.ref(`accounts.${sortBy}`)}`
  // SQLite would rather walk along the order of everybody than sort the few there are.
  const isNarrow = NARROW.some(name => filter[name] !== undefined)
  return isNarrow && sortBy === 'created_at' ? sql`${column} + 0` : column
}
