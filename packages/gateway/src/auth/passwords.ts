import type { PasswordStore } from '../db/sign-in/password-store.ts'
import { checkPassword, hashPassword } from './sign-in/hash-password.ts'

export { hashPassword } from './sign-in/hash-password.ts'

export interface Passwords {
  /**
   * True when it is the user's password. Takes as long for a user who does not exist. A hash of former costs is
   * replaced on the way. Throws `RateLimitError` when too many are being checked.
   */
  check(userId: string | undefined, password: string): Promise<boolean>
}

/**
 * Passwords of users, apart from their accounts, so that no answer can show a hash (GHSA-69x8-hrgq-fjj8). To set one:
 * `const hash = await hashPassword(password)`, then `database.passwords.set(userId, hash, now)` in the transaction that
 * changes the user.
 */
export function createPasswords(store: PasswordStore, now: () => number): Passwords {
  return {
    async check(userId, password) {
      const stored = userId === undefined ? undefined : await store.find(userId)
      const { isRight, isOutdated } = await checkPassword(password, stored)
      if (isOutdated && userId !== undefined && stored !== undefined)
        await store.replace(userId, stored, await hashPassword(password), now())
      return isRight
    },
  }
}
