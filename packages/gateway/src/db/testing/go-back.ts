import { type Kysely, sql } from 'kysely'
import { silentLog } from '../log.ts'
import { MIGRATIONS } from '../migrations/index.ts'
import { migrate } from '../migrations/migrate.ts'
import type { Tables } from '../tables.ts'

/** Empties the database and gives it the schema it had before a migration whose name begins so. */
export async function goBackBefore(
  name: string,
  kysely: Kysely<Tables>,
  dialect: 'sqlite' | 'postgres',
): Promise<void> {
  await removeAll(kysely, dialect)
  const at = MIGRATIONS.findIndex(each => each.name.startsWith(name))
  await migrate(kysely, dialect, silentLog, undefined, MIGRATIONS.slice(0, at))
}

async function removeAll(kysely: Kysely<Tables>, dialect: 'sqlite' | 'postgres'): Promise<void> {
  const { rows } = await (dialect === 'postgres'
    ? sql<{ name: string }>`select tablename as name from pg_tables where schemaname = current_schema()`
    : sql<{ name: string }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
  ).execute(kysely)
  const cascade = sql.raw(dialect === 'postgres' ? 'cascade' : '')
  for (const { name } of rows) await sql`drop table if exists ${sql.table(name)} ${cascade}`.execute(kysely)
}
