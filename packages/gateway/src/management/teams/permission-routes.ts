import type { AccountRow } from '../../db/rows.ts'
import { permitOf } from '../protect-routes.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { checkPermissions, GRANTABLE } from './member-permissions.ts'
import { TEAM, teamAnswer } from './team-json.ts'
import { BulkPermissionsBody, TeamIdQuery, UpdatePermissionsBody } from './team-schemas.ts'
import type { TeamRooms } from './teams.ts'

const tags = ['Teams']
const AT_ONCE = 500

/** What members of a team may do besides. */
export function addPermissionRoutes(routes: TypedRoutes, rooms: TeamRooms): void {
  const { accounts, members } = rooms
  routes.get(
    '/team/permissions_list',
    { schema: { querystring: TeamIdQuery, tags, summary: 'What members of a team may do, and could' } },
    async request => {
      const { team_id: teamId } = request.query
      await permitOf(request).reach({ teamId })
      const { details } = await accounts.find(TEAM, teamId)
      return {
        team_id: teamId,
        team_member_permissions: details['team_member_permissions'] ?? [],
        all_available_permissions: GRANTABLE,
      }
    },
  )
  routes.post(
    '/team/permissions_update',
    { schema: { body: UpdatePermissionsBody, tags, summary: 'Set what members of a team may do' } },
    async request => {
      const { team_id: teamId, team_member_permissions: permissions } = request.body
      await permitOf(request).reach({ teamId })
      checkPermissions(permissions)
      const row = await accounts.change(TEAM, teamId, set(permissions), request)
      return teamAnswer(row, await members.of([teamId]))
    },
  )
  addBulk(routes, rooms)
}

function addBulk(routes: TypedRoutes, { accounts, teams }: TeamRooms): void {
  routes.post(
    '/team/permissions_bulk_update',
    {
      schema: {
        body: BulkPermissionsBody,
        tags,
        summary: 'Set what members of many teams may do, one after the other',
      },
    },
    async request => {
      const { team_ids: named, permissions } = request.body
      checkPermissions(permissions, 'permissions')
      const permit = permitOf(request)
      const ids = named ?? (await all(await permit.scope()))
      for (const teamId of named ?? []) await permit.reach({ teamId })
      for (const id of ids) await accounts.change(TEAM, id, set(permissions), request)
      return {
        message: `Permissions of ${ids.length} teams updated`,
        teams_updated: ids.length,
        permissions,
      }
    },
  )

  async function all(scope: Parameters<typeof teams.list>[0]): Promise<readonly string[]> {
    const ids: string[] = []
    for (let page = 1; ; page += 1) {
      const { rows } = await teams.list(scope, { page, size: AT_ONCE, sortBy: 'id', sortOrder: 'asc' })
      ids.push(...rows.map(({ id }) => id))
      if (rows.length < AT_ONCE) return ids
    }
  }
}

function set(permissions: readonly string[]) {
  return ({ details }: AccountRow) => ({ details: { ...details, team_member_permissions: permissions } })
}
