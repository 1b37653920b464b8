import { type Kysely, sql, type Transaction } from 'kysely'
import type { Connection } from '../connection.ts'
import type { Tables } from '../tables.ts'
import { KEPT_FROM, readKeptFrom } from './kept-from.ts'
import {
  dropPartitions,
  extendPartitions,
  isMixed,
  listPartitions,
  openPast,
  PARTITIONED,
  type Partition,
  type PartitionWidth,
} from './partitions.ts'

export interface Expired {
  /** Partitions that were dropped whole. */
  readonly partitions: readonly string[]
  /** Rows that were removed one by one. */
  readonly rows: number
  /** There are more to remove: ask again. */
  readonly more: boolean
}

/** Care for the tables of spend rows. Sums are never removed. */
export interface SpendUpkeep {
  /** Makes partitions for rows from now until `until` (ms). SQLite has none, and needs none. */
  extend(now: number, until: number, width: PartitionWidth): Promise<readonly string[]>
  /** Makes room for rows that are older than this database. */
  openPast(now: number): Promise<void>
  /** Removes rows that started before `before` (ms): whole partitions, and up to `most` of other rows at a time. */
  expire(before: number, most: number): Promise<Expired>
  /** Milliseconds; rows that started before have been removed. 0: none ever were. */
  keptFrom(): Promise<number>
}

export function createSpendUpkeep(connection: Connection): SpendUpkeep {
  const isPostgres = connection.dialect === 'postgres'
  return {
    async extend(now, until, width) {
      if (!isPostgres) return []
      return await connection.transaction(transaction =>
        alone(transaction, () => extendPartitions(transaction, now, until, width), []),
      )
    },
    async openPast(now) {
      if (!isPostgres) return
      await connection.transaction(transaction =>
        alone(transaction, () => openPast(transaction, now), undefined),
      )
    },
    async expire(before, most) {
      // Said first: from now on nobody compares these rows with their sums.
      await connection.run(database => noteKeptFrom(database, before))
      if (!isPostgres) return await connection.run(database => expireOneByOne(database, before, most))
      const partitions = await connection.transaction(transaction =>
        alone(transaction, () => dropPartitions(transaction, before), []),
      )
      const mixed = (await connection.run(listPartitions)).filter(isMixed)
      const { rows, more } = await connection.run(database => expireMixed(database, mixed, before, most))
      return { partitions, rows, more }
    },
    keptFrom: () => connection.run(readKeptFrom),
  }
}

/** Any constant of our own, one for all replicas. */
const LOCK_ID = 7_305_805_442

/** One replica does it; the others have nothing to do. */
async function alone<T>(transaction: Transaction<Tables>, work: () => Promise<T>, otherwise: T): Promise<T> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(${sql.lit(LOCK_ID)}) as mine`.execute(transaction)
  return rows[0]?.mine ? await work() : otherwise
}

async function expireOneByOne(database: Kysely<Tables>, before: number, most: number): Promise<Expired> {
  let rows = 0
  let more = false
  for (const table of PARTITIONED) {
    const removed = await removeSome(database, table, before, most)
    rows += removed
    more ||= removed >= most
  }
  return { partitions: [], rows, more }
}

async function expireMixed(
  database: Kysely<Tables>,
  mixed: readonly Partition[],
  before: number,
  most: number,
): Promise<{ rows: number; more: boolean }> {
  let rows = 0
  let more = false
  for (const { name } of mixed) {
    const removed = await removeSome(database, name, before, most)
    rows += removed
    more ||= removed >= most
  }
  return { rows, more }
}

/** A short transaction of its own, so that nobody waits long for it. */
async function removeSome(
  database: Kysely<Tables>,
  table: string,
  before: number,
  most: number,
): Promise<number> {
  const row = sql.raw(PARTITIONED.some(name => name === table) ? 'rowid' : 'ctid')
  const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ${row} in (
    select ${row} from ${sql.table(table)} where start_time < ${before} limit ${sql.lit(most)})`.execute(
    database,
  )
  return Number(numAffectedRows ?? 0)
}

async function noteKeptFrom(database: Kysely<Tables>, before: number): Promise<void> {
  if ((await readKeptFrom(database)) >= before) return
  await database
    .insertInto('facts')
    .values({ name: KEPT_FROM, value: String(before) })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value: String(before) }))
    .execute()
}
