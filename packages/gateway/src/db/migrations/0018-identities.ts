import type { Kysely } from 'kysely'

/** Who somebody is at a provider, whatever they are called there: one subject is one user, and the other way round. */
export async function identities(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('identities')
    .addColumn('issuer', 'text', column => column.notNull())
    .addColumn('subject', 'text', column => column.notNull())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('bound_at', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('identities_key', ['issuer', 'subject'])
    .addUniqueConstraint('identities_user', ['user_id', 'issuer'])
    .execute()
}
