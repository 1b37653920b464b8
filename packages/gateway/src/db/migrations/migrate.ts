import { type Kysely, sql } from 'kysely'
import type { Log } from '../log.ts'
import type { Tables } from '../tables.ts'
import { MIGRATIONS, type Migration } from './index.ts'

/** Any constant of our own; holders of it on one PostgreSQL database take turns. */
const LOCK_ID = 7_305_805_441

/**
 * Brings the schema up to date in one transaction, or leaves it as it was. However many processes start at once, one
 * runs the steps while the others wait: an advisory lock on PostgreSQL, `begin immediate` on SQLite. Steps of a newer
 * release found in the database are left alone, so that replicas can be upgraded one by one. `schema` is made if need
 * be (PostgreSQL only).
 */
export async function migrate(
  database: Kysely<Tables>,
  dialect: 'sqlite' | 'postgres',
  log: Log,
  schema?: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> {
  if (await isCurrent(database, dialect, migrations)) return []
  return await database.transaction().execute(async transaction => {
    if (dialect === 'postgres') {
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCK_ID)})`.execute(transaction)
    }
    if (schema !== undefined) await ensureSchema(transaction, schema)
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

/** Asked by reading alone, so that a gateway starts on a database that takes no writes now. */
async function isCurrent(
  database: Kysely<Tables>,
  dialect: 'sqlite' | 'postgres',
  migrations: readonly Migration[],
): Promise<boolean> {
  const { rows } = await (dialect === 'postgres'
    ? sql`select 1 where to_regclass('schema_migrations') is not null`
    : sql`select 1 from sqlite_master where name = 'schema_migrations'`
  ).execute(database)
  if (rows.length === 0) return false
  const known = await database.selectFrom('schema_migrations').select('name').execute()
  const applied = new Set(known.map(row => row.name))
  return migrations.every(({ name }) => applied.has(name))
}

/** Asks first: `create schema if not exists` wants the right to create even when there is nothing to do. */
async function ensureSchema(database: Kysely<Tables>, schema: string): Promise<void> {
  const { rows } = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(database)
  if (rows.length === 0) await database.schema.createSchema(schema).execute()
}
