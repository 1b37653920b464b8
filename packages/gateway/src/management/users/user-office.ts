import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { badRequest } from 'sluice/internal'
import { ADMIN_USER_ID } from '../../auth/caller.ts'
import { hashPassword } from '../../auth/passwords.ts'
import type { Database } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import { newAccount } from '../accounts/account-fields.ts'
import type { AccountWriter } from '../accounts/account-writer.ts'
import { type AccountServices, AccountsOffice } from '../accounts/accounts-office.ts'
import { heldFromAbove, limitsOfHeld } from '../accounts/set-from-above.ts'
import { ORGANIZATION_MEMBER } from '../organizations/organization-json.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import { TEAM_MEMBER } from '../teams/team-json.ts'
import { type FirstKey, type FirstKeyServices, keepFirstKey, newFirstKey } from './first-key.ts'
import { keepMemberships, type Memberships, membershipsOf } from './memberships.ts'
import { emailOf, userChanges } from './user-changes.ts'
import { readUserDefaults, type UserDefaults } from './user-defaults.ts'
import { USERS } from './user-json.ts'
import { reachUser } from './user-reach.ts'
import type { NewUser, UserChange, UserFields } from './user-schemas.ts'

export interface UserServices extends AccountServices, FirstKeyServices {
  readonly database: Database
  readonly keys: AccountServices['keys'] & FirstKeyServices['keys']
  /** `default_internal_user_params` of the configuration. */
  readonly userDefaults: () => UserDefaults
}

export interface MadeUser {
  readonly row: AccountRow
  readonly first: FirstKey | undefined
  readonly memberships: Memberships
  readonly warnings: readonly string[]
}

/** Memberships of one user that are removed with them. */
const MOST = 10_000

/** The rules of users. Nobody but the admin of the gateway gives a role; who may change what says the access table. */
export class UserOffice {
  readonly accounts: AccountsOffice
  readonly services: UserServices

  constructor(services: UserServices) {
    this.services = services
    this.accounts = new AccountsOffice(services)
  }

  /** Throws `BadRequestError` when the id or the address is taken, or a team or an organization is not there. */
  async create(body: NewUser, request: FastifyRequest): Promise<MadeUser> {
    const { database, keys, randomBytes } = this.services
    const context = this.accounts.context(request)
    const home = await this.#reachNew(body, request)
    const defaults = await readUserDefaults(database, this.services.userDefaults())
    const filled = withDefaults(body, defaults)
    const id = body.user_id ?? randomUUID()
    const held = await heldFromAbove(this.accounts, USERS, id, context)
    const { changes, warnings } = userChanges(filled, held, context)
    const own = { role: 'internal_user', ...limitsOfHeld(held), ...changes }
    const row = newAccount('user', id, context, { ...own, organizationId: home })
    const memberships = membershipsOf(filled, id, context)
    const first = body.auto_create_key ? newFirstKey(id, body, context, randomBytes) : undefined
    const hash = body.password == null ? undefined : await hashPassword(body.password)
    await this.accounts.write(request, async writer => {
      await this.#emailIsFree(row.email, undefined)
      await writer.create(USERS, row)
      await keepMemberships(memberships, database, writer)
      if (hash !== undefined) await database.passwords.set(id, hash, context.now)
      if (first !== undefined) await keepFirstKey(first, this.services, request)
    })
    if (first !== undefined) keys.absorb(first.row)
    const unsent = body.send_invite_email ? [NO_MAIL] : []
    return {
      row: await this.accounts.find(USERS, id),
      first,
      memberships,
      warnings: [...warnings, ...unsent],
    }
  }

  /** Throws `NotFoundError`, `PermissionDeniedError`, `BadRequestError`. */
  async update({ user_id, ...body }: UserChange, request: FastifyRequest) {
    const before = await this.findNamed({ user_id, user_email: body.user_email })
    const { role, record } = callerOfRequest(request)
    // Nobody raises their own limits by being an admin of their organization.
    if (before.id === record.userId && role !== 'proxy_admin')
      await permitOf(request).reach({ userId: before.id }, { user_id, ...body })
    else await reachUser(permitOf(request), this.services.database.accounts, before, { user_id, ...body })
    const hash = body.password == null ? undefined : await hashPassword(body.password)
    const { user_email: _, ...named } = body
    // An address names the user when there is no id, and then is not a new one.
    const fields: UserFields = user_id == null ? named : body
    const context = this.accounts.context(request)
    let warnings: readonly string[] = []
    const row = await this.accounts.write(request, async writer => {
      const { database } = this.services
      if (fields.user_email != null) await this.#emailIsFree(emailOf(fields.user_email), before.id)
      // Another name at the provider: whoever comes under it is the user from then on.
      if (fields.sso_user_id !== undefined && fields.sso_user_id !== before.externalId)
        await database.identities.remove([before.id])
      const after = await writer.change(USERS, before.id, current => {
        const change = userChanges(fields, current, context)
        warnings = change.warnings
        return change.changes
      })
      if (hash !== undefined) {
        await database.passwords.set(before.id, hash, context.now)
        await writer.endSessions(before.id)
      }
      return after
    })
    return { row, warnings }
  }

  /** With their keys, memberships, invitations and passwords; keys that belong to a team alone stay. */
  async remove(userIds: readonly string[], request: FastifyRequest): Promise<number> {
    const { database } = this.services
    const ids = [...new Set(userIds)]
    for (const id of ids) {
      const user = await this.accounts.find(USERS, id)
      await reachUser(permitOf(request), database.accounts, user, {})
    }
    const rows = await this.accounts.write(request, async writer => {
      for (const id of ids.toSorted()) {
        // Nobody signs in as this user from here on.
        await database.accounts.hold('user', id)
        await writer.removeKeys({ userId: id })
        await this.#removeMemberships(id, writer)
      }
      await database.invitations.removeOf(ids)
      await database.passwords.remove(ids)
      await database.identities.remove(ids)
      return await writer.remove(USERS, ids)
    })
    return rows.length
  }

  /** By id, else by address. Throws `NotFoundError`. */
  async findNamed(named: {
    readonly user_id?: string | null | undefined
    readonly user_email?: string | null | undefined
  }): Promise<AccountRow> {
    const { user_id: id, user_email: email } = named
    if (id != null) return await this.accounts.find(USERS, id)
    const found = await this.accounts.list(USERS, { email: emailOf(email ?? ''), page: 1, size: 2 })
    const [row] = found.rows
    if (row === undefined) return await this.accounts.find({ ...USERS, idField: 'user_email' }, email ?? '')
    if (found.total > 1)
      throw badRequest('user_email: several users have this address; name one by `user_id`.', 'user_email')
    return row
  }

  /** The organization that bounds the new user: that of an admin who is none of the gateway. */
  async #reachNew(body: NewUser, request: FastifyRequest): Promise<string | null> {
    const permit = permitOf(request)
    const { auto_create_key, ...said } = body
    const organizations = body.organizations ?? []
    if (organizations.length === 0) await permit.reach({}, said)
    let home: string | null = null
    for (const organizationId of organizations)
      if ((await permit.reach({ organizationId }, said)) !== 'any') home ??= organizationId
    // Whoever signs in with the master key becomes this user, and its maker would hold a key of theirs.
    if (home !== null && body.user_id === ADMIN_USER_ID)
      throw badRequest(`user_id: '${ADMIN_USER_ID}' is kept for the admin of the gateway.`, 'user_id')
    for (const team of body.teams ?? [])
      await permit.reach({ teamId: typeof team === 'string' ? team : team.team_id })
    return home
  }

  async #emailIsFree(email: string | null, userId: string | undefined): Promise<void> {
    if (email === null) return
    const { rows } = await this.accounts.list(USERS, { email, page: 1, size: 2 })
    if (rows.every(({ id }) => id === userId)) return
    throw badRequest(
      `user_email: a user with ${email} already exists. Choose another address, or update that user.`,
      'user_email',
    )
  }

  async #removeMemberships(userId: string, writer: AccountWriter): Promise<void> {
    for (const subject of [TEAM_MEMBER, ORGANIZATION_MEMBER]) {
      const { rows } = await this.accounts.list(subject, { userIds: [userId], page: 1, size: MOST })
      if (rows.length > 0)
        await writer.remove(
          subject,
          rows.map(({ id }) => id),
        )
    }
  }
}

const NO_MAIL =
  '`send_invite_email` has no effect in this version: no mail was sent. /invitation/new makes a link to pass on.'

/** What a body does not say comes from the defaults. */
function withDefaults(body: NewUser, defaults: UserDefaults): NewUser {
  const { teams, ...rest } = defaults
  const stated = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  return { ...rest, teams, ...stated } as NewUser
}
