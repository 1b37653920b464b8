import { type CreateTableBuilder, type Kysely, PostgresAdapter, sql } from 'kysely'

/** Tables of rows by the time their call started: split into partitions where the database can do that. */
const BY_TIME: readonly { table: string; key: readonly string[]; indices: readonly Index[] }[] = [
  {
    table: 'spend_logs',
    key: ['request_id', 'start_time'],
    indices: [
      { columns: ['start_time'] },
      { columns: ['api_key', 'start_time'] },
      { columns: ['user_id', 'start_time'], partial: true },
      { columns: ['team_id', 'start_time'], partial: true },
      { columns: ['session_id'], partial: true },
      { columns: ['call_id'], partial: true },
      { columns: ['trace_id'], partial: true },
    ],
  },
  {
    table: 'spend_log_tags',
    key: ['request_id', 'tag', 'start_time'],
    indices: [{ columns: ['tag', 'start_time'] }],
  },
]

interface Index {
  readonly columns: readonly string[]
  /** Rows without a value in the first column are left out. */
  readonly partial?: true
}

const DAILY_KEY = [
  'kind',
  'subject_id',
  'day',
  'api_key',
  'model',
  'model_group',
  'provider',
  'endpoint',
] as const
const DAILY_SUMS = [
  'spend_nano_usd',
  'unknown_cost_requests',
  'prompt_tokens',
  'completion_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'requests',
  'failed_requests',
] as const

const DAY_MS = 86_400_000

/**
 * Spend rows in partitions by time on PostgreSQL, where what was there becomes the first one without being copied;
 * rows whose cost is known in part; daily sums by endpoint, with cache hits.
 */
export async function spendPartitions(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable('spend_logs')
    .addColumn('cost_unknown', 'bigint', column => column.notNull().defaultTo(0))
    .execute()
  await database.schema.alterTable('spend_logs').addColumn('agent_id', 'text').execute()
  if (database.getExecutor().adapter instanceof PostgresAdapter)
    for (const each of BY_TIME) await partition(database, each)
  await database.schema
    .createIndex('spend_logs_by_end_user')
    .on('spend_logs')
    .columns(['end_user', 'start_time'])
    .where(sql.ref('end_user'), 'is not', null)
    .execute()
  await database.schema
    .createIndex('spend_logs_by_failure')
    .on('spend_logs')
    .columns(['start_time'])
    .where(sql.ref('status'), '=', sql.lit('failure'))
    .execute()
  await widenDaily(database)
}

/**
 * The table becomes a partition of one of the same name. It is read once, to see that its rows lie before tomorrow,
 * and its key is indexed anew; no row is moved. What belongs to no partition goes to `<table>_rest`.
 */
async function partition(
  database: Kysely<unknown>,
  { table, key, indices }: (typeof BY_TIME)[number],
): Promise<void> {
  const old = `${table}_before`
  await sql`alter table ${sql.table(table)} rename to ${sql.id(old)}`.execute(database)
  await sql`create table ${sql.table(table)} (like ${sql.table(old)} including defaults) partition by range (start_time)`.execute(
    database,
  )
  await sql`alter table ${sql.table(old)} drop constraint ${sql.id(`${table}_pk`)}`.execute(database)
  await sql`alter table ${sql.table(table)} add primary key (${columnsOf(key)})`.execute(database)
  for (const { columns, partial } of indices) {
    const where = partial ? sql`where ${sql.ref(columns[0] as string)} is not null` : sql``
    const name = sql.id(`${table}_by_${columns.join('_')}`)
    await sql`create index ${name} on ${sql.table(table)} (${columnsOf(columns)}) ${where}`.execute(database)
  }
  const rest = sql.table(`${table}_rest`)
  await sql`create table ${rest} partition of ${sql.table(table)} default`.execute(database)
  const last = await sql<{
    last: number | null
  }>`select max(start_time) as last from ${sql.table(old)}`.execute(database)
  const newest = last.rows[0]?.last ?? undefined
  if (newest === undefined) {
    await database.schema.dropTable(old).execute()
    return
  }
  const end = (Math.floor(Math.max(newest, Date.now()) / DAY_MS) + 1) * DAY_MS
  await sql`alter table ${sql.table(table)} attach partition ${sql.table(old)} for values from (minvalue) to (${sql.lit(end)})`.execute(
    database,
  )
}

/** Copied, because a key of SQLite cannot be changed; there is far less of it than of rows. */
async function widenDaily(database: Kysely<unknown>): Promise<void> {
  await database.schema.dropIndex('daily_spend_kind_day').execute()
  await database.schema.alterTable('daily_spend').renameTo('daily_spend_before').execute()
  let builder: CreateTableBuilder<string, string> = database.schema.createTable('daily_spend')
  for (const name of DAILY_KEY) builder = builder.addColumn(name, 'text', column => column.notNull())
  for (const name of [...DAILY_SUMS, 'cache_hits'])
    builder = builder.addColumn(name, 'bigint', column => column.notNull())
  await builder.addPrimaryKeyConstraint('daily_spend_key', [...DAILY_KEY]).execute()
  const kept = [...DAILY_KEY.filter(name => name !== 'endpoint'), ...DAILY_SUMS]
  await sql`insert into daily_spend (${columnsOf(kept)}, endpoint, cache_hits)
    select ${columnsOf(kept)}, '', 0 from daily_spend_before`.execute(database)
  await database.schema.dropTable('daily_spend_before').execute()
  await database.schema
    .createIndex('daily_spend_kind_day')
    .on('daily_spend')
    .columns(['kind', 'day'])
    .execute()
}

function columnsOf(names: readonly string[]) {
  return sql.join(names.map(name => sql.ref(name)))
}
