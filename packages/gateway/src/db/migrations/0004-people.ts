import type { CreateIndexBuilder, Kysely } from 'kysely'

/** Everybody that may hold models, limits, a budget and spend; what they share; and what keys need to point at them. */
export async function people(database: Kysely<unknown>): Promise<void> {
  await createAccounts(database)
  await createBudgets(database)
  await createAccessGroups(database)
  await createCredentials(database)
  await createInvitations(database)
  await extendKeysAndSpend(database)
}

async function createAccounts(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('accounts')
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('id', 'text', column => column.notNull())
    .addColumn('alias', 'text')
    .addColumn('email', 'text')
    .addColumn('role', 'text')
    .addColumn('external_id', 'text')
    .addColumn('organization_id', 'text')
    .addColumn('team_id', 'text')
    .addColumn('user_id', 'text')
    .addColumn('budget_id', 'text')
    .addColumn('models', 'text', column => column.notNull())
    .addColumn('max_budget_nano_usd', 'bigint')
    .addColumn('soft_budget_nano_usd', 'bigint')
    .addColumn('spend_base_nano_usd', 'bigint', column => column.notNull().defaultTo(0))
    .addColumn('spend_set_at', 'bigint')
    .addColumn('budget_duration', 'text')
    .addColumn('budget_reset_at', 'bigint')
    .addColumn('rpm_limit', 'bigint')
    .addColumn('tpm_limit', 'bigint')
    .addColumn('max_parallel_requests', 'bigint')
    .addColumn('more_limits', 'text', column => column.notNull())
    .addColumn('blocked', 'bigint', column => column.notNull().defaultTo(0))
    .addColumn('metadata', 'text', column => column.notNull())
    .addColumn('details', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .addColumn('updated_by', 'text')
    .addColumn('deleted_at', 'bigint')
    .addPrimaryKeyConstraint('accounts_pk', ['kind', 'id'])
    .execute()
  await index(database, 'accounts', ['updated_at'])
  await index(database, 'accounts', ['kind', 'created_at'])
  for (const column of [
    'alias',
    'email',
    'external_id',
    'organization_id',
    'team_id',
    'user_id',
    'budget_id',
  ])
    await index(database, 'accounts', ['kind', column], column)
  await index(database, 'accounts', ['budget_reset_at'], 'budget_reset_at')
}

async function createBudgets(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('budgets')
    .addColumn('budget_id', 'text', column => column.primaryKey())
    .addColumn('max_budget_nano_usd', 'bigint')
    .addColumn('soft_budget_nano_usd', 'bigint')
    .addColumn('budget_duration', 'text')
    .addColumn('budget_reset_at', 'bigint')
    .addColumn('rpm_limit', 'bigint')
    .addColumn('tpm_limit', 'bigint')
    .addColumn('max_parallel_requests', 'bigint')
    .addColumn('more_limits', 'text', column => column.notNull())
    .addColumn('models', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .addColumn('updated_by', 'text')
    .addColumn('deleted_at', 'bigint')
    .execute()
  await index(database, 'budgets', ['updated_at'])
}

async function createAccessGroups(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('access_groups')
    .addColumn('access_group_id', 'text', column => column.primaryKey())
    .addColumn('access_group_name', 'text', column => column.notNull().unique())
    .addColumn('description', 'text')
    .addColumn('models', 'text', column => column.notNull())
    .addColumn('details', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .addColumn('updated_by', 'text')
    .execute()
}

async function createCredentials(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('credentials')
    .addColumn('credential_name', 'text', column => column.primaryKey())
    .addColumn('sealed_values', 'text', column => column.notNull())
    .addColumn('info', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .addColumn('updated_by', 'text')
    .execute()
}

async function createInvitations(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('invitations')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('is_accepted', 'bigint', column => column.notNull().defaultTo(0))
    .addColumn('accepted_at', 'bigint')
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .addColumn('updated_by', 'text')
    .execute()
}

async function extendKeysAndSpend(database: Kysely<unknown>): Promise<void> {
  const keys = database.schema.alterTable('virtual_keys')
  await keys.addColumn('project_id', 'text').execute()
  await keys.addColumn('budget_id', 'text').execute()
  await keys.addColumn('more_limits', 'text', column => column.notNull().defaultTo('{}')).execute()
  await index(database, 'virtual_keys', ['project_id'], 'project_id')
  await index(database, 'virtual_keys', ['organization_id'], 'organization_id')
  await index(database, 'virtual_keys', ['budget_id'], 'budget_id')
  await index(database, 'virtual_keys', ['created_at', 'token_hash'])
  await database.schema.alterTable('spend_logs').addColumn('project_id', 'text').execute()
}

/** Rows without a value in `present` are left out. */
async function index(
  database: Kysely<unknown>,
  table: string,
  columns: readonly string[],
  present?: string,
): Promise<void> {
  let builder: CreateIndexBuilder<string> = database.schema
    .createIndex(`${table}_${columns.join('_')}`)
    .on(table)
    .columns([...columns])
  if (present !== undefined) builder = builder.where(present, 'is not', null)
  await builder.execute()
}
