import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { badRequest } from 'sluice/internal'
import type { z } from 'zod'
import type { Scope } from '../../auth/access/permit.ts'
import type { AccountFilter } from '../../db/accounts/account-store.ts'
import type { AccountRow } from '../../db/rows.ts'
import { newAccount } from '../accounts/account-fields.ts'
import type { AccountWriter } from '../accounts/account-writer.ts'
import type { AccountsOffice } from '../accounts/accounts-office.ts'
import { eachMember } from '../accounts/member-users.ts'
import { checkTeamGuarantees } from '../accounts/team-guarantees.ts'
import { checkWithin } from '../accounts/within-organization.ts'
import { ORGANIZATION } from '../organizations/organization-json.ts'
import { PROJECT } from '../projects/project-json.ts'
import { callerOfRequest } from '../protect-routes.ts'
import { SESSION_TEAM } from '../sign-in/session/session-team.ts'
import { MEMBER_DEFAULTS } from './member-limits.ts'
import type { MemberOffice } from './member-office.ts'
import { teamChanges } from './team-changes.ts'
import { TEAM, TEAM_MEMBER } from './team-json.ts'
import type { NewTeamBody, TeamBody, TeamMember } from './team-schemas.ts'

/** A team, who is in it, and what of the request had no effect. */
export interface ChangedTeam {
  readonly row: AccountRow
  readonly members: readonly AccountRow[]
  readonly warnings: readonly string[]
}

/** Which teams are listed. */
export interface TeamFilter extends Omit<AccountFilter, 'kind' | 'within'> {
  readonly userId?: string | undefined
}

const AT_ONCE = 500

/** The rules of teams. Who may ask is for the routes to see to. */
export class TeamOffice {
  readonly #accounts: AccountsOffice
  readonly #members: MemberOffice

  constructor(accounts: AccountsOffice, members: MemberOffice) {
    this.#accounts = accounts
    this.#members = members
  }

  /** Whoever makes a team is its admin; the holder of the master key is nobody. Throws `BadRequestError`. */
  async create(body: z.infer<typeof NewTeamBody>, request: FastifyRequest): Promise<ChangedTeam> {
    const { team_id: wanted, members_with_roles: people, admins, members, ...fields } = body
    const context = this.#accounts.context(request)
    const { changes, warnings } = teamChanges(fields, undefined, context)
    // Its admin would hold the sessions of everybody who is signed in.
    if (wanted === SESSION_TEAM)
      throw badRequest(`team_id: '${SESSION_TEAM}' is kept for sessions. Choose another id.`, 'team_id')
    const row = newAccount('team', wanted ?? randomUUID(), context, changes)
    await this.#checkOrganization(row, undefined)
    const all = withCreator(
      [
        ...(people ?? []),
        ...(admins ?? []).map(user_id => ({ user_id, role: 'admin' as const })),
        ...(members ?? []).map(user_id => ({ user_id, role: 'user' as const })),
      ],
      request,
    )
    return await this.#accounts.write(request, async writer => {
      await writer.create(TEAM, row)
      const added = await this.#members.add(writer, row, eachMember(all), {}, request)
      return { row, members: added.map(({ member }) => member), warnings }
    })
  }

  /** `sparing`: the user whose own limits in the team stay, whatever becomes of its defaults. */
  async update(
    id: string,
    body: TeamBody,
    sparing: string | undefined,
    request: FastifyRequest,
  ): Promise<ChangedTeam> {
    const context = this.#accounts.context(request)
    let warnings: readonly string[] = []
    const row = await this.#accounts.write(request, async writer => {
      let before: AccountRow | undefined
      const after = await writer.change(TEAM, id, current => {
        before = current
        const change = teamChanges(body, current, context)
        warnings = change.warnings
        return change.changes
      })
      await this.#checkOrganization(after, before)
      if ([...MEMBER_DEFAULTS, 'organization_id'].some(name => body[name as keyof TeamBody] !== undefined))
        await this.#members.follow(writer, after, sparing, request)
      return after
    })
    return { row, members: await this.#members.of([id]), warnings }
  }

  /** With their keys, memberships and projects. Throws `NotFoundError` when one is not there, and removes none. */
  async remove(ids: readonly string[], request: FastifyRequest): Promise<readonly AccountRow[]> {
    return await this.#accounts.write(request, writer => this.removeWith(writer, ids))
  }

  /** As `remove`, as part of a greater change. */
  async removeWith(writer: AccountWriter, ids: readonly string[]): Promise<readonly AccountRow[]> {
    const rows = await writer.remove(TEAM, ids)
    for (const { id } of rows) {
      await writer.removeKeys({ teamId: id })
      await this.#members.removeAll(writer, id)
      for (;;) {
        const projects = await this.#accounts.list(PROJECT, { teamIds: [id], page: 1, size: AT_ONCE })
        if (projects.rows.length === 0) break
        await writer.remove(
          PROJECT,
          projects.rows.map(project => project.id),
        )
      }
    }
    return rows
  }

  /** Teams that `scope` may see; of one user only where `userId` is given. */
  async list(scope: Scope, filter: TeamFilter) {
    return await this.#accounts.list(TEAM, await this.#visible(scope, filter))
  }

  /** Their ids alone. */
  async listIds(scope: Scope, filter: TeamFilter): Promise<readonly string[]> {
    return await this.#accounts.listIds(TEAM, await this.#visible(scope, filter))
  }

  async #visible(scope: Scope, { userId, ...filter }: TeamFilter): Promise<Omit<AccountFilter, 'kind'>> {
    const within =
      scope === 'any' ? undefined : { ids: scope.teamIds, organizationIds: scope.organizationIds }
    if (userId === undefined) return { ...filter, within }
    const memberships = await this.#accounts.list(TEAM_MEMBER, { userIds: [userId], page: 1, size: 10_000 })
    const theirs = memberships.rows.flatMap(({ teamId }) => teamId ?? [])
    const ids = filter.ids === undefined ? theirs : theirs.filter(id => filter.ids?.includes(id))
    return { ...filter, within, ids }
  }

  async #checkOrganization(team: AccountRow, before: AccountRow | undefined): Promise<void> {
    const { organizationId } = team
    const organization =
      organizationId === null ? undefined : await this.#accounts.find(ORGANIZATION, organizationId)
    const settings = this.#accounts.settings()
    await checkTeamGuarantees({ accounts: this.#accounts, settings, before, after: team, organization })
    if (organization !== undefined)
      checkWithin(team, ORGANIZATION, organization, this.#accounts.modelNames().groups)
  }
}

function withCreator(people: readonly TeamMember[], request: FastifyRequest): readonly TeamMember[] {
  const { role, record, key } = callerOfRequest(request)
  const { userId } = record
  if (key === undefined || userId === undefined || role === 'key') return people
  return [{ user_id: userId, role: 'admin' }, ...people.filter(({ user_id }) => user_id !== userId)]
}
