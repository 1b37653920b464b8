import type { Connection } from '../connection.ts'
import { decodeAuthors, encodeAuthors, encodeFlag, given } from '../limit-columns.ts'
import type { Authorship } from '../rows.ts'
import type { InvitationsTable } from '../tables.ts'

/** A link by which a user sets a password for the first time. */
export interface InvitationRow extends Authorship {
  readonly id: string
  readonly userId: string
  readonly isAccepted: boolean
  readonly acceptedAt: number | null
  readonly expiresAt: number
}

export interface InvitationStore {
  find(id: string): Promise<InvitationRow | undefined>
  create(row: InvitationRow): Promise<void>
  /** True when this call changed it: an invitation is accepted once, whoever asks at the same time. */
  accept(id: string, now: number, by: string | null): Promise<boolean>
  /** True when there was one. */
  remove(id: string): Promise<boolean>
  removeOf(userIds: readonly string[]): Promise<void>
}

export function createInvitationStore(connection: Connection): InvitationStore {
  return {
    find: id =>
      connection.run(async database => {
        const row = await database
          .selectFrom('invitations')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        return row && decode(row)
      }),
    async create(row) {
      await connection.run(database => database.insertInto('invitations').values(encode(row)).execute())
    },
    accept: (id, now, by) =>
      connection.run(async database => {
        const { numUpdatedRows } = await database
          .updateTable('invitations')
          .set({ is_accepted: 1, accepted_at: now, updated_at: now, updated_by: by })
          .where('id', '=', id)
          .where('is_accepted', '=', 0)
          .executeTakeFirst()
        return numUpdatedRows > 0n
      }),
    remove: id =>
      connection.run(async database => {
        const { numDeletedRows } = await database
          .deleteFrom('invitations')
          .where('id', '=', id)
          .executeTakeFirst()
        return numDeletedRows > 0n
      }),
    async removeOf(userIds) {
      if (userIds.length === 0) return
      await connection.run(database =>
        database
          .deleteFrom('invitations')
          .where('user_id', 'in', [...userIds])
          .execute(),
      )
    },
  }
}

function encode(row: InvitationRow): InvitationsTable {
  return given({
    ...{ id: row.id, user_id: row.userId, accepted_at: row.acceptedAt, expires_at: row.expiresAt },
    ...{ is_accepted: encodeFlag(row.isAccepted), ...encodeAuthors(row) },
  }) as InvitationsTable
}

function decode(stored: InvitationsTable): InvitationRow {
  return {
    id: stored.id,
    userId: stored.user_id,
    isAccepted: stored.is_accepted !== 0,
    acceptedAt: stored.accepted_at,
    expiresAt: stored.expires_at,
    ...decodeAuthors(stored),
  }
}
