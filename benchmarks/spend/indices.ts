import { sql } from 'kysely'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { connectionOf } from '../../packages/gateway/src/db/open-database.ts'

/** Runs `work` while the tables of rows have no index but SQLite's keys, and makes all of them again. */
export async function withoutIndices(database: Database, work: () => Promise<void>): Promise<void> {
  const run = async <T>(text: string): Promise<readonly T[]> =>
    (await connectionOf(database).run(kysely => sql.raw<T>(text).execute(kysely))).rows
  const isPostgres = database.dialect === 'postgres'
  const indices = await run<{ name: string; text: string }>(isPostgres ? OF_POSTGRES : OF_SQLITE)
  const keys = isPostgres ? await run<{ name: string; place: string; text: string }>(KEYS) : []
  for (const { name, place } of keys) await run(`alter table ${place} drop constraint ${name}`)
  for (const { name } of indices) await run(`drop index ${name}`)
  // Room for what a load touches; a gateway has less.
  if (!isPostgres) await run('pragma cache_size = -1000000')
  await work()
  for (const { place, text } of keys) await run(`alter table ${place} add ${text}`)
  // What a partitioned table says of its indices leaves out its partitions.
  for (const { text } of indices) await run(text.replace(' ON ONLY ', ' ON '))
  if (!isPostgres) await run('pragma cache_size = -8192')
}

const TABLES = `('spend_logs', 'spend_log_tags')`
const OF_SQLITE = `select name, sql as text from sqlite_master where type = 'index' and sql is not null and tbl_name in ${TABLES}`
const OF_POSTGRES = `select indexname as name, indexdef as text from pg_indexes
  where schemaname = current_schema() and tablename in ${TABLES} and indexdef not like 'CREATE UNIQUE%'`
const KEYS = `select conname as name, conrelid::regclass::text as place, pg_get_constraintdef(oid) as text
  from pg_constraint where contype = 'p' and conrelid in ('spend_logs'::regclass, 'spend_log_tags'::regclass)`
