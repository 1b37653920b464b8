import type { CreateIndexBuilder, CreateTableBuilder, Kysely } from 'kysely'

type Column = readonly [name: string, type: 'text' | 'bigint', rule?: 'null' | 'zero']

const TABLES: readonly { name: string; columns: readonly Column[]; key: readonly string[] }[] = [
  {
    name: 'virtual_keys',
    key: ['token_hash'],
    columns: [
      ['token_hash', 'text'],
      ['key_name', 'text'],
      ['key_alias', 'text', 'null'],
      ['user_id', 'text', 'null'],
      ['team_id', 'text', 'null'],
      ['organization_id', 'text', 'null'],
      ['models', 'text'],
      ['aliases', 'text'],
      ['max_budget_nano_usd', 'bigint', 'null'],
      ['soft_budget_nano_usd', 'bigint', 'null'],
      ['spend_base_nano_usd', 'bigint', 'zero'],
      ['budget_duration', 'text', 'null'],
      ['budget_reset_at', 'bigint', 'null'],
      ['rpm_limit', 'bigint', 'null'],
      ['tpm_limit', 'bigint', 'null'],
      ['max_parallel_requests', 'bigint', 'null'],
      ['expires_at', 'bigint', 'null'],
      ['blocked', 'bigint', 'zero'],
      ['metadata', 'text'],
      ['tags', 'text'],
      ['permissions', 'text'],
      ['allowed_routes', 'text'],
      ['created_at', 'bigint'],
      ['created_by', 'text', 'null'],
      ['updated_at', 'bigint'],
      ['updated_by', 'text', 'null'],
      ['last_active_at', 'bigint', 'null'],
    ],
  },
  {
    name: 'deleted_keys',
    key: ['token_hash'],
    columns: [
      ['token_hash', 'text'],
      ['deleted_at', 'bigint'],
      ['row', 'text'],
    ],
  },
  {
    name: 'spend_logs',
    key: ['request_id'],
    columns: [
      ['request_id', 'text'],
      ['call_type', 'text'],
      ['api_key', 'text'],
      ['key_alias', 'text', 'null'],
      ['user_id', 'text', 'null'],
      ['team_id', 'text', 'null'],
      ['organization_id', 'text', 'null'],
      ['end_user', 'text', 'null'],
      ['model', 'text'],
      ['model_group', 'text'],
      ['model_id', 'text', 'null'],
      ['provider', 'text', 'null'],
      ['api_base', 'text', 'null'],
      ['spend_nano_usd', 'bigint', 'null'],
      ['total_tokens', 'bigint'],
      ['prompt_tokens', 'bigint'],
      ['completion_tokens', 'bigint'],
      ['cache_read_tokens', 'bigint'],
      ['cache_write_tokens', 'bigint'],
      ['start_time', 'bigint'],
      ['end_time', 'bigint'],
      ['completion_start_time', 'bigint', 'null'],
      ['status', 'text'],
      ['stream', 'bigint'],
      ['cache_hit', 'bigint'],
      ['request_tags', 'text'],
      ['metadata', 'text'],
      ['requester_ip', 'text', 'null'],
      ['session_id', 'text', 'null'],
      ['messages', 'text'],
      ['response', 'text'],
    ],
  },
  {
    name: 'spend_log_tags',
    key: ['request_id', 'tag'],
    columns: [
      ['tag', 'text'],
      ['request_id', 'text'],
      ['start_time', 'bigint'],
    ],
  },
  {
    name: 'daily_spend',
    key: ['kind', 'subject_id', 'day', 'api_key', 'model', 'model_group', 'provider'],
    columns: [
      ['kind', 'text'],
      ['subject_id', 'text'],
      ['day', 'text'],
      ['api_key', 'text'],
      ['model', 'text'],
      ['model_group', 'text'],
      ['provider', 'text'],
      ['spend_nano_usd', 'bigint'],
      ['unknown_cost_requests', 'bigint'],
      ['prompt_tokens', 'bigint'],
      ['completion_tokens', 'bigint'],
      ['cache_read_tokens', 'bigint'],
      ['cache_write_tokens', 'bigint'],
      ['requests', 'bigint'],
      ['failed_requests', 'bigint'],
    ],
  },
  {
    name: 'spend_totals',
    key: ['kind', 'subject_id'],
    columns: [
      ['kind', 'text'],
      ['subject_id', 'text'],
      ['spend_nano_usd', 'bigint'],
      ['requests', 'bigint'],
      ['last_active_at', 'bigint'],
    ],
  },
  {
    name: 'facts',
    key: ['name'],
    columns: [
      ['name', 'text'],
      ['value', 'text'],
    ],
  },
]

/** With `partial`, rows without a value in the first column are left out. */
const INDICES: readonly {
  table: string
  columns: readonly string[]
  unique?: true
  partial?: true
}[] = [
  { table: 'virtual_keys', columns: ['key_alias'], unique: true },
  { table: 'virtual_keys', columns: ['user_id'] },
  { table: 'virtual_keys', columns: ['team_id'] },
  { table: 'virtual_keys', columns: ['updated_at'] },
  { table: 'virtual_keys', columns: ['budget_reset_at'], partial: true },
  { table: 'deleted_keys', columns: ['deleted_at'] },
  { table: 'spend_logs', columns: ['start_time'] },
  { table: 'spend_logs', columns: ['api_key', 'start_time'] },
  { table: 'spend_logs', columns: ['user_id', 'start_time'], partial: true },
  { table: 'spend_logs', columns: ['team_id', 'start_time'], partial: true },
  { table: 'spend_logs', columns: ['session_id'], partial: true },
  { table: 'spend_log_tags', columns: ['tag', 'start_time'] },
  { table: 'daily_spend', columns: ['kind', 'day'] },
]

/** Keys, spend rows with their aggregates, facts. `request_id` is its table's key, which indexes it. */
export async function initial(database: Kysely<unknown>): Promise<void> {
  for (const table of TABLES) {
    let builder: CreateTableBuilder<string, string> = database.schema.createTable(table.name)
    for (const [name, type, rule] of table.columns) {
      builder = builder.addColumn(name, type, column => {
        if (rule === 'null') return column
        return rule === 'zero' ? column.notNull().defaultTo(0) : column.notNull()
      })
    }
    await builder.addPrimaryKeyConstraint(`${table.name}_pk`, [...table.key]).execute()
  }
  for (const index of INDICES) {
    let builder: CreateIndexBuilder<string> = database.schema
      .createIndex(`${index.table}_${index.columns.join('_')}`)
      .on(index.table)
      .columns([...index.columns])
    const [first] = index.columns
    if (index.partial && first !== undefined) builder = builder.where(first, 'is not', null)
    await (index.unique === true ? builder.unique() : builder).execute()
  }
}
