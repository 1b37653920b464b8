import type { Connection } from '../connection.ts'

/** Hashes of passwords. They are read to check one, and in no answer. */
export interface PasswordStore {
  find(userId: string): Promise<string | undefined>
  set(userId: string, hash: string, now: number): Promise<void>
  /** False, and nothing happens, when the hash is no longer `before`. */
  replace(userId: string, before: string, hash: string, now: number): Promise<boolean>
  remove(userIds: readonly string[]): Promise<void>
}

export function createPasswordStore(connection: Connection): PasswordStore {
  return {
    async find(userId) {
      const row = await connection.run(database =>
        database.selectFrom('passwords').select('hash').where('user_id', '=', userId).executeTakeFirst(),
      )
      return row?.hash
    },
    async set(userId, hash, now) {
      await connection.run(database =>
        database
          .insertInto('passwords')
          .values({ user_id: userId, hash, updated_at: now })
          .onConflict(conflict => conflict.column('user_id').doUpdateSet({ hash, updated_at: now }))
          .execute(),
      )
    },
    async replace(userId, before, hash, now) {
      const done = await connection.run(database =>
        database
          .updateTable('passwords')
          .set({ hash, updated_at: now })
          .where('user_id', '=', userId)
          .where('hash', '=', before)
          .executeTakeFirst(),
      )
      return done.numUpdatedRows > 0n
    },
    async remove(userIds) {
      if (userIds.length === 0) return
      await connection.run(database =>
        database
          .deleteFrom('passwords')
          .where('user_id', 'in', [...userIds])
          .execute(),
      )
    },
  }
}
