import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { AccountRow } from '../../db/rows.ts'
import { newAccount } from '../accounts/account-fields.ts'
import { TEAM } from '../teams/team-json.ts'
import { USERS } from '../users/user-json.ts'
import { listResources } from './list-resources.ts'
import { type PatchOperation, patched, type Resource } from './patch.ts'
import { scimError } from './scim-error.ts'
import {
  about,
  type BaseOf,
  ById,
  ListQuery,
  PatchBody,
  ResourceBody,
  type ScimRooms,
} from './scim-user-routes.ts'
import { isObject, metaOf, storedOf, textOf, withStored } from './user-resource.ts'

export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** `/scim/v2/Groups`: teams, and who is in them. */
export function addGroupRoutes(scope: FastifyInstance, rooms: ScimRooms, baseOf: BaseOf): void {
  const url = '/scim/v2/Groups'
  const { accounts } = rooms
  const show = async (row: AccountRow, request: FastifyRequest) =>
    (await resourcesOf([row], rooms, baseOf(request)))[0]
  scope.get(url, { schema: { querystring: ListQuery, ...about('List groups') } }, async request =>
    listResources(request.query as z.infer<typeof ListQuery>, {
      kind: 'team',
      list: filter => accounts.list(TEAM, filter),
      resourcesOf: rows => resourcesOf(rows, rooms, baseOf(request)),
      candidates: groupCandidates,
    }),
  )
  scope.post(url, { schema: { body: ResourceBody, ...about('Make a group') } }, async (request, reply) => {
    const row = await createGroup(request.body as Resource, rooms, request)
    void reply.status(201).header('location', `${baseOf(request)}/Groups/${encodeURIComponent(row.id)}`)
    return await show(row, request)
  })
  scope.get(`${url}/:id`, { schema: { params: ById, ...about('One group') } }, async request =>
    show(await find(request, rooms), request),
  )
  const replace = async (before: AccountRow, resource: Resource, request: FastifyRequest) => {
    const wanted = membersOf(resource)
    const row = await accounts.change(TEAM, before.id, () => columnsOf(resource, before), request)
    await setMembers(row, wanted, rooms, request)
    return await show(row, request)
  }
  scope.put(
    `${url}/:id`,
    { schema: { params: ById, body: ResourceBody, ...about('Replace a group') } },
    async request => replace(await find(request, rooms), request.body as Resource, request),
  )
  scope.patch(
    `${url}/:id`,
    { schema: { params: ById, body: PatchBody, ...about('Change a group') } },
    async request => {
      const before = await find(request, rooms)
      const { Operations } = request.body as { readonly Operations: readonly PatchOperation[] }
      const [now = {}] = await resourcesOf([before], rooms, '')
      return await replace(before, patched(now, Operations), request)
    },
  )
  addGroupRemoval(scope, rooms)
}

function addGroupRemoval(scope: FastifyInstance, rooms: ScimRooms): void {
  scope.delete(
    '/scim/v2/Groups/:id',
    { schema: { params: ById, ...about('Remove a group with its keys') } },
    async (request, reply) => {
      await rooms.teams.remove([(await find(request, rooms)).id], request)
      return reply.status(204).send()
    },
  )
}

function groupCandidates(path: string, value: string) {
  if (path === 'id') return [{ ids: [value] }]
  if (path === 'externalid') return [{ externalId: value }]
  return path === 'displayname' ? [{ alias: value }] : []
}

/** A group's id is the directory's own, which tokens name too; or a new one. */
async function createGroup(
  resource: Resource,
  rooms: ScimRooms,
  request: FastifyRequest,
): Promise<AccountRow> {
  const { accounts } = rooms
  const id = textOf(resource['externalId']) ?? randomUUID()
  if ((await accounts.peek(TEAM, id)) !== undefined)
    throw scimError(409, `There is a group ${id} already.`, 'uniqueness')
  const wanted = membersOf(resource)
  await refuseStrangers(wanted, rooms)
  const row = newAccount('team', id, accounts.context(request), columnsOf(resource, undefined))
  await accounts.create(TEAM, row, request)
  await setMembers(row, wanted, rooms, request)
  return row
}

function columnsOf(resource: Resource, before: AccountRow | undefined): Partial<AccountRow> {
  const alias = textOf(resource['displayName'])
  if (alias === undefined || alias.length > 256)
    throw scimError(400, 'displayName: must be a text of 1 to 256 characters.', 'invalidValue')
  const { members: _, ...rest } = resource
  return { alias, externalId: textOf(resource['externalId']) ?? null, details: withStored(before, rest) }
}

function membersOf({ members = [] }: Resource): readonly string[] {
  const ids = (Array.isArray(members) ? members : [members]).map(each =>
    isObject(each) ? textOf(each['value']) : undefined,
  )
  if (ids.includes(undefined))
    throw scimError(400, 'members: each must have a value, the id of a user.', 'invalidValue')
  return [...new Set(ids as readonly string[])]
}

async function refuseStrangers(ids: readonly string[], { accounts }: ScimRooms): Promise<void> {
  const there = new Set((await accounts.findMany(USERS, ids)).map(({ id }) => id))
  const stranger = ids.find(id => !there.has(id))
  if (stranger !== undefined) throw scimError(400, `members: there is no user ${stranger}.`, 'invalidValue')
}

/** Who was in the team and is wanted keeps their role and limits. */
async function setMembers(
  team: AccountRow,
  wanted: readonly string[],
  rooms: ScimRooms,
  request: FastifyRequest,
): Promise<void> {
  const { accounts, members } = rooms
  const rows = await members.of([team.id])
  const there = new Set(rows.map(({ userId }) => userId))
  const missing = wanted.filter(id => !there.has(id))
  await refuseStrangers(missing, rooms)
  const people = missing.map(user_id => ({ user_id, role: 'user' as const }))
  if (people.length > 0)
    await accounts.write(request, writer => members.add(writer, team, people, {}, request))
  for (const row of rows) if (!wanted.includes(row.userId ?? '')) await members.remove(row, request)
}

async function find(request: FastifyRequest, { accounts }: ScimRooms): Promise<AccountRow> {
  const { id } = request.params as z.infer<typeof ById>
  const row = await accounts.peek(TEAM, id)
  if (row === undefined) throw scimError(404, `There is no group ${id}.`)
  return row
}

async function resourcesOf(
  rows: readonly AccountRow[],
  { members }: ScimRooms,
  base: string,
): Promise<readonly Resource[]> {
  if (rows.length === 0) return []
  const byTeam = await members.byTeam(rows)
  return rows.map(row => ({
    schemas: [GROUP_SCHEMA],
    ...{ id: row.id, ...storedOf(row), displayName: row.alias ?? row.id },
    ...(row.externalId !== null && { externalId: row.externalId }),
    members: (byTeam.get(row.id) ?? []).map(({ userId, email }) => ({
      ...{ value: userId, display: email ?? userId, type: 'User' },
      $ref: `${base}/Users/${encodeURIComponent(userId ?? '')}`,
    })),
    meta: metaOf(row, 'Group', base),
  }))
}
