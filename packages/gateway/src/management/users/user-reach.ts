import { createError } from 'sluice/internal'
import type { Permit } from '../../auth/access/permit.ts'
import type { AccountStore } from '../../db/accounts/account-store.ts'
import type { AccountRow } from '../../db/rows.ts'

/** In the details of a membership: an admin of the organization, not of the gateway, took in a user who was there. */
export const TAKEN_IN = 'taken_in'

/** Organizations of one user that are looked at. */
const MOST = 1_000

/**
 * Throws `PermissionDeniedError` unless the caller reaches this user: everybody reaches themselves where the route says
 * so, an organization's admin its members. To change one (`writes`), all of their organizations must be the caller's,
 * and they must be no admin of the gateway: whoever sets a password or an address may sign in with it.
 */
export async function reachUser(
  permit: Permit,
  store: Pick<AccountStore, 'list'>,
  { id, role }: Pick<AccountRow, 'id' | 'role'>,
  writes?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const scope = await permit.scope()
  if (scope === 'any' || scope.userId === id || scope.organizationIds.length === 0) {
    await permit.reach({ userId: id }, writes)
    return
  }
  const { rows } = await store.list({ kind: 'organization_member', userIds: [id], page: 1, size: MOST })
  const organizations = rows.flatMap(({ organizationId }) => organizationId ?? [])
  const mine = rows.filter(row => scope.organizationIds.includes(row.organizationId ?? ''))
  // Whom an organization's admin took in, and did not make, is theirs to see and not to change.
  const reached = writes === undefined ? mine : mine.filter(({ details }) => details[TAKEN_IN] !== true)
  const shared = reached[0]?.organizationId
  await permit.reach({ userId: id, organizationId: shared }, writes)
  if (writes === undefined) return
  const isBeyond = organizations.some(each => !scope.organizationIds.includes(each))
  if (isBeyond || role === 'proxy_admin' || role === 'proxy_admin_viewer') throw beyond()
}

function beyond() {
  return createError({
    kind: 'permission',
    type: 'auth_error',
    param: 'user_id',
    message:
      'You are not allowed to change this user, who belongs to more than your organization. Ask an admin of the gateway.',
  })
}
