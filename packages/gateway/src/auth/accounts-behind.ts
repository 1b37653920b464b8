import { memberId } from '../db/accounts/member-id.ts'
import type { AccountKind, AccountRow, KeyRow } from '../db/rows.ts'
import type { CallerAccounts } from '../limits/subjects.ts'
import type { AccountCache } from './account-cache.ts'

type Found = AccountRow | undefined | Promise<AccountRow | undefined>

/**
 * The accounts a key belongs to; at once when all are in memory. Throws (or rejects with) `ServiceUnavailableError`
 * when nobody can tell: a key whose team is not known must not pass for one without a team.
 */
export function accountsBehind(
  row: KeyRow,
  accounts: Pick<AccountCache, 'account'>,
): CallerAccounts | Promise<CallerAccounts> {
  const find = (kind: AccountKind, id: string | null): Found =>
    id === null ? undefined : accounts.account(kind, id)
  const { userId, teamId, projectId } = row
  const user = find('user', userId)
  const team = find('team', teamId)
  const project = find('project', projectId)
  const member =
    userId !== null && teamId !== null ? find('team_member', memberId(teamId, userId)) : undefined
  // A user whom an organization's admin made stays within it, whatever keys they make for themselves; a session's
  // team has no account.
  const organizationOf = (ofTeam: AccountRow | undefined, ofUser: AccountRow | undefined) =>
    find('organization', row.organizationId ?? (ofTeam ?? ofUser)?.organizationId ?? null)
  const memberOf = (organization: AccountRow | undefined): Found =>
    organization !== undefined && userId !== null
      ? find('organization_member', memberId(organization.id, userId))
      : undefined
  if (isHere(user) && isHere(team) && isHere(project) && isHere(member)) {
    const organization = organizationOf(team, user)
    if (isHere(organization)) {
      const organizationMember = memberOf(organization)
      if (isHere(organizationMember)) return { user, team, member, project, organization, organizationMember }
    }
  }
  return gathered({ user, team, member, project }, organizationOf, memberOf)
}

async function gathered(
  { user, team, member, project }: Record<'user' | 'team' | 'member' | 'project', Found>,
  organizationOf: (team: AccountRow | undefined, user: AccountRow | undefined) => Found,
  memberOf: (organization: AccountRow | undefined) => Found,
): Promise<CallerAccounts> {
  const found = await Promise.all([user, team, member, project])
  const organization = await organizationOf(found[1], found[0])
  return {
    user: found[0],
    team: found[1],
    member: found[2],
    project: found[3],
    organization,
    organizationMember: await memberOf(organization),
  }
}

function isHere(found: Found): found is AccountRow | undefined {
  return !(found instanceof Promise)
}
