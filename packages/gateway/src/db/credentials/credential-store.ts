import type { Connection } from '../connection.ts'
import { decodeAuthors, encodeAuthors, encodeJson, given, later } from '../limit-columns.ts'
import type { Authorship } from '../rows.ts'
import type { CredentialsTable } from '../tables.ts'

/** Named values that deployments sign with. */
export interface CredentialRow extends Authorship {
  readonly credentialName: string
  /** Field → its value, sealed. */
  readonly sealedValues: Readonly<Record<string, string>>
  /** For people. */
  readonly info: Readonly<Record<string, unknown>>
}

/** Stored credentials; all of them are held in memory, so there are at most `MOST_CREDENTIALS`. */
export interface CredentialStore {
  all(): Promise<readonly CredentialRow[]>
  /** Another text whenever one was made, changed or removed. */
  version(): Promise<string>
  find(name: string): Promise<CredentialRow | undefined>
  /** Fails with `ConflictError` when the name is taken. */
  create(row: CredentialRow): Promise<void>
  update(row: CredentialRow): Promise<void>
  remove(name: string): Promise<void>
}

export const MOST_CREDENTIALS = 10_000

export function createCredentialStore(connection: Connection): CredentialStore {
  return {
    all: () =>
      connection.run(async database => {
        const query = database.selectFrom('credentials').selectAll().orderBy('credential_name')
        return (await query.limit(MOST_CREDENTIALS).execute()).map(decode)
      }),
    version: () =>
      connection.run(async database => {
        const { count, newest, sum } = await database
          .selectFrom('credentials')
          .select(({ fn }) => [
            fn.countAll().as('count'),
            fn.max('updated_at').as('newest'),
            fn.sum('updated_at').as('sum'),
          ])
          .executeTakeFirstOrThrow()
        return `${count} ${newest} ${sum}`
      }),
    find: name =>
      connection.run(async database => {
        const query = database.selectFrom('credentials').selectAll().where('credential_name', '=', name)
        const stored = await query.executeTakeFirst()
        return stored && decode(stored)
      }),
    async create(row) {
      await connection.run(database =>
        database
          .insertInto('credentials')
          .values(encode(row) as CredentialsTable)
          .execute(),
      )
    },
    async update({ credentialName, createdAt: _, createdBy: __, ...changes }) {
      await connection.run(database =>
        database
          .updateTable('credentials')
          .set({ ...encode(changes), updated_at: later(changes.updatedAt) })
          .where('credential_name', '=', credentialName)
          .execute(),
      )
    },
    async remove(name) {
      await connection.run(database =>
        database.deleteFrom('credentials').where('credential_name', '=', name).execute(),
      )
    },
  }
}

function encode(row: Partial<CredentialRow>): Partial<CredentialsTable> {
  return given({
    credential_name: row.credentialName,
    sealed_values: encodeJson(row.sealedValues),
    info: encodeJson(row.info),
    ...encodeAuthors(row),
  })
}

function decode(stored: CredentialsTable): CredentialRow {
  return {
    credentialName: stored.credential_name,
    sealedValues: JSON.parse(stored.sealed_values) as Record<string, string>,
    info: JSON.parse(stored.info) as Record<string, unknown>,
    ...decodeAuthors(stored),
  }
}
