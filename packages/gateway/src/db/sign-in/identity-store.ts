import type { Connection } from '../connection.ts'

/** Somebody at a provider, by what never changes there: `iss` and `sub`. */
export interface ProviderSubject {
  readonly issuer: string
  readonly subject: string
}

/** Which user somebody at a provider is. */
export interface IdentityStore {
  /** The id of the user; it may have been removed since. */
  find(of: ProviderSubject): Promise<string | undefined>
  /** All of a user. */
  list(userId: string): Promise<readonly ProviderSubject[]>
  /** Fails with `ConflictError` when the user is another subject at this issuer already. */
  bind(of: ProviderSubject, userId: string, now: number): Promise<void>
  remove(userIds: readonly string[]): Promise<void>
}

export function createIdentityStore(connection: Connection): IdentityStore {
  return {
    async find({ issuer, subject }) {
      const row = await connection.run(database =>
        database
          .selectFrom('identities')
          .select('user_id')
          .where('issuer', '=', issuer)
          .where('subject', '=', subject)
          .executeTakeFirst(),
      )
      return row?.user_id
    },
    list: userId =>
      connection.run(database =>
        database
          .selectFrom('identities')
          .select(['issuer', 'subject'])
          .where('user_id', '=', userId)
          .execute(),
      ),
    async bind({ issuer, subject }, userId, now) {
      await connection.run(database =>
        database
          .insertInto('identities')
          .values({ issuer, subject, user_id: userId, bound_at: now })
          .onConflict(conflict =>
            conflict.columns(['issuer', 'subject']).doUpdateSet({ user_id: userId, bound_at: now }),
          )
          .execute(),
      )
    },
    async remove(userIds) {
      if (userIds.length === 0) return
      await connection.run(database =>
        database
          .deleteFrom('identities')
          .where('user_id', 'in', [...userIds])
          .execute(),
      )
    },
  }
}
