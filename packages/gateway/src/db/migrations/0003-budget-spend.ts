import type { Kysely } from 'kysely'

/** What each process has spent of budgets of providers and deployments, by period. */
export async function budgetSpend(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('budget_spend')
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('subject_id', 'text', column => column.notNull())
    .addColumn('reset_at', 'bigint', column => column.notNull())
    .addColumn('replica', 'text', column => column.notNull())
    .addColumn('spend_nano_usd', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('budget_spend_pk', ['kind', 'subject_id', 'reset_at', 'replica'])
    .execute()
  await database.schema
    .createIndex('budget_spend_reset_at')
    .on('budget_spend')
    .columns(['reset_at'])
    .execute()
}
