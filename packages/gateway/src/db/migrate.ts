import { type Kysely, sql } from 'kysely'
import type { Log } from './log.ts'
import { MIGRATIONS, type Migration } from './migrations/index.ts'
import type { Tables } from './tables.ts'

/** Any constant of our own; holders of it on one PostgreSQL database take turns. */
const LOCK_ID = 7_305_805_441

/**
 * Brings the schema up to date in one transaction, or leaves it as it was. However many processes start at once, one
 * runs the steps while the others wait: an advisory lock on PostgreSQL, `begin immediate` on SQLite. Steps of a newer
 * release found in the database are left alone, so that replicas can be upgraded one by one.
 */
export async function migrate(
  database: Kysely<Tables>,
  dialect: 'sqlite' | 'postgres',
  log: Log,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> {
  return await database.transaction().execute(async transaction => {
    if (dialect === 'postgres') {
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCK_ID)})`.execute(transaction)
    }
    await transaction.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('name', 'text', column => column.primaryKey())
      .addColumn('applied_at', 'bigint', column => column.notNull())
      .execute()
    const rows = await transaction.selectFrom('schema_migrations').select('name').execute()
    const applied = new Set(rows.map(row => row.name))
    const missing = migrations.filter(migration => !applied.has(migration.name))
    for (const migration of missing) {
      await migration.up(transaction as unknown as Kysely<unknown>)
      await transaction
        .insertInto('schema_migrations')
        .values({ name: migration.name, applied_at: Date.now() })
        .execute()
    }
    const names = missing.map(migration => migration.name)
    if (names.length > 0) log.info({ migrations: names }, 'the database schema was brought up to date')
    return names
  })
}
