import type { Kysely } from 'kysely'

/** What was copied from a LiteLLM database, so that copying again counts nothing twice. */
export async function litellmImports(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('litellm_imports')
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('id', 'text', column => column.notNull())
    .addColumn('digest', 'text', column => column.notNull())
    .addColumn('spend_nano_usd', 'bigint', column => column.notNull())
    .addColumn('imported_at', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('litellm_imports_key', ['kind', 'id'])
    .execute()
}
