import type { Kysely } from 'kysely'

/** Since when a budget's spend counts, and how far each journal has been written down. */
export async function books(database: Kysely<unknown>): Promise<void> {
  for (const table of ['virtual_keys', 'accounts']) {
    await database.schema.alterTable(table).addColumn('spend_from', 'bigint').execute()
    await indexPresent(database, table, 'spend_from')
  }
  await indexPresent(database, 'budgets', 'budget_reset_at')
  await database.schema
    .createTable('journal_marks')
    .addColumn('journal', 'text', column => column.primaryKey())
    .addColumn('segment', 'bigint', column => column.notNull())
    .addColumn('position', 'bigint', column => column.notNull())
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .execute()
}

async function indexPresent(database: Kysely<unknown>, table: string, column: string): Promise<void> {
  await database.schema
    .createIndex(`${table}_${column}`)
    .on(table)
    .column(column)
    .where(column, 'is not', null)
    .execute()
}
