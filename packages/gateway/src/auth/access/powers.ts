import type { AccountStore } from '../../db/accounts/account-store.ts'
import type { Caller } from '../caller.ts'
import { isPerson } from './access-rule.ts'

/** What somebody may do by their memberships, read from the database for each request that asks. */
export interface Powers {
  /** Organizations whose admin they are. */
  readonly organizations: ReadonlySet<string>
  /** Teams whose admin they are. */
  readonly teams: ReadonlySet<string>
  /** Team they are a member of → routes that its members may call besides. */
  readonly memberOf: ReadonlyMap<string, readonly string[]>
}

const NONE: Powers = { organizations: new Set(), teams: new Set(), memberOf: new Map() }

/** Memberships of one user that are read; who is in more teams has no power in the rest. */
const MOST = 10_000

/** Rejects with `ServiceUnavailableError`. */
export async function powersOf(
  { role, record, accounts }: Caller,
  store: Pick<AccountStore, 'list' | 'findMany'>,
): Promise<Powers> {
  if (role === 'team' && record.teamId !== undefined)
    return { ...NONE, memberOf: new Map([[record.teamId, permissionsOf(accounts.team?.details)]]) }
  const { userId } = record
  if (!isPerson(role) || userId === undefined) return NONE
  const of = { userIds: [userId], page: 1, size: MOST }
  const [inTeams, inOrganizations] = await Promise.all([
    store.list({ kind: 'team_member', ...of }),
    store.list({ kind: 'organization_member', ...of, role: 'org_admin' }),
  ])
  const teamIds = inTeams.rows.flatMap(({ teamId }) => (teamId === null ? [] : [teamId]))
  const teams = await store.findMany(teamIds.map(id => ({ kind: 'team' as const, id })))
  const admin = inTeams.rows.flatMap(row => (row.role === 'admin' && row.teamId !== null ? [row.teamId] : []))
  return {
    organizations: new Set(
      inOrganizations.rows.flatMap(({ organizationId }) => (organizationId === null ? [] : [organizationId])),
    ),
    teams: new Set(admin),
    memberOf: new Map(teams.map(team => [team.id, permissionsOf(team.details)])),
  }
}

function permissionsOf(details: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  const listed = details?.['team_member_permissions']
  return Array.isArray(listed) ? listed.filter(each => typeof each === 'string') : []
}
