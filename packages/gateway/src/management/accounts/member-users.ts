import { randomUUID } from 'node:crypto'
import { badRequest } from 'sluice/internal'
import { ADMIN_USER_ID } from '../../auth/caller.ts'
import type { AccountRow } from '../../db/rows.ts'
import { USERS } from '../users/user-json.ts'
import { type AccountContext, newAccount } from './account-fields.ts'
import type { AccountWriter } from './account-writer.ts'
import type { AccountsOffice } from './accounts-office.ts'

/** A person as a request names one: by id, by e-mail, or both. */
export interface NamedUser {
  readonly user_id?: string | null | undefined
  readonly user_email?: string | null | undefined
}

/** As people type them, and as they are kept: addresses that differ in case are one. */
export function emailOf(named: string): string {
  return named.trim().toLowerCase()
}

/** Undefined when there is none. Throws `BadRequestError` when several users have that address. */
export async function findUser(office: AccountsOffice, named: NamedUser): Promise<AccountRow | undefined> {
  if (named.user_id != null) return await office.peek(USERS, named.user_id)
  if (named.user_email == null)
    throw badRequest('user_id: name the user by `user_id` or `user_email`.', 'user_id')
  const { rows, total } = await office.list(USERS, { email: emailOf(named.user_email), page: 1, size: 1 })
  if (total > 1)
    throw badRequest(`user_email: ${total} users have this address. Name one by \`user_id\`.`, 'user_email')
  return rows[0]
}

/** As `findUser`; one who is not there is made, as an `internal_user` with no limits: nobody gives a role this way. `home`: the organization that bounds them. */
export async function findOrMakeUser(
  office: AccountsOffice,
  writer: AccountWriter,
  named: NamedUser,
  context: AccountContext,
  home: string | null = null,
): Promise<AccountRow> {
  const found = await findUser(office, named)
  if (found !== undefined) return found
  if (named.user_id === ADMIN_USER_ID)
    throw badRequest(`user_id: '${ADMIN_USER_ID}' is kept for the admin of the gateway.`, 'user_id')
  const email = named.user_email == null ? null : emailOf(named.user_email)
  const user = newAccount('user', named.user_id ?? randomUUID(), context, {
    ...{ email, role: 'internal_user', organizationId: home },
  })
  return await writer.create(USERS, user)
}

/** LiteLLM's `member`: one, or a list of them. Throws `BadRequestError` when somebody is named twice. */
export function eachMember<M extends NamedUser>(member: M | readonly M[]): readonly M[] {
  const people = Array.isArray(member) ? (member as readonly M[]) : [member as M]
  const seen = new Set<string>()
  for (const { user_id, user_email } of people) {
    const name = user_id ?? user_email ?? ''
    if (seen.has(name)) throw badRequest(`member: ${name} is named twice.`, 'member')
    seen.add(name)
  }
  return people
}
