import { type CreateTableBuilder, type Kysely, PostgresAdapter, sql } from 'kysely'

const DETAIL_KEY = [
  'kind',
  'day',
  'subject_id',
  'api_key',
  'model',
  'model_group',
  'provider',
  'endpoint',
] as const
const TOTALS_KEY = ['kind', 'day', 'subject_id'] as const
const SUMS = [
  'spend_nano_usd',
  'unknown_cost_requests',
  'prompt_tokens',
  'completion_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'requests',
  'failed_requests',
  'cache_hits',
] as const

/**
 * Daily sums at the grain at which reports read them. `daily_totals` has one row for each subject and day;
 * `daily_details` keeps what was in `daily_spend`, by day before subject, so that the rows of one day lie together for
 * who writes and who reads them. Details of models name no key, and members of teams have none: nobody asks for them.
 * The name is new, so that a replica of the release before writes nothing that the totals would miss.
 */
export async function spendGrain(database: Kysely<unknown>): Promise<void> {
  await createSums(database, 'daily_details', DETAIL_KEY)
  await createSums(database, 'daily_totals', TOTALS_KEY)
  const columns = columnsOf([...DETAIL_KEY, ...SUMS])
  await sql`insert into daily_details (${columns}) select ${columns} from daily_spend
    where kind not in ('model', 'team_member', 'organization_member') order by ${columnsOf(DETAIL_KEY)}`.execute(
    database,
  )
  const ofModels = DETAIL_KEY.map(name => (name === 'api_key' ? sql`''` : sql.ref(name)))
  const grouped = columnsOf(DETAIL_KEY.filter(name => name !== 'api_key'))
  await sql`insert into daily_details (${columns}) select ${sql.join([...ofModels, ...sums()])}
    from daily_spend where kind = 'model' group by ${grouped}`.execute(database)
  await sql`insert into daily_totals (${columnsOf([...TOTALS_KEY, ...SUMS])})
    select ${sql.join([...TOTALS_KEY.map(name => sql.ref(name)), ...sums()])}
    from daily_spend group by ${columnsOf(TOTALS_KEY)}`.execute(database)
  await database.schema.dropTable('daily_spend').execute()
  // What keys spent on a model, for reports by model.
  await database.schema
    .createIndex('daily_details_by_model')
    .on('daily_details')
    .columns(['day', 'model', 'api_key'])
    .where(sql.ref('kind'), '=', sql.lit('key'))
    .execute()
}

async function createSums(
  database: Kysely<unknown>,
  table: string,
  key: readonly (typeof DETAIL_KEY)[number][],
): Promise<void> {
  let builder: CreateTableBuilder<string, string> = database.schema.createTable(table)
  for (const name of key) builder = builder.addColumn(name, 'text', column => column.notNull())
  for (const name of SUMS) builder = builder.addColumn(name, 'bigint', column => column.notNull())
  // A sum of today is written again and again: in place, where its page has room and nothing else points at it.
  const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter
  await builder
    .addPrimaryKeyConstraint(`${table}_by_day`, [...key])
    .modifyEnd(isPostgres ? sql`with (fillfactor = 80)` : sql`without rowid`)
    .execute()
}

function sums() {
  return SUMS.map(name => sql`cast(sum(${sql.ref(name)}) as bigint)`)
}

function columnsOf(names: readonly string[]) {
  return sql.join(names.map(name => sql.ref(name)))
}
