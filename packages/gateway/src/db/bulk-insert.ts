import { CompiledQuery, type Transaction } from 'kysely'
import { EachQuery } from './sqlite/each-query.ts'
import type { SqlValue } from './sqlite/protocol.ts'
import type { Tables } from './tables.ts'

export type ColumnType = 'text' | 'bigint'

export interface Column {
  readonly name: string
  readonly type: ColumnType
}

export interface BulkInsertFacts {
  readonly table: keyof Tables
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  /** What happens to a row whose key exists: column → expression. Nothing happens when absent. */
  readonly update?: Readonly<Record<string, string>>
}

/** Rows per message or statement, so that encoding them never holds up the event loop for long. */
const CHUNK = 1_000

/**
 * One `insert` whose text is made once, for any number of rows: SQLite runs it row by row inside its worker, PostgreSQL
 * gets each column as one array.
 */
export class BulkInsert {
  readonly #columns: readonly Column[]
  readonly #sql: { readonly sqlite: string; readonly postgres: string }

  constructor(facts: BulkInsertFacts) {
    this.#columns = facts.columns
    this.#sql = { sqlite: sqliteText(facts), postgres: postgresText(facts) }
  }

  /** Values are in the order of the columns. Returns the items whose key existed already and was left as it was. */
  async run<T>(
    transaction: Transaction<Tables>,
    dialect: 'sqlite' | 'postgres',
    items: readonly T[],
    encode: (item: T) => SqlValue[],
  ): Promise<readonly T[]> {
    const skipped: T[] = []
    const queryOf = (at: number) => this.#query(dialect, items.slice(at, at + CHUNK).map(encode))
    let query = items.length === 0 ? undefined : queryOf(0)
    for (let at = 0; query !== undefined; at += CHUNK) {
      const running = transaction.executeQuery(query)
      // Waited for below, unless the next rows cannot be encoded.
      running.catch(() => {})
      // While the database is at work.
      query = at + CHUNK < items.length ? queryOf(at + CHUNK) : undefined
      for (const { index } of (await running).rows) skipped.push(items[at + index] as T)
    }
    return skipped
  }

  #query(dialect: 'sqlite' | 'postgres', rows: readonly SqlValue[][]): CompiledQuery<{ index: number }> {
    if (dialect === 'sqlite') return new EachQuery(this.#sql.sqlite, rows)
    const columns = this.#columns.map((_, i) => arrayText(rows.map(row => row[i])))
    return CompiledQuery.raw(this.#sql.postgres, columns) as CompiledQuery<{ index: number }>
  }
}

function sqliteText({ table, columns, key, update }: BulkInsertFacts): string {
  const names = columns.map(column => column.name).join(', ')
  const marks = columns.map(() => '?').join(', ')
  return `insert into ${table} (${names}) values (${marks}) ${conflictText(key, update)}`
}

function postgresText({ table, columns, key, update }: BulkInsertFacts): string {
  const names = columns.map(column => column.name)
  const values = names.map(name => `given.${name}`).join(', ')
  const insert = `insert into ${table} (${names.join(', ')}) select ${values} from ${givenText(names, columns)} ${conflictText(key, update)}`
  if (update !== undefined) return insert
  const same = key.map(name => `added.${name} = given.${name}`).join(' and ')
  return `with added as (${insert} returning ${key.join(', ')}) select (given.position - 1)::integer as index from ${givenText(key, columns)} where not exists (select 1 from added where ${same})`
}

/** The parameters as a table of some of the columns, each row with its position. */
function givenText(wanted: readonly string[], columns: readonly Column[]): string {
  const arrays = wanted.map(name => {
    const at = columns.findIndex(column => column.name === name)
    return `$${at + 1}::${columns[at]?.type}[]`
  })
  return `unnest(${arrays.join(', ')}) with ordinality as given (${wanted.join(', ')}, position)`
}

const QUOTED = /["\\]/
const EVERY_QUOTED = /["\\]/g

/** An array as PostgreSQL reads it, which is faster than it reads JSON. Texts have neither NUL nor half a character. */
function arrayText(values: readonly (SqlValue | undefined)[]): string {
  let text = '{'
  for (const value of values) {
    if (text.length > 1) text += ','
    if (value === null || value === undefined) text += 'null'
    else if (typeof value === 'string')
      text += `"${QUOTED.test(value) ? value.replaceAll(EVERY_QUOTED, '\\$&') : value}"`
    else text += String(value)
  }
  return `${text}}`
}

/** Whatever makes a row one that exists already; only an update must say by which key. */
function conflictText(key: readonly string[], update: BulkInsertFacts['update']): string {
  if (update === undefined) return 'on conflict do nothing'
  const set = Object.entries(update).map(([column, expression]) => `${column} = ${expression}`)
  return `on conflict (${key.join(', ')}) do update set ${set.join(', ')}`
}
