import { isUserRole, type UserRole } from '../../../auth/roles.ts'
import type { AccountRow } from '../../../db/rows.ts'

/** What each role may do, the least first. */
const RANKS: readonly UserRole[] = [
  'internal_user_viewer',
  'internal_user',
  'proxy_admin_viewer',
  'proxy_admin',
]

/** Whether a user must sign in again after this change: they were stopped, or may do less than before. */
export function endsSessions(before: AccountRow, after: AccountRow): boolean {
  return (after.blocked && !before.blocked) || rankOf(after) < rankOf(before)
}

function rankOf({ role }: AccountRow): number {
  return isUserRole(role) ? RANKS.indexOf(role) : 0
}
