import type { Kysely } from 'kysely'
import type { Connection } from '../connection.ts'
import { decodeAuthors, encodeAuthors, encodeJson, given, later } from '../limit-columns.ts'
import type { Authorship } from '../rows.ts'
import type { AccessGroupsTable, Tables } from '../tables.ts'

/** A name for several models, for lists of models that keys and accounts have. */
export interface AccessGroupRow extends Authorship {
  readonly accessGroupId: string
  readonly accessGroupName: string
  readonly description: string | null
  /** Model groups, wildcards among them. */
  readonly models: readonly string[]
  /** What else LiteLLM keeps of a group, in its names. */
  readonly details: Readonly<Record<string, unknown>>
}

/** Access groups; all of them are held in memory, so there are at most `MOST_ACCESS_GROUPS`. */
export interface AccessGroupStore {
  all(): Promise<readonly AccessGroupRow[]>
  /** Another text whenever a group was made, changed or removed. */
  version(): Promise<string>
  /** By id, or by name. */
  find(by: { readonly id: string } | { readonly name: string }): Promise<AccessGroupRow | undefined>
  /** Fails with `ConflictError` when the id or the name is taken. */
  create(row: AccessGroupRow): Promise<void>
  update(id: string, changes: Partial<AccessGroupRow>): Promise<AccessGroupRow | undefined>
  remove(id: string): Promise<void>
}

export const MOST_ACCESS_GROUPS = 10_000

export function createAccessGroupStore(connection: Connection): AccessGroupStore {
  return {
    find: by => connection.run(database => findGroup(database, by)),
    all: () =>
      connection.run(async database => {
        const rows = await database
          .selectFrom('access_groups')
          .selectAll()
          .orderBy('access_group_name')
          .limit(MOST_ACCESS_GROUPS)
          .execute()
        return rows.map(decode)
      }),
    version: () =>
      connection.run(async database => {
        const { count, newest } = await database
          .selectFrom('access_groups')
          .select([database.fn.countAll().as('count'), database.fn.max('updated_at').as('newest')])
          .executeTakeFirstOrThrow()
        return `${count} ${newest}`
      }),
    async create(row) {
      await connection.run(database =>
        database
          .insertInto('access_groups')
          .values(encode(row) as AccessGroupsTable)
          .execute(),
      )
    },
    update: (id, { accessGroupId: _, updatedAt = Date.now(), ...changes }) =>
      connection.transaction(async transaction => {
        await transaction
          .updateTable('access_groups')
          .set({ ...encode(changes), updated_at: later(updatedAt) })
          .where('access_group_id', '=', id)
          .execute()
        return await findGroup(transaction, { id })
      }),
    async remove(id) {
      await connection.run(database =>
        database.deleteFrom('access_groups').where('access_group_id', '=', id).execute(),
      )
    },
  }
}

async function findGroup(
  database: Kysely<Tables>,
  by: Parameters<AccessGroupStore['find']>[0],
): Promise<AccessGroupRow | undefined> {
  const [column, value] = 'id' in by ? (['id', by.id] as const) : (['name', by.name] as const)
  const stored = await database
    .selectFrom('access_groups')
    .selectAll()
    .where(`access_group_${column}`, '=', value)
    .executeTakeFirst()
  return stored && decode(stored)
}

function encode(row: Partial<AccessGroupRow>): Partial<AccessGroupsTable> {
  return given({
    access_group_id: row.accessGroupId,
    access_group_name: row.accessGroupName,
    description: row.description,
    models: encodeJson(row.models),
    details: encodeJson(row.details),
    ...encodeAuthors(row),
  })
}

function decode(stored: AccessGroupsTable): AccessGroupRow {
  return {
    accessGroupId: stored.access_group_id,
    accessGroupName: stored.access_group_name,
    description: stored.description,
    models: JSON.parse(stored.models) as string[],
    details: JSON.parse(stored.details) as Record<string, unknown>,
    ...decodeAuthors(stored),
  }
}
