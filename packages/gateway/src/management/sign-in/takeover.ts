import { createError, type SluiceError } from 'sluice/internal'
import { ADMIN_USER_ID } from '../../auth/caller.ts'
import type { UserFacts } from '../../auth/door/principal.ts'
import type { AccountRow } from '../../db/rows.ts'

/** Who signs in at a provider under the admin's own id must not come to be the admin. */
export function refuseAdminId(id: string, actor: string): void {
  if (id === ADMIN_USER_ID && actor !== 'sign-in')
    throw refused(`the id '${id}' is kept for the holder of the master key`)
}

/**
 * Throws `PermissionDeniedError` when a user whom an organization's admin made would become an admin of the gateway:
 * whoever made them holds a key or a password of theirs.
 */
export function refusePromotion(known: AccountRow, { role }: UserFacts): void {
  const isAdmin = role === 'proxy_admin' || role === 'proxy_admin_viewer'
  if (isAdmin && known.role !== role && known.organizationId !== null)
    throw refused(
      `the user '${known.id}' was made by the admin of an organization, and cannot become an admin of the gateway; ` +
        'remove them first',
    )
}

/** True when this user is somebody else at the same provider: an address alone is not enough then. */
export function isSomebodyElse({ externalId: known }: AccountRow, { externalId: given }: UserFacts): boolean {
  if (known === null || given === undefined || known === given) return false
  return known.startsWith(given.slice(0, given.indexOf(':') + 1))
}

/** Somebody whom the provider knows, and who may not come in here. */
export function refused(reason: string): SluiceError {
  return createError({ kind: 'permission', type: 'auth_error', message: `Signing in is refused: ${reason}.` })
}
