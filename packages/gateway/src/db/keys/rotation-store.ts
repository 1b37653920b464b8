import type { Connection } from '../connection.ts'
import type { KeyStore } from '../database.ts'
import { lockPeriods } from '../spend/books/period-lock.ts'
import { decodeKeyRow } from './key-row.ts'
import { decodeRetired, endRetired, findRetired, foldRetired } from './retired-secrets.ts'
import { storedKeys } from './stored-keys.ts'

type RotationStore = Pick<
  KeyStore,
  'findRetired' | 'retiredOf' | 'endRetired' | 'foldRetired' | 'dueForRotation'
>

/** Earlier secrets of a key that a list shows. */
const MOST_SHOWN = 100

/** The part of the key store that is about rotation. */
export function createRotationStore(connection: Connection): RotationStore {
  return {
    findRetired: tokenHash => connection.run(database => findRetired(database, tokenHash)),
    retiredOf: activeHash =>
      connection.run(async database => {
        const rows = await database
          .selectFrom('deprecated_keys')
          .selectAll()
          .where('active_hash', '=', activeHash)
          .orderBy('created_at', 'desc')
          .limit(MOST_SHOWN)
          .execute()
        return rows.map(decodeRetired)
      }),
    endRetired: (activeHash, endsAt, now) =>
      connection.transaction(transaction => endRetired(transaction, activeHash, endsAt, now)),
    foldRetired: before =>
      connection.transaction(async transaction => {
        await lockPeriods(transaction, connection.dialect, 'alone')
        return await foldRetired(transaction, before)
      }),
    dueForRotation: (now, most) =>
      connection.run(async database => {
        const rows = await storedKeys(database)
          .where('virtual_keys.rotation_at', '<=', now)
          .orderBy('virtual_keys.rotation_at')
          .limit(most)
          .execute()
        return rows.map(decodeKeyRow)
      }),
  }
}
