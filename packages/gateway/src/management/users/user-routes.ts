import type { FastifyInstance } from 'fastify'
import { USER_ROLES } from '../../auth/roles.ts'
import { warned } from '../accounts/kept-fields.ts'
import { isoTime } from '../limit-fields.ts'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { addInvitationRoutes } from './invitation-routes.ts'
import { filterUsers, flatUserInfo, listUsers, userInfo } from './list-users.ts'
import { addUserBulkRoutes } from './user-bulk-routes.ts'
import { addUserDefaultRoutes } from './user-default-routes.ts'
import { UserDefaultsBody } from './user-defaults.ts'
import { USERS, userObject } from './user-json.ts'
import { type MadeUser, UserOffice, type UserServices } from './user-office.ts'
import { about, typedRoutes, type UserRoutes } from './user-route.ts'
import {
  FilterUsersQuery,
  ListUsersQuery,
  NewUserBody,
  UpdateUserBody,
  UserIdsBody,
  UserQuery,
} from './user-schemas.ts'

/** `/user/*`, `/v2/user/info`, `/invitation/*` and what new users get: LiteLLM's internal users. */
export async function registerUserRoutes(
  app: FastifyInstance,
  services: AccessServices & UserServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const office = new UserOffice(services)
    const routes = typedRoutes(scope)
    addReading(routes, office)
    addWriting(routes, office)
    addUserBulkRoutes(routes, office)
    addInvitationRoutes(routes, office)
    addUserDefaultRoutes(routes, office, UserDefaultsBody)
  })
}

function addReading(routes: UserRoutes, office: UserOffice): void {
  const one = { querystring: UserQuery }
  routes.get(
    '/user/info',
    { schema: { ...one, ...about('A user with their keys and teams; by default yourself') } },
    async request => await userInfo(office, request.query.user_id, request),
  )
  routes.get(
    '/v2/user/info',
    { schema: { ...one, ...about('A user, without keys and teams; by default yourself') } },
    async request => await flatUserInfo(office, request.query.user_id, request),
  )
  routes.get(
    '/user/list',
    { schema: { querystring: ListUsersQuery, ...about('Users, by page') } },
    async request => await listUsers(office, request.query, request),
  )
  routes.get(
    '/user/filter/ui',
    { schema: { querystring: FilterUsersQuery, ...about('Users whose id or e-mail address has this part') } },
    async request => await filterUsers(office, request.query, request),
  )
  routes.get('/user/available_roles', { schema: about('The roles there are') }, async () => USER_ROLES)
  routes.get('/user/available_users', { schema: about('How many users there are') }, async () => {
    const { total } = await office.accounts.list(USERS, { page: 1, size: 1 })
    // LiteLLM sells seats; here there is no bound.
    return { total_users: null, total_users_used: total, total_users_remaining: null }
  })
}

function addWriting(routes: UserRoutes, office: UserOffice): void {
  routes.post(
    '/user/new',
    { schema: { body: NewUserBody, ...about('Make a user, and unless told otherwise a key of theirs') } },
    async request => madeAnswer(await office.create(request.body, request)),
  )
  routes.post(
    '/user/update',
    { schema: { body: UpdateUserBody, ...about('Change a user; null clears a field') } },
    async request => {
      const { row, warnings } = await office.update(request.body, request)
      return { user_id: row.id, data: userObject(row), ...warned(warnings) }
    },
  )
  routes.post(
    '/user/delete',
    { schema: { body: UserIdsBody, ...about('Remove users with their keys and memberships') } },
    async request => await office.remove(request.body.user_ids, request),
  )
}

/** The one answer that shows the key. */
function madeAnswer({ row, first, memberships, warnings }: MadeUser) {
  return {
    ...userObject(
      row,
      memberships.teams.flatMap(({ teamId }) => teamId ?? []),
    ),
    organizations: memberships.organizations.flatMap(({ organizationId }) => organizationId ?? []),
    key: first?.key ?? null,
    token: first?.row.tokenHash ?? null,
    key_name: first?.row.keyName ?? null,
    expires: first === undefined ? null : isoTime(first.row.expiresAt),
    ...warned(warnings),
  }
}
