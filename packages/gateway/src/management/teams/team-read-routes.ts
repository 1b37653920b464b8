import { badRequest } from 'sluice/internal'
import { warned } from '../accounts/kept-fields.ts'
import { pageAnswer } from '../accounts/page.ts'
import { keyInfo } from '../keys/key-json.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import { streamedList } from '../streamed-list.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { memberRole, membership, TEAM, teamAnswer } from './team-json.ts'
import type { TeamFilter } from './team-office.ts'
import { FilterTeamsQuery, ListTeamsQuery, PageTeamsQuery, TeamIdPath, TeamIdQuery } from './team-schemas.ts'
import type { TeamRooms } from './teams.ts'

const tags = ['Teams']

/** Teams one answer of `/team/list` may hold, and those it shows keys of: it has no pages. */
const MOST_TEAMS = 100_000
const MOST_WITH_KEYS = 100
/** Teams read together for it. */
const AT_ONCE = 100
/** Keys of one team that an answer shows. */
const MOST_KEYS = 500

/** LiteLLM's name for teams in no organization. */
const NO_ORGANIZATION = 'default_organization'

/** Looking at teams. */
export function addTeamReading(routes: TypedRoutes, rooms: TeamRooms): void {
  addWholeList(routes, rooms)
  addPages(routes, rooms)
  addAvailable(routes, rooms)
  const { accounts, members, services } = rooms
  routes.get(
    '/team/info',
    { schema: { querystring: TeamIdQuery, tags, summary: 'A team, its members and its keys' } },
    async request => {
      const { team_id: id } = request.query
      const reach = await permitOf(request).reach({ teamId: id })
      const row = await accounts.find(TEAM, id)
      const people = await members.of([id])
      // What others' keys are called and have spent is for those who run the team.
      const userId = reach === 'member' ? (callerOfRequest(request).record.userId ?? '') : undefined
      const of = { teamId: id, ...(userId === undefined ? {} : { userId }) }
      const keys = await services.database.keys.list({ ...of, page: 1, size: MOST_KEYS })
      return {
        team_id: id,
        team_info: teamAnswer(row, people),
        keys: keys.rows.map(keyInfo),
        total_keys: keys.total,
        team_memberships: people.map(membership),
        ...warned(keysLeftOut(id, keys)),
      }
    },
  )
  routes.get(
    '/team/:team_id/members/me',
    { schema: { params: TeamIdPath, tags, summary: 'What you are, have and spent in a team' } },
    async request => {
      const { team_id: teamId } = request.params
      await permitOf(request).reach({ teamId })
      const { userId } = callerOfRequest(request).record
      const row = await members.find(teamId, { user_id: userId ?? '' })
      return { ...memberRole(row), ...membership(row) }
    },
  )
}

/** Says where the rest is. */
function keysLeftOut(teamId: string, { rows, total }: { rows: readonly unknown[]; total: number }) {
  if (rows.length === total) return []
  const all = `/key/list?team_id=${encodeURIComponent(teamId)}`
  return [`\`keys\` has the newest ${rows.length} of ${total} keys; ${all} has all of them, by page.`]
}

function addWholeList(routes: TypedRoutes, { teams, accounts, members, services }: TeamRooms): void {
  const keysOf = async (teamId: string) =>
    (await services.database.keys.list({ teamId, page: 1, size: MOST_KEYS })).rows.map(keyInfo)
  routes.get(
    '/team/list',
    {
      schema: {
        querystring: ListTeamsQuery,
        tags,
        summary: 'All teams you may see; /v2/team/list has pages',
      },
    },
    async (request, reply) => {
      const { user_id: userId, organization_id: organization } = request.query
      const scope = await permitOf(request).scope()
      const ids = await teams.listIds(scope, {
        ...{ userId, organizationIds: organizationsOf(organization), page: 1, size: MOST_TEAMS },
        ...{ sortBy: 'alias', sortOrder: 'asc' },
      })
      const showKeys = scope === 'any' && ids.length <= MOST_WITH_KEYS
      return await streamedList(reply, ids, AT_ONCE, async some => {
        const rows = await accounts.findMany(TEAM, some)
        const people = await members.byTeam(rows)
        return await Promise.all(
          rows.map(async row => ({
            ...teamAnswer(row, people.get(row.id) ?? []),
            team_memberships: (people.get(row.id) ?? []).map(membership),
            keys: showKeys ? await keysOf(row.id) : null,
          })),
        )
      })
    },
  )
}

function addPages(routes: TypedRoutes, { teams, members }: TeamRooms): void {
  routes.get(
    '/v2/team/list',
    { schema: { querystring: PageTeamsQuery, tags, summary: 'Teams, by page' } },
    async request => {
      const { query } = request
      const { rows, total } = await teams.list(await permitOf(request).scope(), pageFilter(query))
      const people = await members.byTeam(rows)
      return {
        teams: rows.map(row => teamAnswer(row, people.get(row.id) ?? [])),
        ...pageAnswer(total, query),
      }
    },
  )
  routes.get(
    '/team/filter/ui',
    { schema: { querystring: FilterTeamsQuery, tags, summary: 'Teams whose id or name has a text in it' } },
    async request => {
      const { team_id, team_alias, page, page_size: size } = request.query
      const filter = { search: team_alias ?? team_id, page, size, sortBy: 'alias', sortOrder: 'asc' } as const
      const { rows } = await teams.list(await permitOf(request).scope(), filter)
      return rows.map(row => teamAnswer(row, []))
    },
  )
}

function addAvailable(routes: TypedRoutes, { teams, accounts, services }: TeamRooms): void {
  routes.get(
    '/team/available',
    { schema: { tags, summary: 'Teams you may join by yourself' } },
    async request => {
      const open = services.settings().teams.available
      if (open.length === 0)
        throw badRequest(
          'No available teams for user to join. Set `litellm_settings.default_internal_user_params.available_teams`.',
        )
      const { userId } = callerOfRequest(request).record
      const mine = await teams.list('any', { userId: userId ?? '', ids: open, page: 1, size: open.length })
      const joined = new Set(mine.rows.map(({ id }) => id))
      const rows = await accounts.findMany(TEAM, open)
      return rows.filter(({ id }) => !joined.has(id)).map(row => teamAnswer(row, []))
    },
  )
}

function organizationsOf(id: string | undefined): readonly string[] | null | undefined {
  if (id === undefined) return undefined
  return id === NO_ORGANIZATION ? null : [id]
}

const SORTS = { team_id: 'id', team_alias: 'alias' } as const

type PageQuery = typeof PageTeamsQuery._zod.output

function pageFilter(query: PageQuery): TeamFilter {
  const { sort_by: by = 'team_alias' } = query
  return {
    userId: query.user_id,
    organizationIds: organizationsOf(query.organization_id),
    ...(query.team_id !== undefined && { ids: [query.team_id] }),
    search: query.search ?? query.team_alias,
    deleted: query.status === 'deleted',
    ...{ page: query.page, size: query.page_size },
    sortBy: by === 'team_id' || by === 'team_alias' ? SORTS[by] : by,
    sortOrder: query.sort_order,
  }
}
