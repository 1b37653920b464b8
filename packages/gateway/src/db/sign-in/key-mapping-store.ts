import type { Kysely, Selectable } from 'kysely'
import type { Connection } from '../connection.ts'
import type { Authorship } from '../rows.ts'
import type { JwtKeyMappingsTable, Tables } from '../tables.ts'

/** A claim of tokens that stands for a virtual key. */
export interface KeyMappingRow extends Authorship {
  readonly id: string
  readonly claimName: string
  readonly claimValue: string
  readonly tokenHash: string
  readonly description: string | null
  readonly isActive: boolean
}

export interface KeyMappingStore {
  find(claimName: string, claimValue: string): Promise<KeyMappingRow | undefined>
  get(id: string): Promise<KeyMappingRow | undefined>
  /** Fails with `ConflictError` when the claim has a key already. */
  create(row: KeyMappingRow): Promise<void>
  update(id: string, changes: Partial<Omit<KeyMappingRow, 'id'>>): Promise<KeyMappingRow | undefined>
  remove(id: string): Promise<KeyMappingRow | undefined>
  /** The newest first. `page` is 1-based. */
  list(
    page: number,
    size: number,
  ): Promise<{ readonly rows: readonly KeyMappingRow[]; readonly total: number }>
}

export function createKeyMappingStore(connection: Connection): KeyMappingStore {
  const get = (id: string) =>
    connection.run(async database => {
      const row = await database
        .selectFrom('jwt_key_mappings')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row && decode(row)
    })
  return {
    get,
    find: (claimName, claimValue) =>
      connection.run(async database => {
        const row = await database
          .selectFrom('jwt_key_mappings')
          .selectAll()
          .where('claim_name', '=', claimName)
          .where('claim_value', '=', claimValue)
          .executeTakeFirst()
        return row && decode(row)
      }),
    async create(row) {
      await connection.run(database =>
        database
          .insertInto('jwt_key_mappings')
          .values({ ...(encode(row) as JwtKeyMappingsTable), id: row.id })
          .execute(),
      )
    },
    async update(id, changes) {
      await connection.run(database =>
        database.updateTable('jwt_key_mappings').set(encode(changes)).where('id', '=', id).execute(),
      )
      return await get(id)
    },
    async remove(id) {
      const row = await get(id)
      await connection.run(database => database.deleteFrom('jwt_key_mappings').where('id', '=', id).execute())
      return row
    },
    list: (page, size) => connection.run(database => listMappings(database, page, size)),
  }
}

async function listMappings(database: Kysely<Tables>, page: number, size: number) {
  const { total } = await database
    .selectFrom('jwt_key_mappings')
    .select(database.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await database
    .selectFrom('jwt_key_mappings')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(size)
    .offset((page - 1) * size)
    .execute()
  return { rows: rows.map(decode), total: Number(total) }
}

function decode(row: Selectable<JwtKeyMappingsTable>): KeyMappingRow {
  return {
    id: row.id,
    claimName: row.claim_name,
    claimValue: row.claim_value,
    tokenHash: row.token_hash,
    description: row.description,
    isActive: row.is_active === 1,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  }
}

function encode(row: Partial<Omit<KeyMappingRow, 'id'>>): Partial<Omit<JwtKeyMappingsTable, 'id'>> {
  const columns = {
    claim_name: row.claimName,
    claim_value: row.claimValue,
    token_hash: row.tokenHash,
    description: row.description,
    is_active: row.isActive === undefined ? undefined : Number(row.isActive),
    created_at: row.createdAt,
    created_by: row.createdBy,
    updated_at: row.updatedAt,
    updated_by: row.updatedBy,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}
