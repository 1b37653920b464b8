import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SluiceError } from 'sluice/internal'
import { z } from 'zod'
import type { AccountRow } from '../../db/rows.ts'
import { newAccount } from '../accounts/account-fields.ts'
import type { TeamRooms } from '../teams/teams.ts'
import { keepMemberships, membershipsOf } from '../users/memberships.ts'
import { userChanges } from '../users/user-changes.ts'
import { readUserDefaults } from '../users/user-defaults.ts'
import { USERS } from '../users/user-json.ts'
import type { UserOffice } from '../users/user-office.ts'
import { listResources } from './list-resources.ts'
import { type PatchOperation, patched, type Resource } from './patch.ts'
import { scimError } from './scim-error.ts'
import { userColumns, userNameOf, userResource } from './user-resource.ts'

export interface ScimRooms extends TeamRooms {
  readonly users: UserOffice
}

export type BaseOf = (request: FastifyRequest) => string

export const ResourceBody = z.record(z.string(), z.unknown())
export const ById = z.object({ id: z.string().min(1).max(1_000) })
export const ListQuery = z.object({
  filter: z.string().optional(),
  startIndex: z.coerce
    .number()
    .int()
    .default(1)
    .transform(index => Math.max(1, index)),
  count: z.coerce
    .number()
    .int()
    .default(100)
    .transform(count => Math.min(500, Math.max(0, count))),
  attributes: z.string().optional(),
  excludedAttributes: z.string().optional(),
})
const Operation = z.object({
  // Entra writes "Add" and "Replace".
  op: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['add', 'replace', 'remove'])),
  path: z.string().max(1_000).optional(),
  value: z.unknown().optional(),
})
export const PatchBody = z.object({
  schemas: z.array(z.string()).optional(),
  Operations: z.array(Operation).min(1).max(1_000),
})
export const about = (summary: string) => ({ summary, tags: ['SCIM'] })
const MOST_MEMBERSHIPS = 10_000

/** `/scim/v2/Users`. */
export function addScimUserRoutes(scope: FastifyInstance, rooms: ScimRooms, baseOf: BaseOf): void {
  const url = '/scim/v2/Users'
  const { accounts, users } = rooms
  const show = async (row: AccountRow, request: FastifyRequest) =>
    (await resourcesOf([row], rooms, baseOf(request)))[0]
  scope.get(url, { schema: { querystring: ListQuery, ...about('List users') } }, async request =>
    listResources(request.query as z.infer<typeof ListQuery>, {
      kind: 'user',
      list: filter => accounts.list(USERS, filter),
      resourcesOf: rows => resourcesOf(rows, rooms, baseOf(request)),
      candidates: userCandidates,
    }),
  )
  scope.post(url, { schema: { body: ResourceBody, ...about('Make a user') } }, async (request, reply) => {
    const row = await createUser(request.body as Resource, rooms, request)
    void reply.status(201).header('location', `${baseOf(request)}/Users/${encodeURIComponent(row.id)}`)
    return await show(row, request)
  })
  scope.get(`${url}/:id`, { schema: { params: ById, ...about('One user') } }, async request =>
    show(await find(request, rooms), request),
  )
  scope.put(
    `${url}/:id`,
    { schema: { params: ById, body: ResourceBody, ...about('Replace a user') } },
    async request => {
      const before = await find(request, rooms)
      const columns = userColumns(request.body as Resource, before)
      return await show(await accounts.change(USERS, before.id, () => columns, request), request)
    },
  )
  scope.patch(
    `${url}/:id`,
    { schema: { params: ById, body: PatchBody, ...about('Change a user') } },
    async request => {
      const before = await find(request, rooms)
      const { Operations } = request.body as { readonly Operations: readonly PatchOperation[] }
      const resource = patched(userResource(before, [], ''), Operations)
      const columns = userColumns(resource, before)
      return await show(await accounts.change(USERS, before.id, () => columns, request), request)
    },
  )
  scope.delete(
    `${url}/:id`,
    { schema: { params: ById, ...about('Remove a user with their keys') } },
    async (request, reply) => {
      await users.remove([(await find(request, rooms)).id], request)
      return reply.status(204).send()
    },
  )
}

function userCandidates(path: string, value: string) {
  if (path === 'id') return [{ ids: [value] }]
  if (path === 'externalid') return [{ externalId: value }]
  if (path === 'username') return [{ ids: [value] }, { email: value.toLowerCase() }]
  return path === 'emails' || path === 'emails.value' ? [{ email: value.toLowerCase() }] : []
}

/** A new user has what new users get; who was there already is a conflict. */
async function createUser(
  resource: Resource,
  { accounts, users }: ScimRooms,
  request: FastifyRequest,
): Promise<AccountRow> {
  const id = userNameOf(resource)
  const columns = userColumns(resource, undefined)
  const { email } = columns
  const { rows } = email == null ? { rows: [] } : await accounts.list(USERS, { email, page: 1, size: 1 })
  if (rows.length > 0 || (await accounts.peek(USERS, id)) !== undefined)
    throw scimError(409, `There is a user with this userName or address already: ${id}.`, 'uniqueness')
  const { database, userDefaults } = users.services
  const { teams, user_role: role, ...fields } = await readUserDefaults(database, userDefaults())
  const context = accounts.context(request)
  const row = newAccount('user', id, context, {
    ...userChanges(fields, undefined, context).changes,
    ...{ role: role ?? 'internal_user_viewer', ...columns },
  })
  try {
    await accounts.write(request, async writer => {
      await writer.create(USERS, row)
      await keepMemberships(membershipsOf({ teams, organizations: undefined }, id, context), database, writer)
    })
  } catch (error) {
    if ((await accounts.peek(USERS, id)) === undefined) throw error
    throw scimError(409, (error as SluiceError).message, 'uniqueness')
  }
  return row
}

async function find(request: FastifyRequest, { accounts }: ScimRooms): Promise<AccountRow> {
  const { id } = request.params as z.infer<typeof ById>
  const row = await accounts.peek(USERS, id)
  if (row === undefined) throw scimError(404, `There is no user ${id}.`)
  return row
}

async function resourcesOf(
  rows: readonly AccountRow[],
  { accounts, services }: ScimRooms,
  base: string,
): Promise<readonly Resource[]> {
  if (rows.length === 0) return []
  const filter = {
    kind: 'team_member',
    userIds: rows.map(({ id }) => id),
    page: 1,
    size: MOST_MEMBERSHIPS,
  } as const
  const members = (await services.database.accounts.list(filter)).rows
  const teamIds = [...new Set(members.flatMap(({ teamId }) => teamId ?? []))]
  const teams = await accounts.findMany({ ...USERS, kind: 'team' }, teamIds)
  const byId = new Map(teams.map(team => [team.id, team]))
  return rows.map(row => {
    const own = members
      .filter(({ userId }) => userId === row.id)
      .flatMap(({ teamId }) => byId.get(teamId ?? '') ?? [])
    return userResource(row, own, base)
  })
}
