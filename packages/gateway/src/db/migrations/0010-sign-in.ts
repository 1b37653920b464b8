import type { Kysely } from 'kysely'

/** Passwords apart from the accounts they belong to, and which claims of tokens stand for which key. */
export async function signIn(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('passwords')
    .addColumn('user_id', 'text', column => column.primaryKey())
    .addColumn('hash', 'text', column => column.notNull())
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .execute()
  await database.schema
    .createTable('jwt_key_mappings')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('claim_name', 'text', column => column.notNull())
    .addColumn('claim_value', 'text', column => column.notNull())
    .addColumn('token_hash', 'text', column => column.notNull())
    .addColumn('description', 'text')
    .addColumn('is_active', 'bigint', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .addColumn('updated_by', 'text')
    .addUniqueConstraint('jwt_key_mappings_claim', ['claim_name', 'claim_value'])
    .execute()
  await database.schema
    .createIndex('jwt_key_mappings_token_hash')
    .on('jwt_key_mappings')
    .column('token_hash')
    .execute()
}
