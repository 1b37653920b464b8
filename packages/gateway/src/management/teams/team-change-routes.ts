import type { FastifyRequest } from 'fastify'
import { badRequest } from 'sluice/internal'
import type { AccountRow } from '../../db/rows.ts'
import { aliasesWithin } from '../accounts/aliases-within.ts'
import { warned } from '../accounts/kept-fields.ts'
import { checkWithin } from '../accounts/within-organization.ts'
import { ORGANIZATION } from '../organizations/organization-json.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { withGuarded } from './guarded-metadata.ts'
import { defaultsAnswer, TeamDefaultsBody } from './team-defaults.ts'
import { TEAM, teamAnswer } from './team-json.ts'
import { DeleteTeamsBody, NewTeamBody, TeamIdBody, TeamModelsBody, UpdateTeamBody } from './team-schemas.ts'
import type { TeamRooms } from './teams.ts'

const tags = ['Teams']

/** Making, changing and removing teams. */
export function addTeamChanges(routes: TypedRoutes, rooms: TeamRooms): void {
  const { teams, accounts, defaults } = rooms
  routes.post(
    '/team/new',
    { schema: { body: NewTeamBody, tags, summary: 'Make a team; whoever makes it is its admin' } },
    async request => {
      const { organization_id: organizationId, model_aliases: aliases } = request.body
      const reach = await permitOf(request).reach({ organizationId }, request.body)
      await aliasesWithin(accounts, { aliases, organizationId, reach }, request)
      const { row, members, warnings } = await teams.create(await defaults.fill(request.body), request)
      return { ...teamAnswer(row, members), ...warned(warnings) }
    },
  )
  routes.post(
    '/team/update',
    { schema: { body: UpdateTeamBody, tags, summary: 'Change a team; null clears a field' } },
    async request => {
      const { team_id: id, ...body } = request.body
      const permit = permitOf(request)
      const reach = await permit.reach({ teamId: id }, request.body)
      const before = await accounts.find(TEAM, id)
      const { organizationId, metadata } = before
      if (reach === 'team' && body.metadata !== undefined)
        body.metadata = { ...withGuarded(body.metadata, metadata) }
      if (body.organization_id !== undefined && body.organization_id !== organizationId)
        await permit.reach({ organizationId: body.organization_id })
      const team = reach === 'team' ? before : undefined
      await aliasesWithin(accounts, { aliases: body.model_aliases, team, organizationId, reach }, request)
      const own = reach === 'team' ? callerOfRequest(request).record.userId : undefined
      const { row, members, warnings } = await teams.update(id, body, own, request)
      return { team_id: id, data: teamAnswer(row, members), ...warned(warnings) }
    },
  )
  routes.post(
    '/team/delete',
    {
      schema: { body: DeleteTeamsBody, tags, summary: 'Remove teams with their keys, members and projects' },
    },
    async request => {
      const ids = request.body.team_ids
      for (const teamId of new Set(ids)) await permitOf(request).reach({ teamId })
      const rows = await teams.remove(ids, request)
      return { deleted_teams: rows.map(({ id }) => id), teams: rows.map(row => teamAnswer(row, [])) }
    },
  )
  addBlocking(routes, rooms)
  addModelRoutes(routes, rooms)
  addSettingRoutes(routes, rooms)
}

function addBlocking(routes: TypedRoutes, { accounts, members }: TeamRooms): void {
  for (const [path, blocked] of [
    ['/team/block', true],
    ['/team/unblock', false],
  ] as const) {
    const summary = blocked ? "Stop a team's keys until it is unblocked" : "Let a team's keys work again"
    routes.post(path, { schema: { body: TeamIdBody, tags, summary } }, async request => {
      const { team_id: teamId } = request.body
      await permitOf(request).reach({ teamId })
      const row = await accounts.setBlocked(TEAM, teamId, blocked, request)
      return teamAnswer(row, await members.of([teamId]))
    })
  }
}

function addModelRoutes(routes: TypedRoutes, { accounts, members }: TeamRooms): void {
  async function change(
    request: FastifyRequest,
    teamId: string,
    modelsOf: (before: AccountRow) => readonly string[],
  ): Promise<object> {
    await permitOf(request).reach({ teamId })
    const { groups } = accounts.modelNames()
    const row = await accounts.write(request, async writer => {
      const after = await writer.change(TEAM, teamId, before => ({ models: modelsOf(before) }))
      if (after.organizationId !== null)
        checkWithin(after, ORGANIZATION, await accounts.find(ORGANIZATION, after.organizationId), groups)
      return after
    })
    return teamAnswer(row, await members.of([teamId]))
  }
  routes.post(
    '/team/model/add',
    { schema: { body: TeamModelsBody, tags, summary: "Add models to a team's list" } },
    async request => {
      const { team_id: id, models } = request.body
      return await change(request, id, before => [...new Set([...before.models, ...models])])
    },
  )
  routes.post(
    '/team/model/delete',
    { schema: { body: TeamModelsBody, tags, summary: "Take models from a team's list" } },
    async request => {
      const { team_id: id, models } = request.body
      return await change(request, id, before => {
        const left = before.models.filter(model => !models.includes(model))
        if (left.length > 0 || before.models.length === 0) return left
        throw badRequest(
          'models: no model would be left, and an empty list allows every model. Leave one, or set models to ["no-default-models"] by /team/update.',
          'models',
        )
      })
    },
  )
}

function addSettingRoutes(routes: TypedRoutes, { defaults }: TeamRooms): void {
  routes.get(
    '/get/default_team_settings',
    { schema: { tags, summary: 'What new teams get where nobody says otherwise' } },
    async () => defaultsAnswer(await defaults.read()),
  )
  routes.patch(
    '/update/default_team_settings',
    {
      schema: {
        body: TeamDefaultsBody,
        tags,
        summary: 'Change what new teams get; null takes a default away',
      },
    },
    async request => ({
      message: 'Default team settings updated successfully',
      status: 'success',
      settings: await defaults.update(request.body, request),
    }),
  )
}
