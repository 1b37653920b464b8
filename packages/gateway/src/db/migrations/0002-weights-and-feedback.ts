import type { CreateTableBuilder, Kysely } from 'kysely'

type Column = readonly [name: string, type: 'text' | 'bigint' | 'double precision', rule?: 'null']

const TABLES: readonly { name: string; columns: readonly Column[]; key: readonly string[] }[] = [
  {
    name: 'deployment_weights',
    key: ['model_id'],
    columns: [
      ['model_id', 'text'],
      ['weight', 'double precision'],
      ['updated_at', 'bigint'],
      ['updated_by', 'text', 'null'],
    ],
  },
  {
    name: 'deployment_rollbacks',
    key: ['model_id'],
    columns: [
      ['model_id', 'text'],
      ['since', 'bigint'],
      ['until', 'bigint'],
      ['reason', 'text'],
    ],
  },
  {
    name: 'deployment_outcomes',
    key: ['model_id', 'slot'],
    columns: [
      ['model_id', 'text'],
      ['slot', 'bigint'],
      ['attempts', 'bigint'],
      ['failures', 'bigint'],
    ],
  },
  {
    name: 'feedback',
    key: ['request_id', 'name', 'api_key'],
    columns: [
      ['request_id', 'text'],
      ['name', 'text'],
      ['api_key', 'text'],
      ['score', 'double precision'],
      ['comment', 'text', 'null'],
      ['model_group', 'text'],
      ['model_id', 'text', 'null'],
      ['created_at', 'bigint'],
      ['updated_at', 'bigint'],
    ],
  },
]

const INDICES: readonly (readonly [table: string, columns: readonly string[], partial?: true])[] = [
  ['deployment_outcomes', ['slot']],
  ['feedback', ['updated_at']],
  ['feedback', ['model_id', 'updated_at'], true],
  ['spend_logs', ['call_id'], true],
  ['spend_logs', ['trace_id'], true],
]

/**
 * Weights that were set, deployments that were rolled back, how deployments do, and feedback. Spend rows get the names
 * that clients gave a call and its trace, where these are not its own id and its session.
 */
export async function weightsAndFeedback(database: Kysely<unknown>): Promise<void> {
  for (const table of TABLES) {
    let builder: CreateTableBuilder<string, string> = database.schema.createTable(table.name)
    for (const [name, type, rule] of table.columns)
      builder = builder.addColumn(name, type, column => (rule === 'null' ? column : column.notNull()))
    await builder.addPrimaryKeyConstraint(`${table.name}_pk`, [...table.key]).execute()
  }
  for (const name of ['call_id', 'trace_id'])
    await database.schema.alterTable('spend_logs').addColumn(name, 'text').execute()
  for (const [table, columns, partial] of INDICES) {
    const index = database.schema
      .createIndex(`${table}_${columns.join('_')}`)
      .on(table)
      .columns([...columns])
    await (partial ? index.where(columns[0] as string, 'is not', null) : index).execute()
  }
}
