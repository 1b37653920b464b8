import type { Caller } from '../caller.ts'
import type { Role } from '../roles.ts'

/** How a caller comes to an object, the widest way first. */
export type Reach = 'any' | 'organization' | 'team' | 'member' | 'own'

/**
 * Who may call one route of the management, and on which objects. The admin of the gateway may call all with all
 * fields; everybody who is not named is refused.
 */
export interface AccessRule {
  /** No credential is asked for: everybody who may reach the gateway at all. */
  readonly public?: true
  /** Roles that reach every object. */
  readonly any?: readonly Role[]
  /** Admins of an organization reach its objects. */
  readonly organization?: true
  /** Admins of a team reach its objects. */
  readonly team?: true
  /** Members of a team reach its objects: always, or when `team_member_permissions` of the team list the route. */
  readonly member?: 'always' | 'granted'
  /** Roles that reach what is their own. */
  readonly own?: readonly Role[]
  /** Body fields that a reach may send; one that is not listed here may send what the schema knows. */
  readonly fields?: Partial<Record<Reach, readonly string[]>>
}

/** True when there may be an object the caller reaches; which ones, `permit` decides. */
export function mayCall(rule: AccessRule, caller: Caller): boolean {
  const { role } = caller
  if (rule.public || role === 'proxy_admin' || rule.any?.includes(role) || rule.own?.includes(role))
    return true
  const { userId, teamId } = caller.record
  if (rule.organization && isPerson(role) && userId !== undefined) return true
  if ((rule.team || rule.member) && isPerson(role) && userId !== undefined) return true
  return role === 'team' && teamId !== undefined && rule.team === true
}

/** Roles whose memberships count. */
export function isPerson(role: Role): boolean {
  return role === 'internal_user' || role === 'internal_user_viewer' || role === 'proxy_admin_viewer'
}
