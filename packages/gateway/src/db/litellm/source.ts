import { type Kysely, Kysely as KyselyDatabase, PostgresDialect, sql, type Transaction } from 'kysely'
import { createError } from 'sluice/internal'
import { asDatabaseError } from '../database-error.ts'
import { silentLog } from '../log.ts'
import { PostgresPlace } from '../postgres/place.ts'
import { openPool } from '../postgres/pool.ts'
import { SourceRow } from './source-row.ts'

/** Tables of LiteLLM without their common beginning. */
export const PREFIX = 'LiteLLM_'
const PAGE = 1_000
const CONNECT_TIMEOUT_MS = 5_000
/** Sums over whole tables may rightly take long. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000

/** The table of single calls, and where its pages go on. */
export const CALLS = 'SpendLogs'
const CURSOR = 'sluice_cursor'

type AnyTables = Record<string, Record<string, unknown>>

/** One row of sums of a day, in nano-dollars. */
export interface SourceDay {
  readonly id: string
  readonly day: string
  readonly apiKey: string
  readonly model: string
  readonly modelGroup: string
  readonly provider: string
  readonly endpoint: string
  readonly spendNanoUsd: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly requests: number
  readonly failedRequests: number
}

/** A LiteLLM database, read in one snapshot and never written to. */
export class LitellmSource {
  private readonly database: Kysely<AnyTables>
  private readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>
  private readonly schema: string
  private readonly asked = new Map<string, Set<string>>()

  private constructor(
    database: Kysely<AnyTables>,
    schema: string,
    columns: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ) {
    this.database = database
    this.schema = schema
    this.columns = columns
  }

  /**
   * Runs `work` on the database at this URL. Rejects with `ServiceUnavailableError` when it cannot be reached,
   * with `NotFoundError` when it is none of LiteLLM's.
   */
  static async read<T>(url: string, work: (source: LitellmSource) => Promise<T>): Promise<T> {
    const place = new PostgresPlace(url)
    const pool = () =>
      openPool({
        ...{ address: place.address, size: 1, log: silentLog },
        ...{ connectTimeoutMs: CONNECT_TIMEOUT_MS, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
      })
    const kysely = new KyselyDatabase<AnyTables>({ dialect: new PostgresDialect({ pool }) })
    const schema = place.address().schema ?? 'public'
    try {
      return await kysely
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async transaction => {
          const columns = await columnsOf(transaction, schema)
          if (columns.size === 0) throw noTables(schema)
          return await work(new LitellmSource(transaction, schema, columns))
        })
    } catch (error) {
      throw asDatabaseError(error)
    } finally {
      await kysely.destroy()
    }
  }

  /** Names without the common beginning. */
  get tables(): readonly string[] {
    return [...this.columns.keys()]
  }

  has(table: string): boolean {
    return this.columns.has(table)
  }

  async count(table: string): Promise<number> {
    const { rows } = await sql<{ count: string }>`select count(*) as count from ${this.ref(table)}`.execute(
      this.database,
    )
    return Number(rows[0]?.count ?? 0)
  }

  /** All rows in the order of the key, a page at a time; none where the table is missing. */
  async *pages(table: string, key: readonly string[]): AsyncGenerator<readonly SourceRow[]> {
    const columns = this.columns.get(table)
    if (columns === undefined) return
    const asked = this.askedOf(table)
    const list = sql.join([...columns].map(([name, type]) => sql`${read(name, type)} as ${sql.ref(name)}`))
    const order = sql.join(key.map(name => sql.ref(name)))
    let after: readonly unknown[] | undefined
    for (;;) {
      const from = after === undefined ? sql`` : sql`where (${order}) > (${sql.join([...after])})`
      const { rows } = await sql<Record<string, unknown>>`
        select ${list} from ${this.ref(table)} ${from} order by ${order} limit ${sql.lit(PAGE)}`.execute(
        this.database,
      )
      if (rows.length > 0) yield rows.map(values => new SourceRow(values, asked))
      if (rows.length < PAGE) return
      after = key.map(name => rows.at(-1)?.[name])
    }
  }

  /** Single calls from a moment on (ms), oldest first, a page at a time. */
  async *calls(since: number): AsyncGenerator<readonly SourceRow[]> {
    const columns = this.columns.get(CALLS)
    if (columns === undefined) return
    const asked = this.askedOf(CALLS)
    const list = sql.join([...columns].map(([name, type]) => sql`${read(name, type)} as ${sql.ref(name)}`))
    // With the table's name: alone they would be the texts that are selected, which no index has in order.
    const [time, id] = [sql.ref('calls.startTime'), sql.ref('calls.request_id')]
    let from = sql`where ${time} >= to_timestamp(${sql.lit(since / 1_000)}) at time zone 'utc'`
    for (;;) {
      const { rows } = await sql<Record<string, unknown>>`
        select ${list}, ${time}::text as ${sql.ref(CURSOR)} from ${this.ref(CALLS)} as calls ${from}
        order by ${time}, ${id} limit ${sql.lit(PAGE)}`.execute(this.database)
      if (rows.length > 0) yield rows.map(values => new SourceRow(values, asked))
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE) return
      from = sql`where (${time}, ${id}) > (${last[CURSOR]}::timestamp, ${last['request_id']})`
    }
  }

  /** How many there are from a moment on (ms). */
  async countCalls(since: number): Promise<number> {
    const { rows } = await sql<{ count: string }>`select count(*) as count from ${this.ref(CALLS)}
      where ${sql.ref('startTime')} >= to_timestamp(${sql.lit(since / 1_000)}) at time zone 'utc'`.execute(
      this.database,
    )
    return Number(rows[0]?.count ?? 0)
  }

  /** Columns of a table that nobody asked for and that hold something, with the number of rows where they do. */
  async leftOver(table: string): Promise<readonly { readonly column: string; readonly rows: number }[]> {
    const asked = this.askedOf(table)
    const names = [...(this.columns.get(table)?.keys() ?? [])].filter(name => !asked.has(name))
    if (names.length === 0) return []
    const empty = sql`('', '{}', '[]', 'null', 'false', '0')`
    const counts = names.map(
      name => sql`count(*) filter (where ${sql.ref(name)}::text not in ${empty}) as ${sql.ref(name)}`,
    )
    const { rows } = await sql<Record<string, string>>`
      select ${sql.join(counts)} from ${this.ref(table)}`.execute(this.database)
    return names
      .map(column => ({ column, rows: Number(rows[0]?.[column] ?? 0) }))
      .filter(({ rows: found }) => found > 0)
  }

  /** Sums by day of one of the tables that have them, by this column; `undefined` sums up everybody. */
  async *days(table: string, by: string): AsyncGenerator<readonly SourceDay[]> {
    const columns = this.columns.get(table)
    if (columns === undefined || !columns.has(by)) return
    const text = (name: string) => (columns.has(name) ? sql`coalesce(${sql.ref(name)}, '')` : sql`''`)
    const sum = (name: string) =>
      columns.has(name) ? sql`coalesce(sum(${sql.ref(name)}), 0)::text` : sql`'0'`
    const places = ['date', 'api_key', 'model', 'model_group', 'custom_llm_provider', 'endpoint'].map(text)
    const group = sql.join([sql`${sql.ref(by)}`, ...places])
    for (let offset = 0; ; offset += PAGE) {
      const { rows } = await sql<Record<string, string>>`
        select ${text(by)} as id, ${sql.join(places.map((place, at) => sql`${place} as ${sql.ref(`p${at}`)}`))},
          round(sum(spend::text::numeric) * 1000000000)::text as nano,
          ${sum('prompt_tokens')} as prompt, ${sum('completion_tokens')} as completion,
          ${sum('cache_read_input_tokens')} as cache_read, ${sum('cache_creation_input_tokens')} as cache_write,
          ${sum('api_requests')} as requests, ${sum('failed_requests')} as failed
        from ${this.ref(table)} group by ${group} order by ${group}
        limit ${sql.lit(PAGE)} offset ${sql.lit(offset)}`.execute(this.database)
      if (rows.length > 0) yield rows.map(dayOf)
      if (rows.length < PAGE) return
    }
  }

  private askedOf(table: string): Set<string> {
    const known = this.asked.get(table) ?? new Set<string>()
    this.asked.set(table, known)
    return known
  }

  private ref(table: string) {
    return sql.table(`${this.schema}.${PREFIX}${table}`)
  }
}

function noTables(schema: string) {
  return createError({
    kind: 'not_found',
    message: `The database has no tables ${PREFIX}… in the schema ${schema}. Name LiteLLM's database, and its schema with ?schema= where it is another one.`,
  })
}

async function columnsOf(database: Transaction<AnyTables>, schema: string) {
  const { rows } = await sql<{ table_name: string; column_name: string; data_type: string }>`
    select c.table_name, c.column_name, c.data_type
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = ${schema} and c.table_name like ${`${PREFIX.replace('_', '\\_')}%`}
      and t.table_type = 'BASE TABLE'
    order by c.table_name, c.ordinal_position`.execute(database)
  const tables = new Map<string, Map<string, string>>()
  for (const row of rows) {
    const name = row.table_name.slice(PREFIX.length)
    const columns = tables.get(name) ?? new Map<string, string>()
    columns.set(row.column_name, row.data_type)
    tables.set(name, columns)
  }
  return tables
}

/** Times without a zone are UTC, as Prisma writes them; amounts keep their digits. */
function read(name: string, type: string) {
  if (type.startsWith('timestamp')) return sql`(extract(epoch from ${sql.ref(name)}) * 1000)::bigint::text`
  if (type === 'ARRAY' || type === 'jsonb' || type === 'json') return sql`to_json(${sql.ref(name)})`
  return sql`${sql.ref(name)}::text`
}

function dayOf(row: Record<string, string>): SourceDay {
  const text = (name: string) => row[name] ?? ''
  const number = (name: string) => Number(row[name] ?? 0)
  return {
    ...{ id: text('id'), day: text('p0'), apiKey: text('p1'), model: text('p2'), modelGroup: text('p3') },
    ...{ provider: text('p4'), endpoint: text('p5'), spendNanoUsd: number('nano') },
    ...{ promptTokens: number('prompt'), completionTokens: number('completion') },
    ...{ cacheReadTokens: number('cache_read'), cacheWriteTokens: number('cache_write') },
    ...{ requests: number('requests'), failedRequests: number('failed') },
  }
}
