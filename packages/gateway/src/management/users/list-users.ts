import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { AccountFilter } from '../../db/accounts/account-store.ts'
import type { AccountRow, KeyRow } from '../../db/rows.ts'
import { usdFromNano } from '../../spend/money.ts'
import { pageAnswer } from '../accounts/page.ts'
import { keyObject } from '../keys/key-json.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import { USERS, userObject } from './user-json.ts'
import type { UserOffice } from './user-office.ts'
import { reachUser } from './user-reach.ts'
import type { FilterUsersQuery, ListUsersQuery } from './user-schemas.ts'

/** Members of teams and organizations that are looked at to find whom a list may show. */
const MOST_MEMBERS = 10_000
/** Rows of somebody's keys and teams in `/user/info`. */
const MOST_SHOWN = 1_000

const SORT = {
  user_id: 'id',
  user_email: 'email',
  created_at: 'created_at',
  spend: 'spend',
  user_alias: 'alias',
  user_role: 'role',
} as const

/** `/user/list`: a page of users, each with how many keys they have. */
export async function listUsers(
  office: UserOffice,
  query: z.infer<typeof ListUsersQuery>,
  request: FastifyRequest,
) {
  const ids = await visibleIds(office, request, query)
  const { sort_by: by } = query
  const filter = {
    ...{ ids, role: query.role, externalIds: query.sso_user_ids, emailPart: query.user_email },
    ...{ page: query.page, size: query.page_size, sortOrder: query.sort_order },
    ...(by === undefined ? { sortBy: 'created_at' as const } : { sortBy: SORT[by] }),
  }
  const { rows, total } = await office.accounts.list(USERS, filter)
  const counts = await office.services.database.keys.countOf(rows.map(({ id: userId }) => userId))
  const users = rows.map(row => ({ ...userObject(row), key_count: counts.get(row.id) ?? 0 }))
  return { users, ...pageAnswer(total, query) }
}

/** `/user/filter/ui`: who fits what was typed. */
export async function filterUsers(
  office: UserOffice,
  query: z.infer<typeof FilterUsersQuery>,
  request: FastifyRequest,
) {
  const filter = {
    ...{ ids: await visibleIds(office, request, {}), idPart: query.user_id, emailPart: query.user_email },
    ...{ page: query.page, size: query.page_size },
  }
  const { rows } = await office.accounts.list(USERS, filter)
  return rows.map(row => ({
    user_id: row.id,
    user_email: row.email,
    user_alias: row.alias,
    user_role: row.role,
  }))
}

/** `/user/info`: a user with their keys and teams; the holder of the master key gets those of everybody, to a bound. */
export async function userInfo(office: UserOffice, userId: string | undefined, request: FastifyRequest) {
  const { role, record } = callerOfRequest(request)
  const { database } = office.services
  const id = userId ?? record.userId
  const isEverybody = userId === undefined && role === 'proxy_admin' && !(await isUser(office, id))
  if (isEverybody) {
    const keys = await database.keys.list({ page: 1, size: MOST_SHOWN })
    const teams = await database.accounts.list({ kind: 'team', page: 1, size: MOST_SHOWN })
    return {
      user_id: id,
      user_info: null,
      keys: keys.rows.map(row => keyObject(row)),
      teams: teams.rows.map(teamOf),
    }
  }
  const user = await reachable(office, id, request)
  const teams = await teamsOf(office, user.id)
  const keys = await database.keys.list({ userId: user.id, page: 1, size: MOST_SHOWN })
  const aliases = new Map(teams.map(team => [team.id, team.alias]))
  return {
    user_id: user.id,
    user_info: userObject(
      user,
      teams.map(team => team.id),
    ),
    keys: keys.rows.map(row => withAlias(row, aliases)),
    teams: teams.map(teamOf),
  }
}

/** `/v2/user/info`: the user's row alone. */
export async function flatUserInfo(office: UserOffice, userId: string | undefined, request: FastifyRequest) {
  const user = await reachable(office, userId ?? callerOfRequest(request).record.userId, request)
  const teams = await teamsOf(office, user.id)
  return userObject(
    user,
    teams.map(({ id }) => id),
  )
}

async function reachable(
  office: UserOffice,
  id: string | undefined,
  request: FastifyRequest,
): Promise<AccountRow> {
  const row = await office.accounts.peek(USERS, id ?? '')
  // Whoever may not see a user is not told whether there is one.
  await reachUser(permitOf(request), office.services.database.accounts, row ?? { id: id ?? '', role: null })
  return await office.accounts.find(USERS, id ?? '')
}

async function isUser(office: UserOffice, id: string | undefined): Promise<boolean> {
  return id !== undefined && (await office.accounts.peek(USERS, id)) !== undefined
}

async function teamsOf(office: UserOffice, userId: string): Promise<readonly AccountRow[]> {
  const { accounts } = office.services.database
  const { rows } = await accounts.list({ kind: 'team_member', userIds: [userId], page: 1, size: MOST_SHOWN })
  return await accounts.findMany(rows.map(({ teamId }) => ({ kind: 'team', id: teamId ?? '' })))
}

function teamOf(row: AccountRow) {
  const { id, alias, organizationId, models, spendNanoUsd } = row
  return {
    ...{ team_id: id, team_alias: alias, organization_id: organizationId, models },
    ...{ spend: usdFromNano(spendNanoUsd), blocked: row.blocked },
  }
}

function withAlias(row: KeyRow, aliases: ReadonlyMap<string, string | null>) {
  return { ...keyObject(row), team_alias: row.teamId === null ? null : (aliases.get(row.teamId) ?? null) }
}

/** Undefined: everybody. */
async function visibleIds(
  office: UserOffice,
  request: FastifyRequest,
  query: Pick<z.infer<typeof ListUsersQuery>, 'user_ids' | 'team' | 'organization_ids'>,
): Promise<readonly string[] | undefined> {
  const permit = permitOf(request)
  const scope = await permit.scope()
  // Whoever administers nothing is told so, and not that there is nobody.
  if (scope !== 'any' && scope.teamIds.length + scope.organizationIds.length === 0) await permit.reach({})
  const lists: (readonly string[])[] = []
  if (query.user_ids !== undefined) lists.push(query.user_ids)
  if (query.team !== undefined)
    lists.push(await membersOf(office, { kind: 'team_member', teamIds: [query.team] }))
  if (query.organization_ids !== undefined)
    lists.push(
      await membersOf(office, { kind: 'organization_member', organizationIds: query.organization_ids }),
    )
  if (scope !== 'any') {
    const { teamIds, organizationIds } = scope
    const inTeams = await membersOf(office, { kind: 'team_member', teamIds })
    lists.push([...inTeams, ...(await membersOf(office, { kind: 'organization_member', organizationIds }))])
  }
  const [first, ...others] = lists.map(list => new Set(list))
  return first && [...first].filter(id => others.every(each => each.has(id)))
}

async function membersOf(
  office: UserOffice,
  filter: Pick<AccountFilter, 'kind' | 'teamIds' | 'organizationIds'>,
): Promise<readonly string[]> {
  const { rows } = await office.services.database.accounts.list({ ...filter, page: 1, size: MOST_MEMBERS })
  return rows.flatMap(({ userId }) => userId ?? [])
}
