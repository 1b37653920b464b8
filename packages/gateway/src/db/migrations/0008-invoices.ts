import type { Kysely } from 'kysely'

/** Bills and reports of usage that providers sent, one row for each file, and their sums by day, model and item. */
export async function invoices(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('invoices')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('source', 'text', column => column.notNull())
    .addColumn('account', 'text', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('format', 'text', column => column.notNull())
    .addColumn('file_name', 'text', column => column.notNull())
    .addColumn('first_day', 'text', column => column.notNull())
    .addColumn('last_day', 'text', column => column.notNull())
    .addColumn('lines', 'bigint', column => column.notNull())
    .addColumn('other_lines', 'bigint', column => column.notNull())
    .addColumn('names', 'text', column => column.notNull())
    .addColumn('imported_at', 'bigint', column => column.notNull())
    .addColumn('imported_by', 'text')
    .execute()
  await database.schema
    .createTable('invoice_sums')
    .addColumn('invoice_id', 'text', column => column.notNull())
    .addColumn('day', 'text', column => column.notNull())
    .addColumn('model', 'text', column => column.notNull())
    .addColumn('item', 'text', column => column.notNull())
    .addColumn('spend_nano_usd', 'bigint')
    .addColumn('input_tokens', 'bigint', column => column.notNull())
    .addColumn('output_tokens', 'bigint', column => column.notNull())
    .addColumn('requests', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('invoice_sums_pk', ['invoice_id', 'day', 'model', 'item'])
    .execute()
  await database.schema
    .createIndex('invoices_source_first_day')
    .on('invoices')
    .columns(['source', 'first_day'])
    .execute()
}
