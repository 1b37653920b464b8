import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { createError, type SluiceError } from 'sluice/internal'
import type { z } from 'zod'
import type { Reach } from '../../auth/access/access-rule.ts'
import { memberId } from '../../db/accounts/member-id.ts'
import type { AccountRow } from '../../db/rows.ts'
import { type AccountContext, accountChanges, newAccount } from '../accounts/account-fields.ts'
import type { AccountSubject } from '../accounts/account-subject.ts'
import type { AccountWriter } from '../accounts/account-writer.ts'
import type { AccountsOffice } from '../accounts/accounts-office.ts'
import { keptOf } from '../accounts/kept-fields.ts'
import { findOrMakeUser, findUser, type NamedUser } from '../accounts/member-users.ts'
import { heldFromAbove, limitsOfHeld } from '../accounts/set-from-above.ts'
import type { LimitBody } from '../limit-fields.ts'
import { TEAM } from '../teams/team-json.ts'
import type { TeamOffice } from '../teams/team-office.ts'
import { TAKEN_IN } from '../users/user-reach.ts'
import { ORGANIZATION, ORGANIZATION_MEMBER } from './organization-json.ts'
import {
  KEPT_ORGANIZATION_FIELDS,
  type NewOrganizationBody,
  type OrganizationBody,
  type OrganizationMember,
  type OrganizationMemberLimits,
} from './organization-schemas.ts'

const MOST = 10_000
const AT_ONCE = 500

/** The rules of organizations and of who is in them. Who may ask is for the routes to see to. */
export class OrganizationOffice {
  readonly #accounts: AccountsOffice
  readonly #teams: TeamOffice

  constructor(accounts: AccountsOffice, teams: TeamOffice) {
    this.#accounts = accounts
    this.#teams = teams
  }

  async create(body: z.infer<typeof NewOrganizationBody>, request: FastifyRequest) {
    const context = this.#accounts.context(request)
    const { changes, warnings } = changesOf(body, undefined, context)
    const row = newAccount('organization', body.organization_id ?? randomUUID(), context, changes)
    return { row: await this.#accounts.create(ORGANIZATION, row, request), warnings }
  }

  async update(id: string, body: OrganizationBody, request: FastifyRequest) {
    const context = this.#accounts.context(request)
    let warnings: readonly string[] = []
    const row = await this.#accounts.change(
      ORGANIZATION,
      id,
      before => {
        const change = changesOf(body, before, context)
        warnings = change.warnings
        return change.changes
      },
      request,
    )
    return { row, warnings }
  }

  /** With their teams, keys and memberships. Throws `NotFoundError` when one is not there, and removes none. */
  async remove(ids: readonly string[], request: FastifyRequest): Promise<readonly AccountRow[]> {
    return await this.#accounts.write(request, async writer => {
      const rows = await writer.remove(ORGANIZATION, ids)
      for (const { id } of rows) {
        await this.#removeAll(TEAM, id, teams => this.#teams.removeWith(writer, teams))
        await this.#removeAll(ORGANIZATION_MEMBER, id, people => writer.remove(ORGANIZATION_MEMBER, people))
        await writer.removeKeys({ organizationId: id })
      }
      return rows
    })
  }

  async members(ids: readonly string[]): Promise<readonly AccountRow[]> {
    return await this.#all(ORGANIZATION_MEMBER, ids)
  }

  async teams(ids: readonly string[]): Promise<readonly AccountRow[]> {
    return await this.#all(TEAM, ids)
  }

  /** The organizations somebody is in. */
  async ofUser(userId: string | undefined): Promise<readonly string[]> {
    if (userId === undefined) return []
    const { rows } = await this.#accounts.list(ORGANIZATION_MEMBER, {
      userIds: [userId],
      page: 1,
      size: MOST,
    })
    return rows.flatMap(({ organizationId }) => organizationId ?? [])
  }

  /** Throws `NotFoundError`. */
  async findMember(id: string, named: NamedUser): Promise<AccountRow> {
    const user = await findUser(this.#accounts, named)
    const userId = user?.id ?? named.user_id
    const row =
      userId == null ? undefined : await this.#accounts.peek(ORGANIZATION_MEMBER, memberId(id, userId))
    if (row === undefined) throw notIn(id, named)
    return row
  }

  /** Takes people in; those who are not there yet are made. Throws `BadRequestError` when one is in already. */
  async addMembers(
    id: string,
    people: readonly OrganizationMember[],
    limits: OrganizationMemberLimits,
    reach: Reach,
    request: FastifyRequest,
  ) {
    const organization = await this.#accounts.find(ORGANIZATION, id)
    const context = this.#accounts.context(request)
    return await this.#accounts.write(request, async writer => {
      const added: { user: AccountRow; member: AccountRow }[] = []
      for (const person of people)
        added.push(await this.#addMember(writer, organization, person, limits, context, reach))
      return added
    })
  }

  async updateMember(
    member: AccountRow,
    { role, ...limits }: OrganizationMemberLimits & { readonly role?: string | null | undefined },
    request: FastifyRequest,
  ): Promise<AccountRow> {
    const context = this.#accounts.context(request)
    return await this.#accounts.change(
      ORGANIZATION_MEMBER,
      member.id,
      before => ({ ...(role != null && { role }), ...memberChanges(limits, before, context) }),
      request,
    )
  }

  async removeMember(member: AccountRow, request: FastifyRequest): Promise<void> {
    await this.#accounts.remove(ORGANIZATION_MEMBER, [member.id], request)
  }

  async #addMember(
    writer: AccountWriter,
    organization: AccountRow,
    person: OrganizationMember,
    limits: OrganizationMemberLimits,
    context: AccountContext,
    reach: Reach,
  ) {
    const isAbove = reach === 'any'
    const there = await findUser(this.#accounts, person)
    const home = isAbove ? null : organization.id
    const user = there ?? (await findOrMakeUser(this.#accounts, writer, person, context, home))
    // Whom somebody else made is not theirs because they are taken in.
    const isTakenIn = !isAbove && there !== undefined && there.organizationId !== organization.id
    const id = memberId(organization.id, user.id)
    if ((await this.#accounts.peek(ORGANIZATION_MEMBER, id)) !== undefined)
      throw alreadyIn(organization, user)
    const held = await heldFromAbove(this.#accounts, ORGANIZATION_MEMBER, id, context)
    const row = newAccount('organization_member', id, context, {
      ...{ organizationId: organization.id, userId: user.id, email: user.email, role: person.role },
      ...{ ...limitsOfHeld(held), ...memberChanges(limits, held, context) },
      ...(isTakenIn && { details: { [TAKEN_IN]: true } }),
    })
    return { user, member: await writer.create(ORGANIZATION_MEMBER, row) }
  }

  async #removeAll(
    subject: AccountSubject,
    organizationId: string,
    remove: (ids: readonly string[]) => Promise<unknown>,
  ): Promise<void> {
    for (;;) {
      const filter = { organizationIds: [organizationId], page: 1, size: AT_ONCE }
      const { rows } = await this.#accounts.list(subject, filter)
      if (rows.length === 0) return
      await remove(rows.map(({ id }) => id))
    }
  }

  async #all(subject: AccountSubject, organizationIds: readonly string[]): Promise<readonly AccountRow[]> {
    const found: AccountRow[] = []
    for (let page = 1; ; page++) {
      const filter = { organizationIds, page, size: MOST, sortOrder: 'asc' as const }
      const { rows } = await this.#accounts.list(subject, filter)
      found.push(...rows)
      if (rows.length < MOST) return found
    }
  }
}

function changesOf(body: OrganizationBody, before: AccountRow | undefined, context: AccountContext) {
  const kept = keptOf(body, KEPT_ORGANIZATION_FIELDS)
  const hasKept = Object.keys(kept.fields).length > 0
  const metadata = body.metadata === undefined && hasKept ? before?.metadata : body.metadata
  const changes: Partial<AccountRow> = {
    ...accountChanges(
      { ...body, metadata: hasKept ? { ...metadata, ...kept.fields } : metadata },
      before,
      context,
    ),
    ...(body.organization_alias !== undefined && { alias: body.organization_alias }),
  }
  return { changes, warnings: kept.warnings }
}

function memberChanges(
  limits: OrganizationMemberLimits,
  before: AccountRow | undefined,
  context: AccountContext,
): Partial<AccountRow> {
  const body = limitsOf(limits)
  return accountChanges(body, before, context, body)
}

function limitsOf({ max_budget_in_organization, ...rest }: OrganizationMemberLimits): LimitBody {
  return { ...rest, max_budget: max_budget_in_organization }
}

function notIn(id: string, { user_id, user_email }: NamedUser): SluiceError {
  return createError({
    kind: 'not_found',
    message: `User ${user_id ?? user_email} is not a member of organization_id=${id}.`,
    param: 'user_id',
  })
}

function alreadyIn(organization: AccountRow, user: AccountRow): SluiceError {
  return createError({
    kind: 'bad_request',
    param: 'user_id',
    message: `User already in organization. Member: user_id=${user.id}, organization_id=${organization.id}. Use /organization/member_update to change it.`,
  })
}
