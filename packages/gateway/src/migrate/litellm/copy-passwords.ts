import { createHash } from 'node:crypto'
import { adoptHash, isAdopted } from '../../auth/sign-in/hash-password.ts'
import type { Database } from '../../db/database.ts'
import type { ImportStore } from '../../db/litellm/import-store.ts'
import type { LitellmSource } from '../../db/litellm/source.ts'
import type { Tally } from './writer.ts'

export interface CopyPasswordsOptions {
  readonly database: Database
  readonly imports: ImportStore
  readonly isDry: boolean
  readonly now: number
  readonly note: (problem: string) => void
}

const KIND = 'password'

/**
 * Takes over what LiteLLM stored of passwords; whoever signs in gets a better hash on the way. A password that was set
 * or used here since stays.
 */
export async function copyPasswords(
  source: LitellmSource,
  { database, imports, isDry, now, note }: CopyPasswordsOptions,
): Promise<{ readonly rows: number; readonly tally: Tally }> {
  const tally: Tally = { created: 0, changed: 0, same: 0 }
  let rows = 0
  for await (const page of source.pages('UserTable', ['user_id'])) {
    const given = page.flatMap(row => {
      const [userId, stored] = [row.text('user_id'), row.text('password')]
      return userId === null || stored === null ? [] : [{ userId, stored }]
    })
    rows += given.length
    const ids = given.map(({ userId }) => userId)
    const before = await imports.find(KIND, ids)
    for (const { userId, stored } of given) {
      // A digest with a name of its own: what stands here must not help to find the password.
      const digest = createHash('sha256').update(`${KIND} ${userId} ${stored}`).digest('hex')
      const here = await database.passwords.find(userId)
      const isOurs = here !== undefined && !(before.has(userId) && isAdopted(here))
      if (isOurs || before.get(userId)?.digest === digest) {
        tally.same++
        continue
      }
      const hash = await adoptHash(stored)
      if (hash === undefined) {
        note('has a password in a form that is not known here: the user must set a new one (/invitation/new)')
        continue
      }
      before.has(userId) ? tally.changed++ : tally.created++
      if (isDry) continue
      await database.together(async () => {
        await database.passwords.set(userId, hash, now)
        await imports.remember(KIND, userId, { digest, spendNanoUsd: 0 }, now)
      })
    }
  }
  return { rows, tally }
}
