import type { JwtSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { AccountRow } from '../../db/rows.ts'
import type { AccountCache } from '../account-cache.ts'
import { ADMIN_USER_ID } from '../caller.ts'
import { type Directory, type Principal, principalRow } from '../door/principal.ts'
import { hashKey } from '../hash.ts'
import { type Reading, refused } from './read-claims.ts'

export interface PrincipalServices {
  readonly accounts: Pick<AccountCache, 'account'>
  readonly directory: Directory
}

/** Teams of one token that are looked at. */
const MOST_TEAMS = 200
const ACTOR = 'jwt'

/**
 * Whoever these claims may act as, one for each of its teams that exists; never empty. The first is whom a call without
 * a model is charged to. Rejects with `PermissionDeniedError`, or `ServiceUnavailableError` when nobody can tell.
 */
export async function findPrincipals(
  reading: Reading,
  wishedTeam: string | undefined,
  settings: JwtSettings,
  services: PrincipalServices,
): Promise<readonly Principal[]> {
  const user = await userOf(reading, settings, services)
  const teams = await teamsOf(reading, wishedTeam, settings, services)
  const organizationId = await organizationOf(reading, services)
  const userId = user?.id ?? reading.userId ?? null
  const ids = teams.map(({ id }) => id)
  if (user && (settings.team.addUser || settings.user.sync))
    await services.directory.join(user.id, ids, { actor: ACTOR, only: settings.user.sync })
  const role = reading.role ?? (teams.length > 0 && userId === null ? 'team' : undefined)
  const routes = role === 'team' && reading.routes.length === 0 ? settings.team.allowedRoutes : reading.routes
  const of = (teamId: string | null): Principal => ({
    role,
    endUserId: reading.endUserId,
    row: principalRow(`hashed-jwt-${hashKey([reading.subject, userId ?? teamId].join(' '))}`, {
      keyAlias: null,
      ...{ userId, teamId, organizationId, models: reading.models, allowedRoutes: routes },
    }),
  })
  return teams.length === 0 ? [of(null)] : ids.map(of)
}

async function userOf(
  { userId, email, name, userRole }: Reading,
  { user }: JwtSettings,
  { accounts, directory }: PrincipalServices,
): Promise<AccountRow | undefined> {
  const id = userId ?? email
  if (id === undefined) return undefined
  if (id === ADMIN_USER_ID) throw refused(`its user '${id}' is the holder of the master key`)
  const known = await accounts.account('user', id)
  const isBehind = user.sync && userRole !== undefined && known?.role !== userRole
  if (known !== undefined && !isBehind) return known
  if (known === undefined && !user.upsert) return undefined
  return await directory.ensureUser({ id, email, name, role: userRole }, { actor: ACTOR, sync: user.sync })
}

async function teamsOf(
  { teamIds, teamAlias, role }: Reading,
  wished: string | undefined,
  { team }: JwtSettings,
  { accounts, directory }: PrincipalServices,
): Promise<readonly AccountRow[]> {
  const aliased = teamAlias === undefined ? undefined : await directory.byAlias('team', teamAlias)
  const stated = aliased === undefined ? teamIds.slice(0, MOST_TEAMS) : [aliased.id]
  if (wished !== undefined && !stated.includes(wished))
    throw refused(`the team '${wished}' of x-litellm-team-id is not one of its teams`)
  const wanted = wished === undefined ? stated : [wished]
  const found: AccountRow[] = []
  for (const id of wanted) {
    if (team.upsert && (await accounts.account('team', id)) === undefined)
      await directory.ensureTeam(id, ACTOR)
    const row = await accounts.account('team', id)
    if (row !== undefined && !row.blocked) found.push(row)
  }
  const isNeeded = wanted.length > 0 || teamAlias !== undefined || team.enforceModels
  if (found.length === 0 && isNeeded && role !== 'proxy_admin')
    throw refused('none of its teams is known here and open. Make one with /team/new, or set team_id_upsert')
  return found
}

async function organizationOf(
  { organizationId, organizationAlias }: Reading,
  { accounts, directory }: PrincipalServices,
): Promise<string | null> {
  const row =
    organizationId !== undefined
      ? await accounts.account('organization', organizationId)
      : organizationAlias !== undefined
        ? await directory.byAlias('organization', organizationAlias)
        : undefined
  const stated = organizationId ?? organizationAlias
  if (row === undefined && stated !== undefined)
    throw refused(`its organization '${stated}' is not known here`)
  return row?.id ?? null
}
