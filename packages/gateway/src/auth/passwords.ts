import type { PasswordStore } from '../db/sign-in/password-store.ts'
import { checkPassword, hashPassword } from './sign-in/hash-password.ts'

export { hashPassword } from './sign-in/hash-password.ts'

export interface Passwords {
  /**
   * The stored hash when it is the user's password; a hash of former costs is replaced on the way. Undefined when it is
   * not, after the same time for a user who does not exist. Throws `RateLimitError` when too many are being checked.
   */
  prove(userId: string | undefined, password: string): Promise<string | undefined>
}

/**
 * Passwords of users, apart from their accounts, so that no answer can show a hash (GHSA-69x8-hrgq-fjj8). To set one:
 * `const hash = await hashPassword(password)`, then `database.passwords.set(userId, hash, now)` in the transaction that
 * changes the user.
 */
export function createPasswords(store: PasswordStore, now: () => number): Passwords {
  return {
    async prove(userId, password) {
      const stored = userId === undefined ? undefined : await store.find(userId)
      const { isRight, isOutdated } = await checkPassword(password, stored)
      if (!isRight || userId === undefined || stored === undefined) return undefined
      if (!isOutdated) return stored
      const fresh = await hashPassword(password)
      return (await store.replace(userId, stored, fresh, now())) ? fresh : stored
    },
  }
}
