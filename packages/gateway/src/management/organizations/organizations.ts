import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Scope } from '../../auth/access/permit.ts'
import type { AccountRow } from '../../db/rows.ts'
import type { AccountsOffice } from '../accounts/accounts-office.ts'
import { warned } from '../accounts/kept-fields.ts'
import { callerOfRequest, permitOf, protectRoutes } from '../protect-routes.ts'
import { streamedList } from '../streamed-list.ts'
import { teamAnswer } from '../teams/team-json.ts'
import { openTeamRooms, type TeamServices } from '../teams/teams.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { ORGANIZATION, organizationAnswer, organizationMembership } from './organization-json.ts'
import { addOrganizationMembers } from './organization-member-routes.ts'
import { OrganizationOffice } from './organization-office.ts'
import {
  DeleteOrganizationsBody,
  ListOrganizationsQuery,
  NewOrganizationBody,
  OrganizationQuery,
  OrganizationsBody,
  UpdateOrganizationBody,
} from './organization-schemas.ts'

const tags = ['Organizations']
/** Organizations one answer may hold. */
const MOST = 100_000
/** Organizations read together for it, with all their teams and members. */
const AT_ONCE = 10

/** What the routes of organizations work with. */
export interface OrganizationRooms {
  readonly accounts: AccountsOffice
  readonly office: OrganizationOffice
}

/** `/organization/*`, LiteLLM's endpoints of organizations: a Fastify plugin. */
export async function registerOrganizationRoutes(
  app: FastifyInstance,
  services: TeamServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    const { accounts, teams } = openTeamRooms(services)
    const rooms = { accounts, office: new OrganizationOffice(accounts, teams) }
    addReading(routes, rooms)
    addChanging(routes, rooms)
    addOrganizationMembers(routes, rooms)
  })
}

function addReading(routes: TypedRoutes, { accounts, office }: OrganizationRooms): void {
  routes.get(
    '/organization/list',
    { schema: { querystring: ListOrganizationsQuery, tags, summary: 'Organizations you may see' } },
    async (request, reply) => {
      const { org_id: id, org_alias: search } = request.query
      const within = await visible(office, await permitOf(request).scope(), request)
      const filter = { ...(id !== undefined && { ids: [id] }), search, within, page: 1, size: MOST }
      const ids = await accounts.listIds(ORGANIZATION, { ...filter, sortBy: 'alias', sortOrder: 'asc' })
      return await streamedList(reply, ids, AT_ONCE, async some =>
        withPeople(office, await accounts.findMany(ORGANIZATION, some)),
      )
    },
  )
  routes.get(
    '/organization/info',
    {
      schema: { querystring: OrganizationQuery, tags, summary: 'An organization, its members and its teams' },
    },
    async request => {
      const { organization_id: organizationId } = request.query
      await permitOf(request).reach({ organizationId })
      const [answer] = await withPeople(office, [await accounts.find(ORGANIZATION, organizationId)])
      return answer
    },
  )
  routes.post(
    '/organization/info',
    { schema: { body: OrganizationsBody, tags, summary: 'Several organizations; of old, use GET' } },
    async request => {
      const { organizations: ids } = request.body
      for (const organizationId of new Set(ids)) await permitOf(request).reach({ organizationId })
      return await withPeople(office, await accounts.findMany(ORGANIZATION, ids))
    },
  )
}

async function withPeople(office: OrganizationOffice, rows: readonly AccountRow[]) {
  const ids = rows.map(({ id }) => id)
  const members = Map.groupBy(await office.members(ids), ({ organizationId }) => organizationId)
  const teams = Map.groupBy(await office.teams(ids), ({ organizationId }) => organizationId)
  return rows.map(row => ({
    ...organizationAnswer(row),
    members: (members.get(row.id) ?? []).map(organizationMembership),
    teams: (teams.get(row.id) ?? []).map(team => teamAnswer(team, [])),
  }))
}

/** Their admins see organizations, and so do their members. */
async function visible(office: OrganizationOffice, scope: Scope, request: FastifyRequest) {
  if (scope === 'any') return undefined
  const { userId } = callerOfRequest(request).record
  return { ids: [...scope.organizationIds, ...(await office.ofUser(userId))], organizationIds: [] }
}

function addChanging(routes: TypedRoutes, { office }: OrganizationRooms): void {
  routes.post(
    '/organization/new',
    { schema: { body: NewOrganizationBody, tags, summary: 'Make an organization' } },
    async request => {
      const { row, warnings } = await office.create(request.body, request)
      return { ...organizationAnswer(row), ...warned(warnings) }
    },
  )
  routes.patch(
    '/organization/update',
    {
      schema: { body: UpdateOrganizationBody, tags, summary: 'Change an organization; null clears a field' },
    },
    async request => {
      const { organization_id: id, ...body } = request.body
      await permitOf(request).reach({ organizationId: id }, request.body)
      const { row, warnings } = await office.update(id, body, request)
      return { ...organizationAnswer(row), ...warned(warnings) }
    },
  )
  routes.delete(
    '/organization/delete',
    {
      schema: {
        body: DeleteOrganizationsBody,
        tags,
        summary: 'Remove organizations with their teams, keys and members',
      },
    },
    async request => {
      const rows = await office.remove(request.body.organization_ids, request)
      return rows.map(organizationAnswer)
    },
  )
}
