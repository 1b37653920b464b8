import type { FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import type { AccountRow } from '../../db/rows.ts'
import { eachMember, findUser, type NamedUser } from '../accounts/member-users.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { USERS } from '../users/user-json.ts'
import { statesLimits } from './member-limits.ts'
import type { AddedMember } from './member-office.ts'
import { memberAnswer, membership, TEAM, teamAnswer } from './team-json.ts'
import {
  AddMembersBody,
  BulkAddMembersBody,
  DeleteMemberBody,
  type MemberLimits,
  type TeamMember,
  UpdateMemberBody,
} from './team-schemas.ts'
import type { TeamRooms } from './teams.ts'

const tags = ['Teams']

/** Most users that one call adds. */
const MOST_USERS = 10_000

/** Who is in a team. */
export function addMemberRoutes(routes: TypedRoutes, rooms: TeamRooms): void {
  const { accounts, members } = rooms
  routes.post(
    '/team/member_add',
    { schema: { body: AddMembersBody, tags, summary: 'Take people into a team; unknown ones are made' } },
    async request => {
      const { team_id: teamId, member, ...limits } = request.body
      const people = eachMember(member)
      await mayAdd(rooms, teamId, people, limits, request)
      const team = await accounts.find(TEAM, teamId)
      const added = await accounts.write(request, writer =>
        members.add(writer, team, people, limits, request),
      )
      return {
        ...teamAnswer(team, await members.of([teamId])),
        updated_users: added.map(({ user }) => USERS.answer(user)),
        updated_team_memberships: added.map(each => membership(each.member)),
      }
    },
  )
  routes.post(
    '/team/member_update',
    { schema: { body: UpdateMemberBody, tags, summary: "Change a member's role or limits in a team" } },
    async request => {
      const { team_id: teamId, user_id, user_email, ...changes } = request.body
      const reach = await permitOf(request).reach({ teamId })
      const member = await members.find(teamId, { user_id, user_email })
      if (reach === 'team' && statesLimits(changes)) refuseOneself(member, request)
      return memberAnswer(await members.update(member, changes, request))
    },
  )
  routes.post(
    '/team/member_delete',
    {
      schema: { body: DeleteMemberBody, tags, summary: 'Put somebody out of a team, with their keys of it' },
    },
    async request => {
      const { team_id: teamId, ...named } = request.body
      await permitOf(request).reach({ teamId })
      const team = await accounts.find(TEAM, teamId)
      await members.remove(await members.find(teamId, named), request)
      return teamAnswer(team, await members.of([teamId]))
    },
  )
  addBulk(routes, rooms)
}

function addBulk(routes: TypedRoutes, { accounts, members }: TeamRooms): void {
  routes.post(
    '/team/bulk_member_add',
    { schema: { body: BulkAddMembersBody, tags, summary: 'Take many people in, each by itself' } },
    async request => {
      const { team_id: teamId, members: named, all_users: all, ...limits } = request.body
      // That everybody may be named without a name is for who may see everybody.
      await permitOf(request).reach(all === true ? {} : { teamId })
      const team = await accounts.find(TEAM, teamId)
      const people = all === true ? await everybody() : (named ?? [])
      const results: object[] = []
      let added = 0
      for (const person of people) {
        const result = await addOne(team, person, limits, request)
        if ('user' in result) added += 1
        results.push(bulkResult(person, result))
      }
      return {
        team_id: teamId,
        results,
        total_requested: people.length,
        successful_additions: added,
        failed_additions: people.length - added,
        updated_team: teamAnswer(team, await members.of([teamId])),
      }
    },
  )

  async function everybody(): Promise<readonly TeamMember[]> {
    const { rows } = await accounts.list(USERS, { page: 1, size: MOST_USERS, sortOrder: 'asc' })
    return rows.map(({ id }) => ({ user_id: id, role: 'user' as const }))
  }

  async function addOne(team: AccountRow, person: TeamMember, limits: MemberLimits, request: FastifyRequest) {
    try {
      const [added] = await accounts.write(request, writer =>
        members.add(writer, team, [person], limits, request),
      )
      return added ?? new Error('nobody was added')
    } catch (error) {
      // One who cannot come in keeps nobody else out; that nobody can, because the database is down, is for all to hear.
      if ((error as { kind?: string }).kind !== 'bad_request') throw error
      return error as Error
    }
  }
}

function bulkResult(person: NamedUser, result: AddedMember | Error): object {
  const named = { user_id: person.user_id ?? null, user_email: person.user_email ?? null }
  if (result instanceof Error) return { ...named, success: false, error: result.message }
  const { user, member } = result
  return {
    ...{ user_id: user.id, user_email: user.email, success: true, error: null },
    ...{ updated_user: USERS.answer(user), updated_team_membership: membership(member) },
  }
}

/** Whoever runs the team; and everybody themselves, as a plain member, where the team is open to all. */
async function mayAdd(
  { services, accounts }: TeamRooms,
  teamId: string,
  people: readonly TeamMember[],
  limits: MemberLimits,
  request: FastifyRequest,
): Promise<void> {
  const permit = permitOf(request)
  const { userId } = callerOfRequest(request).record
  const [only] = people
  const isOpen = services.settings().teams.available.includes(teamId)
  if (isOpen && people.length === 1 && only?.role === 'user' && !statesLimits(limits)) {
    const joining = await findUser(accounts, only)
    if (joining !== undefined && joining.id === userId) {
      await permit.reach({ userId })
      return
    }
  }
  const reach = await permit.reach({ teamId })
  // Who was put out of a team has no way back with more than they had.
  if (reach === 'team' && statesLimits(limits) && people.some(({ user_id }) => user_id === userId))
    throw refusal()
}

function refuseOneself(member: AccountRow, request: FastifyRequest): void {
  if (member.userId === callerOfRequest(request).record.userId) throw refusal()
}

function refusal() {
  return createError({
    kind: 'permission',
    type: 'auth_error',
    param: 'max_budget_in_team',
    message: 'Nobody sets their own limits: ask another admin of the team, or one above it.',
  })
}
