import type { AccountRow } from '../db/rows.ts'

/** The roles of users, in LiteLLM's words, with what its admin pages call them. */
export const USER_ROLES = {
  proxy_admin: {
    ui_label: 'Admin (All Permissions)',
    description: 'admin over the gateway, has all permissions',
  },
  proxy_admin_viewer: {
    ui_label: 'Admin (View Only)',
    description: 'view all keys, spend, teams and users, and change nothing',
  },
  internal_user: {
    ui_label: 'Internal User (Create/Delete/View)',
    description: 'create, view and delete their own keys, view their own spend',
  },
  internal_user_viewer: {
    ui_label: 'Internal User (View Only)',
    description: 'view their own keys and spend',
  },
} as const

export type UserRole = keyof typeof USER_ROLES

/**
 * What a caller acts as. `key`: a key of no known user, which acts for nobody but itself; `team` and `customer`:
 * principals of a token. That somebody administers a team or an organization is a fact of their memberships.
 */
export type Role = UserRole | 'team' | 'customer' | 'key'

export function isUserRole(role: unknown): role is UserRole {
  return typeof role === 'string' && Object.hasOwn(USER_ROLES, role)
}

/** A user without a role, or with one nobody knows, may only look. */
export function roleOf(user: AccountRow | undefined): Role {
  if (user === undefined) return 'key'
  return isUserRole(user.role) ? user.role : 'internal_user_viewer'
}
