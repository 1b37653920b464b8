import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import type { AccountRow } from '../rows.ts'
import type { Tables } from '../tables.ts'
import { decodeAccount } from './account-row.ts'
import type { AccountFilter } from './account-store.ts'
import { storedAccounts } from './stored-accounts.ts'

/** A page of accounts, and how many there are on all pages. */
export async function listAccounts(
  database: Kysely<Tables>,
  filter: AccountFilter,
): Promise<{ rows: readonly AccountRow[]; total: number }> {
  const { total } = await database
    .selectFrom('accounts')
    .select(database.fn.countAll<number>().as('total'))
    .where(build => conditions(build, filter))
    .executeTakeFirstOrThrow()
  const by = sortExpression(filter.sortBy ?? 'created_at')
  const rows = await storedAccounts(database)
    .where(build => conditions(build as unknown as ExpressionBuilder<Tables, 'accounts'>, filter))
    // The dialects disagree on where nulls go; last, in both.
    .orderBy(sql`${by} is null`)
    .orderBy(by, filter.sortOrder ?? 'desc')
    .orderBy('accounts.id')
    .limit(filter.size)
    .offset((filter.page - 1) * filter.size)
    .execute()
  return { rows: rows.map(decodeAccount), total }
}

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

function sortExpression(by: NonNullable<AccountFilter['sortBy']>) {
  if (by === 'spend') return sql`coalesce(totals.spend_nano_usd, 0) - accounts.spend_base_nano_usd`
  return sql`${sql.ref(`accounts.${by}`)}`
}
