import type { AccountRow } from '../../db/rows.ts'
import { emailOf } from '../users/user-changes.ts'
import type { Resource } from './patch.ts'
import { scimError } from './scim-error.ts'

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'
/** In the details of an account: its resource as the directory wrote it, without what is ours. */
export const STORED = 'scim'
const OURS = ['id', 'meta', 'schemas', 'groups', 'password', 'active']
const MOST_BYTES = 64 * 1024

/** A user as SCIM has them. `teams`: theirs. */
export function userResource(row: AccountRow, teams: readonly AccountRow[], base: string): Resource {
  const stored = storedOf(row)
  return {
    schemas: [USER_SCHEMA, ...Object.keys(stored).filter(name => name.toLowerCase().startsWith('urn:'))],
    ...{ id: row.id, userName: row.email ?? row.id },
    ...(row.alias !== null && { displayName: row.alias }),
    ...(row.externalId !== null && { externalId: row.externalId }),
    ...(row.email !== null && { emails: [{ value: row.email, type: 'work', primary: true }] }),
    ...stored,
    active: !row.blocked,
    groups: teams.map(({ id, alias }) => ({ value: id, display: alias ?? id, $ref: `${base}/Groups/${id}` })),
    meta: metaOf(row, 'User', base),
  }
}

/**
 * A directory's key is kept to SCIM: by another address, or another id at a provider, whoever holds it could sign in as
 * an admin. Throws SCIM's `mutability`.
 */
export function refuseTakeover(before: AccountRow, { email, externalId }: Partial<AccountRow>): void {
  if (before.role !== 'proxy_admin' && before.role !== 'proxy_admin_viewer') return
  const isMoved = email != null && before.email !== email
  if (isMoved || (externalId != null && externalId !== before.externalId && externalId.includes(':')))
    throw scimError(400, 'The address of an admin of the gateway is changed by /user/update.', 'mutability')
}

/** What a resource says of its user's account. Throws SCIM's `invalidValue`. */
export function userColumns(resource: Resource, before: AccountRow | undefined): Partial<AccountRow> {
  const { displayName, name, emails, externalId } = resource
  const userName = userNameOf(resource)
  const listed = (Array.isArray(emails) ? emails : []).filter(isObject)
  const email = textOf((listed.find(each => each['primary'] === true) ?? listed[0])?.['value'])
  const names = isObject(name) ? [name['givenName'], name['familyName']].map(textOf).filter(part => part) : []
  const formatted = isObject(name) ? textOf(name['formatted']) : undefined
  const address = email ?? (userName.includes('@') ? userName : undefined)
  const columns: Partial<AccountRow> = {
    alias: textOf(displayName) ?? formatted ?? (names.join(' ') || null),
    email: address === undefined ? null : emailOf(address),
    externalId: textOf(externalId) ?? null,
    blocked: !isActive(resource),
    details: withStored(before, resource),
  }
  if (before !== undefined) refuseTakeover(before, columns)
  return columns
}

export function userNameOf({ userName }: Resource): string {
  const text = textOf(userName)
  if (text === undefined || text.length > 256)
    throw scimError(400, 'userName: must be a text of 1 to 256 characters.', 'invalidValue')
  return text
}

/** Entra sends the words "True" and "False". */
function isActive({ active }: Resource): boolean {
  if (active === undefined) return true
  const word = typeof active === 'string' ? active.toLowerCase() : active
  if (word === true || word === 'true') return true
  if (word === false || word === 'false') return false
  throw scimError(400, 'active: must be true or false.', 'invalidValue')
}

export function storedOf({ details }: AccountRow): Resource {
  const stored = details[STORED]
  return isObject(stored) ? stored : {}
}

/** The details with the resource in them; nothing of it is lost, and no password is kept. */
export function withStored(before: AccountRow | undefined, resource: Resource): AccountRow['details'] {
  const kept = Object.fromEntries(Object.entries(resource).filter(([name]) => !OURS.includes(name)))
  if (Buffer.byteLength(JSON.stringify(kept)) > MOST_BYTES)
    throw scimError(400, `The resource has more than ${MOST_BYTES} bytes.`, 'invalidValue')
  return { ...before?.details, [STORED]: kept }
}

export function metaOf(row: AccountRow, resourceType: 'User' | 'Group', base: string) {
  return {
    resourceType,
    created: new Date(row.createdAt).toISOString(),
    lastModified: new Date(row.updatedAt).toISOString(),
    location: `${base}/${resourceType}s/${encodeURIComponent(row.id)}`,
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
