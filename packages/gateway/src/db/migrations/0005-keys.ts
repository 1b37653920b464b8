import type { Kysely } from 'kysely'

/** Rotation, the secrets a key had before, a searchable history of removed keys, and indices for long lists. */
export async function keys(database: Kysely<unknown>): Promise<void> {
  await createDeprecatedKeys(database)
  await createJobLeases(database)
  const virtualKeys = database.schema.alterTable('virtual_keys')
  await virtualKeys.addColumn('rotation_at', 'bigint').execute()
  await virtualKeys.addColumn('rotation', 'text').execute()
  await virtualKeys.addColumn('access_group_ids', 'text').execute()
  await indexPresent(database, 'virtual_keys', ['rotation_at'])
  await indexPresent(database, 'virtual_keys', ['access_group_ids'])
  await indexPresent(database, 'virtual_keys', ['created_by'])
  await indexPresent(database, 'virtual_keys', ['user_id', 'created_at', 'token_hash'])
  await indexPresent(database, 'virtual_keys', ['team_id', 'created_at', 'token_hash'])
  await extendDeletedKeys(database)
}

async function createDeprecatedKeys(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('deprecated_keys')
    .addColumn('token_hash', 'text', column => column.primaryKey())
    .addColumn('active_hash', 'text', column => column.notNull())
    .addColumn('key_name', 'text', column => column.notNull())
    .addColumn('ends_at', 'bigint')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .execute()
  for (const column of ['active_hash', 'updated_at', 'ends_at'])
    await database.schema
      .createIndex(`deprecated_keys_${column}`)
      .on('deprecated_keys')
      .column(column)
      .execute()
}

async function createJobLeases(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('job_leases')
    .addColumn('name', 'text', column => column.primaryKey())
    .addColumn('holder', 'text', column => column.notNull())
    .addColumn('ends_at', 'bigint', column => column.notNull())
    .execute()
}

const OWNERS = ['user_id', 'team_id', 'organization_id', 'project_id', 'key_alias', 'created_by'] as const

async function extendDeletedKeys(database: Kysely<unknown>): Promise<void> {
  for (const column of [...OWNERS, 'deleted_by'])
    await database.schema.alterTable('deleted_keys').addColumn(column, 'text').execute()
  await fillOwners(database as Kysely<DeletedKeys>)
  for (const column of ['user_id', 'team_id'])
    await indexPresent(database, 'deleted_keys', [column, 'deleted_at'])
}

interface DeletedKeys {
  deleted_keys: { token_hash: string; row: string } & Record<(typeof OWNERS)[number], string | null>
}

const PAGE = 500

/** What lists filter by stood in JSON only. */
async function fillOwners(database: Kysely<DeletedKeys>): Promise<void> {
  let after = ''
  for (;;) {
    const rows = await database
      .selectFrom('deleted_keys')
      .select(['token_hash', 'row'])
      .where('token_hash', '>', after)
      .orderBy('token_hash')
      .limit(PAGE)
      .execute()
    for (const { token_hash: hash, row } of rows) {
      const key = JSON.parse(row) as Readonly<Record<string, string | null | undefined>>
      await database
        .updateTable('deleted_keys')
        .set({
          user_id: key['userId'] ?? null,
          team_id: key['teamId'] ?? null,
          organization_id: key['organizationId'] ?? null,
          project_id: key['projectId'] ?? null,
          key_alias: key['keyAlias'] ?? null,
          created_by: key['createdBy'] ?? null,
        })
        .where('token_hash', '=', hash)
        .execute()
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = last.token_hash
  }
}

/** Rows without a value in the first column are left out. */
async function indexPresent(
  database: Kysely<unknown>,
  table: string,
  columns: readonly [string, ...string[]],
): Promise<void> {
  await database.schema
    .createIndex(`${table}_${columns.join('_')}`)
    .on(table)
    .columns([...columns])
    .where(columns[0], 'is not', null)
    .execute()
}
