import type { CreateTableBuilder, Kysely } from 'kysely'

const TEXTS = [
  'id',
  'changed_by',
  'changed_by_role',
  'action',
  'table_name',
  'object_id',
  'previous_hash',
  'hash',
]
const OPTIONAL = ['user_id', 'changed_by_api_key', 'client_ip', 'before_value', 'updated_values']
const INDICES = [['changed_at'], ['object_id'], ['changed_by'], ['table_name', 'changed_at']]

/** The audit log, a chain of hashes, and the one row that says where the chain begins and ends. */
export async function audit(database: Kysely<unknown>): Promise<void> {
  let log: CreateTableBuilder<string, string> = database.schema.createTable('audit_log')
  log = log.addColumn('sequence', 'bigint', column => column.primaryKey())
  log = log.addColumn('changed_at', 'bigint', column => column.notNull())
  for (const name of TEXTS) log = log.addColumn(name, 'text', column => column.notNull())
  for (const name of OPTIONAL) log = log.addColumn(name, 'text')
  await log.addUniqueConstraint('audit_log_id', ['id']).execute()
  for (const columns of INDICES)
    await database.schema
      .createIndex(`audit_log_${columns.join('_')}`)
      .on('audit_log')
      .columns(columns)
      .execute()
  await database.schema
    .createTable('audit_chain')
    .addColumn('name', 'text', column => column.primaryKey())
    .addColumn('start_sequence', 'bigint', column => column.notNull())
    .addColumn('start_hash', 'text', column => column.notNull())
    .addColumn('head_sequence', 'bigint', column => column.notNull())
    .addColumn('head_hash', 'text', column => column.notNull())
    .execute()
}
