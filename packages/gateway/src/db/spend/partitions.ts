import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'

/** Tables that PostgreSQL splits by `start_time`. */
export const PARTITIONED = ['spend_logs', 'spend_log_tags'] as const
type Partitioned = (typeof PARTITIONED)[number]

/** How much time one partition holds. */
export type PartitionWidth = 'day' | 'month'

export interface Partition {
  readonly name: string
  readonly table: Partitioned
  /** Milliseconds, inclusive; undefined: from ever. */
  readonly from: number | undefined
  /** Milliseconds, exclusive; undefined for what is in no other partition. */
  readonly to: number | undefined
}

/** Held up longer than this, the work waits for its next turn: whoever writes down calls must not wait behind it. */
const LOCK_TIMEOUT_MS = 2_000
/** Partitions made in one turn. */
const MOST_AT_ONCE = 64

/** The partitions of both tables, by time; none on SQLite. */
export async function listPartitions(database: Kysely<Tables>): Promise<readonly Partition[]> {
  const all: Partition[] = []
  for (const table of PARTITIONED) {
    const { rows } = await sql<{ name: string; bound: string }>`
      select child.relname as name, pg_get_expr(child.relpartbound, child.oid) as bound
      from pg_inherits join pg_class child on child.oid = inhrelid
      where inhparent = ${table}::regclass`.execute(database)
    for (const { name, bound } of rows) all.push({ name, table, ...boundsOf(bound) })
  }
  return all.sort((a, b) => (a.from ?? Number.NEGATIVE_INFINITY) - (b.from ?? Number.NEGATIVE_INFINITY))
}

/** `FOR VALUES FROM ('1') TO ('2')`, `… FROM (MINVALUE) …`, `DEFAULT`. */
function boundsOf(bound: string): Pick<Partition, 'from' | 'to'> {
  const number = (pattern: RegExp) => {
    const text = pattern.exec(bound)?.[1]
    return text === undefined ? undefined : Number(text)
  }
  return { from: number(/FROM \('?(-?\d+)'?\)/), to: number(/TO \('?(-?\d+)'?\)/) }
}

/**
 * Makes the partitions that rows will need until `until` (ms), on from where the last one ends. Rows that came before
 * their partition move into it. Returns the names of those that were made.
 */
export async function extendPartitions(
  transaction: Transaction<Tables>,
  now: number,
  until: number,
  width: PartitionWidth,
): Promise<readonly string[]> {
  await limitLocks(transaction)
  const existing = await listPartitions(transaction)
  const made: string[] = []
  for (const table of PARTITIONED) {
    const ends = existing
      .filter(each => each.table === table)
      .map(each => each.to ?? Number.NEGATIVE_INFINITY)
    let from = Math.max(...ends)
    if (!Number.isFinite(from)) from = startOf(now, width)
    while (from < until && made.length < MOST_AT_ONCE) {
      const to = startOf(from, width, 1)
      made.push(await makePartition(transaction, table, from, to))
      from = to
    }
  }
  return made
}

/** Makes the partition of all that lies before the first one, for rows that are older than this database. */
export async function openPast(transaction: Transaction<Tables>, now: number): Promise<void> {
  await limitLocks(transaction)
  const existing = await listPartitions(transaction)
  for (const table of PARTITIONED) {
    const bounded = existing.filter(each => each.table === table && each.to !== undefined)
    if (bounded.some(({ from }) => from === undefined)) continue
    const to = Math.min(startOf(now, 'day'), ...bounded.map(({ from }) => from ?? now))
    await attach(transaction, table, { name: `${table}_before`, from: undefined, to })
  }
}

async function makePartition(
  transaction: Transaction<Tables>,
  table: Partitioned,
  from: number,
  to: number,
): Promise<string> {
  const name = `${table}_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '')}`
  await attach(transaction, table, { name, from, to })
  return name
}

/** Rows that came before their partition move into it. */
async function attach(
  transaction: Transaction<Tables>,
  table: Partitioned,
  { name, from, to }: { readonly name: string; readonly from: number | undefined; readonly to: number },
): Promise<void> {
  const rest = sql.table(`${table}_rest`)
  await sql`create table ${sql.table(name)} (like ${sql.table(table)} including defaults)`.execute(
    transaction,
  )
  await sql`with moved as (
      delete from ${rest} where start_time >= ${from ?? Number.MIN_SAFE_INTEGER} and start_time < ${to} returning *
    ) insert into ${sql.table(name)} select * from moved`.execute(transaction)
  await sql`alter table ${sql.table(table)} attach partition ${sql.table(name)}
    for values from (${from === undefined ? sql`minvalue` : sql.lit(from)}) to (${sql.lit(to)})`.execute(
    transaction,
  )
}

/** Removes the partitions whose every row started before `before` (ms). Returns their names. */
export async function dropPartitions(
  transaction: Transaction<Tables>,
  before: number,
): Promise<readonly string[]> {
  await limitLocks(transaction)
  const old = (await listPartitions(transaction)).filter(({ to }) => to !== undefined && to <= before)
  for (const { name } of old) await sql`drop table ${sql.table(name)}`.execute(transaction)
  return old.map(({ name }) => name)
}

/** Partitions that hold rows of more than their time: those before there were any, and those of no other. */
export function isMixed({ from, to }: Partition): boolean {
  return from === undefined || to === undefined
}

async function limitLocks(transaction: Transaction<Tables>): Promise<void> {
  await sql`select set_config('lock_timeout', ${`${LOCK_TIMEOUT_MS}ms`}, true)`.execute(transaction)
}

/** Midnight UTC at the beginning of the day or the month of `time`, or of one so many later. */
function startOf(time: number, width: PartitionWidth, later = 0): number {
  const date = new Date(time)
  const day = width === 'day' ? date.getUTCDate() + later : 1
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + (width === 'day' ? 0 : later), day)
}
