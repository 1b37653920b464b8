import type { FastifyRequest } from 'fastify'
import { createError, type SluiceError } from 'sluice/internal'
import { memberId } from '../../db/accounts/member-id.ts'
import type { AccountRow } from '../../db/rows.ts'
import { newAccount } from '../accounts/account-fields.ts'
import type { AccountWriter } from '../accounts/account-writer.ts'
import type { AccountsOffice } from '../accounts/accounts-office.ts'
import { findOrMakeUser, findUser, type NamedUser } from '../accounts/member-users.ts'
import { heldFromAbove, limitsOfHeld } from '../accounts/set-from-above.ts'
import { memberChanges } from './member-limits.ts'
import { TEAM, TEAM_MEMBER } from './team-json.ts'
import type { MemberLimits, TeamMember } from './team-schemas.ts'

/** Members that are read at most in one query. */
const MOST_MEMBERS = 100_000
/** Members changed, and teams named, in one query. */
const AT_ONCE = 500

/** Who came in, and what they have in the team. */
export interface AddedMember {
  readonly user: AccountRow
  readonly member: AccountRow
}

/** Who is in a team, with which role and limits. Who may change that is for the routes to see to. */
export class MemberOffice {
  readonly #accounts: AccountsOffice

  constructor(accounts: AccountsOffice) {
    this.#accounts = accounts
  }

  /** Everybody in these teams, in the order they came. */
  async of(teamIds: readonly string[]): Promise<readonly AccountRow[]> {
    const found: AccountRow[] = []
    for (let at = 0; at < teamIds.length; at += AT_ONCE) {
      const filter = { teamIds: teamIds.slice(at, at + AT_ONCE), sortOrder: 'asc' as const }
      const ids = await this.#accounts.listIds(TEAM_MEMBER, { ...filter, page: 1, size: MOST_MEMBERS })
      found.push(...(await this.#accounts.findMany(TEAM_MEMBER, ids)))
    }
    return found
  }

  /** As `of`, by the id of their team. */
  async byTeam(teams: readonly AccountRow[]): Promise<ReadonlyMap<string | null, readonly AccountRow[]>> {
    return Map.groupBy(await this.of(teams.map(({ id }) => id)), ({ teamId }) => teamId)
  }

  /** Throws `NotFoundError`. */
  async find(teamId: string, named: NamedUser): Promise<AccountRow> {
    const user = await findUser(this.#accounts, named)
    const userId = user?.id ?? named.user_id
    const row = userId == null ? undefined : await this.#accounts.peek(TEAM_MEMBER, memberId(teamId, userId))
    if (row !== undefined) return row
    throw createError({
      kind: 'not_found',
      message: `User ${named.user_id ?? named.user_email} is not a member of team_id=${teamId}.`,
      param: 'user_id',
    })
  }

  /** Takes people in; those who are not there yet are made. Throws `BadRequestError` when one is in the team already. */
  async add(
    writer: AccountWriter,
    team: AccountRow,
    people: readonly TeamMember[],
    limits: MemberLimits,
    request: FastifyRequest,
  ): Promise<readonly AddedMember[]> {
    const context = this.#accounts.context(request)
    const added: AddedMember[] = []
    for (const person of people) {
      const user = await findOrMakeUser(this.#accounts, writer, person, context)
      const id = memberId(team.id, user.id)
      if ((await this.#accounts.peek(TEAM_MEMBER, id)) !== undefined) throw alreadyIn(team, user)
      const held = await heldFromAbove(this.#accounts, TEAM_MEMBER, id, context)
      const row = newAccount('team_member', id, context, {
        ...{ teamId: team.id, userId: user.id, organizationId: team.organizationId, email: user.email },
        ...{ role: person.role, ...limitsOfHeld(held), ...memberChanges(team, limits, held, context) },
      })
      added.push({ user, member: await writer.create(TEAM_MEMBER, row) })
    }
    return added
  }

  async update(
    member: AccountRow,
    { role, ...limits }: MemberLimits & { readonly role?: 'admin' | 'user' | null | undefined },
    request: FastifyRequest,
  ): Promise<AccountRow> {
    const team = await this.#accounts.find(TEAM, member.teamId ?? '')
    const context = this.#accounts.context(request)
    const changesOf = (before: AccountRow): Partial<AccountRow> => ({
      ...(role != null && { role }),
      ...memberChanges(team, limits, before, context),
    })
    return await this.#accounts.change(TEAM_MEMBER, member.id, changesOf, request)
  }

  /** Puts somebody out of a team, and their keys of that team with them. */
  async remove(member: AccountRow, request: FastifyRequest): Promise<void> {
    const { teamId, userId } = member
    if (teamId === null || userId === null) throw new TypeError('a member has a team and a user')
    await this.#accounts.write(request, async writer => {
      await writer.remove(TEAM_MEMBER, [member.id])
      await writer.removeKeys({ teamId, userId })
    })
  }

  async removeAll(writer: AccountWriter, teamId: string): Promise<void> {
    for (;;) {
      const { rows } = await this.#accounts.list(TEAM_MEMBER, { teamIds: [teamId], page: 1, size: AT_ONCE })
      if (rows.length === 0) return
      await writer.remove(
        TEAM_MEMBER,
        rows.map(({ id }) => id),
      )
    }
  }

  /** After a team's defaults, or its organization, changed: its members follow. `but` keeps the limits they have. */
  async follow(writer: AccountWriter, team: AccountRow, but: string | undefined, request: FastifyRequest) {
    const context = this.#accounts.context(request)
    for (const { id, userId } of await this.of([team.id]))
      await writer.change(TEAM_MEMBER, id, before => ({
        organizationId: team.organizationId,
        ...(userId !== but && memberChanges(team, {}, before, context)),
      }))
  }
}

function alreadyIn(team: AccountRow, user: AccountRow): SluiceError {
  return createError({
    kind: 'bad_request',
    type: 'team_member_already_in_team',
    param: 'user_id',
    message: `User already in team. Member: user_id=${user.id}, user_email=${user.email}, team_id=${team.id}. Use /team/member_update to change it.`,
  })
}
