import { type Kysely, sql, type Transaction } from 'kysely'
import { createError } from 'sluice/internal'
import type { Connection } from './connection.ts'
import type { Database } from './database.ts'
import { connectionOf } from './open-database.ts'
import type { Tables } from './tables.ts'

export interface CopyProgress {
  readonly table: string
  readonly copied: number
  readonly total: number
}

interface TableFacts {
  readonly name: keyof Tables
  readonly key: readonly string[]
  /** A column whose sum must agree afterwards. */
  readonly sum?: string
}

const TABLES: readonly TableFacts[] = [
  { name: 'facts', key: ['name'] },
  { name: 'invoices', key: ['id'], sum: 'lines' },
  { name: 'invoice_sums', key: ['invoice_id', 'day', 'model', 'item'], sum: 'spend_nano_usd' },
  { name: 'audit_log', key: ['sequence'], sum: 'changed_at' },
  { name: 'audit_chain', key: ['name'], sum: 'head_sequence' },
  { name: 'virtual_keys', key: ['token_hash'], sum: 'spend_base_nano_usd' },
  { name: 'accounts', key: ['kind', 'id'], sum: 'spend_base_nano_usd' },
  { name: 'budgets', key: ['budget_id'], sum: 'updated_at' },
  { name: 'access_groups', key: ['access_group_id'], sum: 'updated_at' },
  { name: 'credentials', key: ['credential_name'], sum: 'updated_at' },
  { name: 'invitations', key: ['id'], sum: 'updated_at' },
  { name: 'passwords', key: ['user_id'], sum: 'updated_at' },
  { name: 'jwt_key_mappings', key: ['id'], sum: 'updated_at' },
  { name: 'identities', key: ['issuer', 'subject'], sum: 'bound_at' },
  { name: 'deleted_keys', key: ['token_hash'], sum: 'deleted_at' },
  { name: 'deprecated_keys', key: ['token_hash'], sum: 'updated_at' },
  { name: 'spend_logs', key: ['request_id'], sum: 'spend_nano_usd' },
  { name: 'spend_log_tags', key: ['request_id', 'tag'] },
  {
    name: 'daily_details',
    key: ['kind', 'day', 'subject_id', 'api_key', 'model', 'model_group', 'provider', 'endpoint'],
    sum: 'spend_nano_usd',
  },
  { name: 'daily_totals', key: ['kind', 'day', 'subject_id'], sum: 'spend_nano_usd' },
  { name: 'deployment_weights', key: ['model_id'], sum: 'updated_at' },
  { name: 'deployment_rollbacks', key: ['model_id'], sum: 'until' },
  { name: 'deployment_outcomes', key: ['model_id', 'slot'], sum: 'attempts' },
  { name: 'feedback', key: ['request_id', 'name', 'api_key'], sum: 'updated_at' },
  { name: 'spend_totals', key: ['kind', 'subject_id'], sum: 'spend_nano_usd' },
  { name: 'journal_marks', key: ['journal'], sum: 'position' },
  { name: 'litellm_imports', key: ['kind', 'id'], sum: 'spend_nano_usd' },
  {
    name: 'budget_spend',
    key: ['kind', 'subject_id', 'reset_at', 'replica'],
    sum: 'spend_nano_usd',
  },
]

const PAGE = 500

type Row = Record<string, string | number | null>
type AnyTables = Record<string, Row>

/**
 * Copies every table in one transaction: the target ends up with all of it or with none. A target that holds the same
 * rows already is left as it is, one that holds anything else is refused with `ConflictError`. Ends by comparing
 * counts and sums. Stop the gateway that writes to `from` first.
 */
export async function copyDatabase(
  from: Database,
  to: Database,
  onProgress: (progress: CopyProgress) => void = () => {},
): Promise<void> {
  await snapshot(connectionOf(from), source =>
    connectionOf(to).transaction(async transaction => {
      const target = transaction as unknown as Transaction<AnyTables>
      for (const table of TABLES) await refuseForeignRows(source, target, table)
      for (const table of TABLES) await copyTable(source, target, table, onProgress)
      for (const table of TABLES) await verify(source, target, table)
    }),
  )
}

/** One consistent view of the source for the whole copy. */
function snapshot<T>(connection: Connection, work: (source: Kysely<AnyTables>) => Promise<T>): Promise<T> {
  return connection.run(database => {
    const builder = database.transaction()
    const isolated =
      connection.dialect === 'postgres' ? builder.setIsolationLevel('repeatable read') : builder
    return isolated.execute(source => work(source as unknown as Kysely<AnyTables>))
  })
}

async function refuseForeignRows(source: Kysely<AnyTables>, target: Kysely<AnyTables>, table: TableFacts) {
  for await (const rows of pages(target, table)) {
    const same = await sameKeys(source, table, rows)
    const known = new Set(same.map(fingerprint))
    if (rows.every(row => known.has(fingerprint(row)))) continue
    throw createError({
      kind: 'conflict',
      retryable: false,
      message: `The target's table ${table.name} holds rows that the source does not have. Copy into an empty database.`,
    })
  }
}

async function copyTable(
  source: Kysely<AnyTables>,
  target: Kysely<AnyTables>,
  table: TableFacts,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  const { count: total } = await measure(source, table)
  let copied = 0
  for await (const rows of pages(source, table)) {
    await target
      .insertInto(table.name)
      .values(rows)
      .onConflict(conflict => conflict.doNothing())
      .execute()
    copied += rows.length
    onProgress({ table: table.name, copied, total })
  }
}

async function verify(
  source: Kysely<AnyTables>,
  target: Kysely<AnyTables>,
  table: TableFacts,
): Promise<void> {
  const [expected, actual] = [await measure(source, table), await measure(target, table)]
  if (expected.count === actual.count && expected.sum === actual.sum) return
  throw createError({
    kind: 'internal',
    retryable: false,
    message: `After copying, the table ${table.name} holds ${actual.count} rows instead of ${expected.count}, or its sums differ. Nothing was kept; stop the gateway and copy again.`,
  })
}

/** Count, and sum as text: it may exceed what a number holds. */
async function measure(
  database: Kysely<AnyTables>,
  table: TableFacts,
): Promise<{ count: number; sum: string }> {
  const sum = table.sum === undefined ? sql`0` : sql`coalesce(sum(${sql.ref(table.sum)}), 0)`
  const { rows } = await sql<{ count: number; sum: string }>`
    select count(*) as count, cast(${sum} as text) as sum from ${sql.table(table.name)}`.execute(database)
  return rows[0] ?? { count: 0, sum: '0' }
}

/** All rows in the order of the primary key, a page at a time. */
async function* pages(database: Kysely<AnyTables>, table: TableFacts): AsyncGenerator<Row[]> {
  let after: Row | undefined
  while (true) {
    const last = after
    let query = database.selectFrom(table.name).selectAll().limit(PAGE)
    for (const column of table.key) query = query.orderBy(column)
    if (last !== undefined) {
      const columns = sql.join(table.key.map(column => sql.ref(column)))
      const values = sql.join(table.key.map(column => sql`${last[column]}`))
      query = query.where(sql<boolean>`(${columns}) > (${values})`)
    }
    const rows = await query.execute()
    if (rows.length > 0) yield rows
    if (rows.length < PAGE) return
    after = rows.at(-1)
  }
}

function sameKeys(database: Kysely<AnyTables>, table: TableFacts, rows: readonly Row[]): Promise<Row[]> {
  return database
    .selectFrom(table.name)
    .selectAll()
    .where(build =>
      build.or(rows.map(row => build.and(table.key.map(column => build(column, '=', row[column] ?? null))))),
    )
    .execute()
}

function fingerprint(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))
}
