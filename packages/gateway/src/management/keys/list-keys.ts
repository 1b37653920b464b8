import type { FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import type { z } from 'zod'
import type { Scope } from '../../auth/access/permit.ts'
import type { KeyFilter, KeyOwners } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import { deletedKeyObject, keyObject } from './key-json.ts'
import { hashOfReference, type KeyOffice } from './key-office.ts'
import type { AliasesQuery, ListKeysQuery } from './key-schemas.ts'

type Query = z.infer<typeof ListKeysQuery>

/** `/key/list`: who is not the admin sees their own, and with `include_team_keys` what their teams have. */
export async function listKeys(office: KeyOffice, query: Query, request: FastifyRequest) {
  const { keys } = office.services.database
  const filter = await filterFor(office, query, request)
  const { page, size } = query
  const expands = (query.expand ?? query['expand[]'] ?? []).includes('user')
  if (query.status === 'deleted') {
    const { rows, total } = await keys.listDeleted(filter)
    return paged(rows.map(deletedKeyObject), total, page, size)
  }
  const { rows, total } = await keys.list(filter)
  if (!expands && !query.return_full_object)
    return paged(
      rows.map(row => row.tokenHash),
      total,
      page,
      size,
    )
  if (!expands) return paged(rows.map(keyObject), total, page, size)
  const ids = [...new Set(rows.flatMap(({ userId }) => (userId === null ? [] : [userId])))]
  const users = await office.services.database.accounts.findMany(ids.map(id => ({ kind: 'user', id })))
  const byId = new Map(users.map(user => [user.id, user]))
  return paged(
    rows.map(row => ({ ...keyObject(row), user: userObject(byId.get(row.userId ?? '')) })),
    total,
    page,
    size,
  )
}

/** `/key/aliases`: names for a menu. */
export async function listAliases(
  office: KeyOffice,
  query: z.infer<typeof AliasesQuery>,
  request: FastifyRequest,
) {
  const { page, size, search } = query
  const { rows, total } = await office.services.database.keys.list({
    ...{ page, size, search: search ?? '', sortBy: 'key_alias', sortOrder: 'asc' },
    ...visible(await permitOf(request).scope(), { teams: true }),
  })
  const { keys: aliases, ...counts } = paged(
    rows.map(row => row.keyAlias),
    total,
    page,
    size,
  )
  return { aliases, ...counts }
}

function paged<T>(keys: readonly T[], total: number, page: number, size: number) {
  return { keys, total_count: total, current_page: page, total_pages: Math.ceil(total / size) }
}

function filterOf(query: Query): KeyFilter {
  const wanted = {
    userId: query.user_id,
    teamId: query.team_id,
    organizationId: query.organization_id,
    projectId: query.project_id,
    accessGroupId: query.access_group_id,
    keyHash: query.key_hash === undefined ? undefined : hashOfReference(query.key_hash),
    keyAlias: query.key_alias,
    sortBy: query.sort_by,
    sortOrder: query.sort_order,
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  return { page: query.page, size: query.size, ...Object.fromEntries(given) }
}

async function filterFor(office: KeyOffice, query: Query, request: FastifyRequest): Promise<KeyFilter> {
  const { userId, ...filter } = filterOf(query)
  const widened = await widerThanUser(office, query, request)
  if (widened !== undefined) return { ...filter, anyOf: widened }
  return { ...filter, ...(userId === undefined ? {} : { userId }), ...(await ownersOf(query, request)) }
}

/** Whose keys the sender sees of those it asked for. Throws `PermissionDeniedError` for somebody else's. */
async function ownersOf(query: Query, request: FastifyRequest): Promise<Pick<KeyFilter, 'anyOf'>> {
  const scope = await permitOf(request).scope()
  const { record } = callerOfRequest(request)
  if (scope === 'any') return {}
  const { user_id: user, team_id: team, organization_id: organization } = query
  const isBeyond =
    (user !== undefined &&
      user !== scope.userId &&
      scope.teamIds.length + scope.organizationIds.length === 0) ||
    (team !== undefined && !scope.teamIds.includes(team) && scope.organizationIds.length === 0) ||
    (organization !== undefined && !scope.organizationIds.includes(organization))
  if (isBeyond)
    throw createError({
      kind: 'permission',
      type: 'auth_error',
      message:
        "You are not authorized to check this user's, team's or organization's keys. Ask for your own.",
    })
  const asksForOthers =
    [team, organization, query.project_id].some(each => each !== undefined) || user !== undefined
  const own = visible(scope, { teams: query.include_team_keys || (asksForOthers && user !== scope.userId) })
  const createdBy = query.include_created_by_keys ? record.userId : undefined
  return { anyOf: { ...own.anyOf, ...(createdBy === undefined ? {} : { createdBy }) } }
}

/** Asked for one user with what that user's teams have or hands made: any of these, not the user's alone. */
async function widerThanUser(
  office: KeyOffice,
  { user_id: user, include_created_by_keys: made, include_team_keys: teams }: Query,
  request: FastifyRequest,
): Promise<KeyOwners | undefined> {
  if (user === undefined || !(made || teams)) return undefined
  const isSelf = user === callerOfRequest(request).record.userId
  if (!isSelf && (await permitOf(request).scope()) !== 'any') return undefined
  const { accounts } = office.services.database
  const { rows } = teams
    ? await accounts.list({ kind: 'team_member', userIds: [user], role: 'admin', page: 1, size: MOST_TEAMS })
    : { rows: [] }
  return {
    userIds: [user],
    teamIds: rows.flatMap(({ teamId }) => teamId ?? []),
    ...(made ? { createdBy: user } : {}),
  }
}

/** Teams of one user whose keys are listed with the user's. */
const MOST_TEAMS = 1_000

function visible(scope: Scope, { teams }: { teams: boolean }): { readonly anyOf?: KeyOwners } {
  if (scope === 'any') return {}
  return {
    anyOf: {
      userIds: scope.userId === undefined ? [] : [scope.userId],
      teamIds: teams ? scope.teamIds : [],
      organizationIds: teams ? scope.organizationIds : [],
    },
  }
}

function userObject(user: AccountRow | undefined) {
  if (user === undefined) return null
  const { id, email, alias, role } = user
  return { user_id: id, user_email: email, user_alias: alias, user_role: role }
}
