import { sql } from 'kysely'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { connectionOf } from '../../packages/gateway/src/db/open-database.ts'
import { SPEND_COLUMNS } from '../../packages/gateway/src/db/spend/spend-columns.ts'
import { DAY_KEY, DETAIL_KEY, SUM_COLUMNS } from '../../packages/gateway/src/db/spend/sums/sum-columns.ts'
import { BATCH_ROWS } from '../../packages/gateway/src/spend/database-flusher.ts'
import { callOf } from './calls.ts'
import { withoutIndices } from './indices.ts'

const DAY_MS = 86_400_000
/** Copies of one call lie so far apart. */
const APART_MS = 1_000

export interface Loaded {
  /** Rows of the first day that the gateway writes itself. */
  readonly sample: number
  /** How often a day holds the sample. */
  readonly copies: number
  readonly days: number
  readonly firstDay: number
}

/** Writes calls of one day as the gateway does, from the `first`-th call on. Returns seconds. */
export async function ingest(
  database: Database,
  { sample, firstDay }: Loaded,
  { day, first, count }: { day: number; first: number; count: number },
): Promise<number> {
  let seconds = 0
  const most = BATCH_ROWS[database.dialect]
  for (let at = 0; at < count; at += most) {
    const size = Math.min(most, count - at)
    // Making up calls is not the gateway's work.
    const rows = Array.from({ length: size }, (_, i) => callOf(day, first + at + i, sample, firstDay))
    const began = performance.now()
    await database.spend.addBatch(rows)
    seconds += (performance.now() - began) / 1_000
  }
  return seconds
}

/**
 * Copies the sample to the rest of its day and to the days after it, inside the database: rows, tags and sums, so that
 * the books still agree. Indices are made afterwards, which is quicker.
 */
export async function copyDays(database: Database, loaded: Loaded): Promise<void> {
  const { copies, days } = loaded
  await scaleSums(database, copies)
  await withoutIndices(database, async () => {
    for (let day = 0; day < days; day++) {
      for (let copy = day === 0 ? 1 : 0; copy < copies; copy++) await copyRows(database, loaded, day, copy)
      if (day > 0) await copySums(database, loaded, day)
      process.stderr.write(`\r${day + 1} of ${days} days`)
    }
    process.stderr.write('\n')
  })
  await connectionOf(database).run(async kysely => {
    await sql`update spend_totals set ${times(['spend_nano_usd', 'requests'], copies * days)}`.execute(kysely)
    if (database.dialect === 'postgres') await sql`vacuum analyze`.execute(kysely)
    else await sql`analyze`.execute(kysely)
  })
}

/** The first day's sums, once every call of its sample is there so often. */
async function scaleSums(database: Database, copies: number): Promise<void> {
  await connectionOf(database).run(async kysely => {
    for (const table of ['daily_details', 'daily_totals'])
      await sql`update ${sql.table(table)} set ${times(SUM_COLUMNS, copies)}`.execute(kysely)
  })
}

const MOVED = ['request_id', 'start_time', 'end_time', 'completion_start_time']

async function copyRows(database: Database, { sample, firstDay }: Loaded, day: number, copy: number) {
  const columns = SPEND_COLUMNS.map(({ name }) => name).filter(name => !MOVED.includes(name))
  const names = sql.join(columns.map(name => sql.ref(name)))
  const later = sql.lit(day * DAY_MS + copy * APART_MS)
  const id = sql`request_id || ${`+${day}.${copy}`}`
  // Calls that were copied have a sign in their name, and come after them; each has one tag with a row.
  const original =
    database.dialect === 'sqlite'
      ? sql`rowid <= ${sql.lit(sample)}`
      : sql`start_time >= ${sql.lit(firstDay)} and start_time < ${sql.lit(firstDay + DAY_MS)}
        and request_id not like '%+%'`
  await connectionOf(database).run(async kysely => {
    const { numAffectedRows } =
      await sql`insert into spend_logs (request_id, start_time, end_time, completion_start_time, ${names})
      select ${id}, start_time + ${later}, end_time + ${later}, completion_start_time + ${later}, ${names}
      from spend_logs where ${original}`.execute(kysely)
    if (Number(numAffectedRows) !== sample)
      throw new Error(`${numAffectedRows} rows were copied of ${sample}`)
    await sql`insert into spend_log_tags (tag, request_id, start_time)
      select tag, ${id}, start_time + ${later} from spend_log_tags where ${original}`.execute(kysely)
  })
}

const KEYS = {
  daily_details: DETAIL_KEY.filter(name => name !== 'day'),
  daily_totals: DAY_KEY.filter(name => name !== 'day'),
}

async function copySums(database: Database, { firstDay }: Loaded, day: number): Promise<void> {
  const date = new Date(firstDay + day * DAY_MS).toISOString().slice(0, 10)
  const first = new Date(firstDay).toISOString().slice(0, 10)
  await connectionOf(database).run(async kysely => {
    for (const [table, key] of Object.entries(KEYS)) {
      const names = sql.join([...key, ...SUM_COLUMNS].map(name => sql.ref(name)))
      await sql`insert into ${sql.table(table)} (day, ${names})
        select ${date}, ${names} from ${sql.table(table)} where day = ${first}`.execute(kysely)
    }
  })
}

function times(names: readonly string[], factor: number) {
  return sql.join(names.map(name => sql`${sql.ref(name)} = ${sql.ref(name)} * ${sql.lit(factor)}`))
}

/** Rows in the tables that matter. */
export async function countRows(database: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of ['spend_logs', 'spend_log_tags', 'daily_details', 'daily_totals', 'spend_totals']) {
    const { rows } = await connectionOf(database).run(kysely =>
      sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(kysely),
    )
    counts[table] = Number(rows[0]?.count)
  }
  return counts
}
