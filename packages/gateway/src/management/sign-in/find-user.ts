import type { SluiceError } from 'sluice/internal'
import type { UserFacts } from '../../auth/door/principal.ts'
import type { Database } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import { emailOf } from '../users/user-changes.ts'
import { isSomebodyElse, refused } from './takeover.ts'

export interface FindUserServices {
  readonly database: Pick<Database, 'accounts' | 'identities'>
  readonly now: () => number
}

/**
 * The user who signed in as this subject of the provider before; else by the provider's id, by id, or by the address
 * where exactly one user has it. Throws `PermissionDeniedError` when the id is that of somebody else at the same
 * provider: names and addresses can be chosen there, subjects cannot.
 */
export async function findUser(
  facts: UserFacts,
  services: FindUserServices,
): Promise<AccountRow | undefined> {
  const { accounts } = services.database
  const { id, email, externalId } = facts
  const bound = await boundUser(facts, services)
  if (bound !== undefined) return bound
  if (externalId !== undefined) {
    const { rows } = await accounts.list({ kind: 'user', externalId, page: 1, size: 2 })
    const [row] = rows
    if (rows.length === 1 && row && !(await isTaken(row, facts, services, true))) return row
  }
  const byId = await accounts.find('user', id)
  if (byId !== undefined) {
    if (await isTaken(byId, facts, services)) throw somebodyElse(byId)
    return byId
  }
  if (email === undefined) return undefined
  const { rows } = await accounts.list({ kind: 'user', email: emailOf(email), page: 1, size: 2 })
  const [byEmail] = rows
  if (rows.length !== 1 || byEmail === undefined || (await isTaken(byEmail, facts, services)))
    return undefined
  return byEmail
}

/** From now on this subject is this user, under whatever name, and the user is no other subject of the provider. */
export async function bindUser(
  user: AccountRow,
  { identity }: UserFacts,
  { database, now }: FindUserServices,
): Promise<void> {
  if (identity === undefined || (await database.identities.find(identity)) === user.id) return
  try {
    await database.identities.bind(identity, user.id, now())
  } catch (error) {
    // Two came at once under one name: whoever was first is the user.
    throw (error as SluiceError).kind === 'conflict' ? somebodyElse(user) : error
  }
}

async function boundUser({ identity }: UserFacts, { database }: FindUserServices) {
  const userId = identity && (await database.identities.find(identity))
  return userId === undefined ? undefined : await database.accounts.find('user', userId)
}

/**
 * Whether the user is bound to somebody else. `byName`: they were found by what the provider calls them, which another
 * provider may call somebody else: then any bond counts.
 */
async function isTaken(
  user: AccountRow,
  facts: UserFacts,
  { database }: FindUserServices,
  byName = false,
): Promise<boolean> {
  const { identity } = facts
  const bonds = identity === undefined ? [] : await database.identities.list(user.id)
  if (bonds.length === 0) return isSomebodyElse(user, facts)
  return byName || bonds.some(({ issuer }) => issuer === identity?.issuer)
}

function somebodyElse({ id }: AccountRow): SluiceError {
  return refused(`the id '${id}' belongs to somebody else at the provider; an admin can free it`)
}
