import { zonedCalendar } from 'sluice/internal'
import type { AccountCache } from '../../auth/account-cache.ts'
import type { Directory, UserFacts } from '../../auth/door/principal.ts'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { Settings } from '../../config/settings.ts'
import { memberId } from '../../db/accounts/member-id.ts'
import type { AuditAction } from '../../db/audit/audit-entry.ts'
import type { Database } from '../../db/database.ts'
import type { AccountKind, AccountRow } from '../../db/rows.ts'
import { type AccountContext, newAccount } from '../accounts/account-fields.ts'
import type { Audit } from '../audit/audit-log.ts'
import { removeKeysOf } from '../keys/remove-keys-of.ts'
import { memberChanges } from '../teams/member-limits.ts'
import { emailOf, userChanges } from '../users/user-changes.ts'
import { readUserDefaults } from '../users/user-defaults.ts'
import { configuredUserDefaults } from './configured-user-defaults.ts'
import { bindUser, findUser } from './find-user.ts'
import { endsSessions } from './session/ends-sessions.ts'
import { SESSION_TEAM } from './session/session-team.ts'
import { refuseAdminId, refusePromotion } from './takeover.ts'

export interface DirectoryServices {
  readonly database: Pick<Database, 'accounts' | 'facts' | 'keys' | 'identities'>
  readonly accounts: Pick<AccountCache, 'absorb' | 'forgetAccount'>
  readonly keys: Pick<KeyCache, 'forget'>
  readonly audit: Audit
  readonly settings: () => Settings
  readonly now: () => number
}

/** In the details of a membership: a provider put the user there, and may take them out again. */
const SOURCE = 'joined_by'
const MOST_TEAMS = 1_000

const TABLES: Partial<Record<AccountKind, string>> = {
  user: 'LiteLLM_UserTable',
  team: 'LiteLLM_TeamTable',
  team_member: 'LiteLLM_TeamMembership',
}

/** The users and teams that signing in brings, written with the audit log and told to this replica's memory. */
export function createDirectory(services: DirectoryServices): Directory {
  return {
    async ensureUser(facts, { actor, sync }) {
      refuseAdminId(facts.id, actor)
      const known = await findUser(facts, services)
      if (known !== undefined && sync) refusePromotion(known, facts)
      const user = known ?? (await createUser(facts, actor, services))
      await bindUser(user, facts, services)
      const changes = known === undefined ? {} : changesOf(known, facts, sync)
      return Object.keys(changes).length === 0 ? user : await change(user, changes, actor, services)
    },
    async ensureTeam(id, actor) {
      if ((await services.database.accounts.find('team', id)) !== undefined) return
      await create(newAccount('team', id, contextOf(actor, services), { alias: id }), actor, services)
    },
    async join(userId, teamIds, { actor, only }) {
      const { rows } = await services.database.accounts.list({
        ...{ kind: 'team_member', userIds: [userId], page: 1, size: MOST_TEAMS },
      })
      const there = new Set(rows.map(({ teamId }) => teamId))
      const missing = teamIds.filter(teamId => !there.has(teamId))
      const user = missing.length > 0 && (await services.database.accounts.find('user', userId))
      if (user) for (const teamId of missing) await joinTeam(user, teamId, 'user', actor, services)
      if (!only) return
      const gone = rows.filter(
        ({ teamId, details }) =>
          teamId !== null && !teamIds.includes(teamId) && details[SOURCE] !== undefined,
      )
      for (const row of gone) await remove(row, actor, services)
    },
    async byAlias(kind, alias) {
      const { rows } = await services.database.accounts.list({ kind, alias, page: 1, size: 2 })
      return rows.length === 1 ? rows[0] : undefined
    },
  }
}

async function createUser(facts: UserFacts, actor: string, services: DirectoryServices): Promise<AccountRow> {
  const { database, settings } = services
  const {
    teams,
    user_role: role,
    ...fields
  } = await readUserDefaults(database, configuredUserDefaults(settings()))
  const context = contextOf(actor, services)
  const row = await create(
    newAccount('user', facts.id, context, {
      ...userChanges(fields, undefined, context).changes,
      alias: facts.name ?? null,
      email: facts.email === undefined ? null : emailOf(facts.email),
      externalId: facts.externalId ?? null,
      role: facts.role ?? role ?? 'internal_user_viewer',
    }),
    actor,
    services,
  )
  for (const team of teams ?? []) {
    const { team_id: teamId, user_role: roleThere } =
      typeof team === 'string' ? { team_id: team, user_role: 'user' as const } : team
    await joinTeam(row, teamId, roleThere, actor, services)
  }
  return row
}

function contextOf(by: string, { now, settings }: DirectoryServices): AccountContext {
  return { now: now(), by, calendar: zonedCalendar(settings().limits.timezone) }
}

/** What was missing is filled in; a role changes only where it follows the provider. */
function changesOf(known: AccountRow, facts: UserFacts, sync: boolean): Partial<AccountRow> {
  return {
    ...(known.externalId === null && facts.externalId !== undefined && { externalId: facts.externalId }),
    ...(known.email === null && facts.email !== undefined && { email: emailOf(facts.email) }),
    ...(known.alias === null && facts.name !== undefined && { alias: facts.name }),
    ...(sync && facts.role !== undefined && facts.role !== known.role && { role: facts.role }),
  }
}

/** A team that does not exist is left out: signing in makes none unless it is asked to. */
async function joinTeam(
  user: AccountRow,
  teamId: string,
  role: 'admin' | 'user',
  actor: string,
  services: DirectoryServices,
): Promise<void> {
  const { accounts } = services.database
  const team = await accounts.find('team', teamId)
  const id = memberId(teamId, user.id)
  if (team === undefined || (await accounts.find('team_member', id)) !== undefined) return
  const context = contextOf(actor, services)
  const row = newAccount('team_member', id, context, {
    ...{ teamId, userId: user.id, email: user.email, role, organizationId: team.organizationId },
    ...memberChanges(team, {}, undefined, context),
  })
  await create({ ...row, details: { ...row.details, [SOURCE]: actor } }, actor, services)
}

/** Two sign-ins at once make one row: whoever comes second finds it. */
async function create(row: AccountRow, actor: string, services: DirectoryServices): Promise<AccountRow> {
  const { database, audit, accounts } = services
  try {
    await audit.together(async () => {
      await database.accounts.create(row)
      await record('created', undefined, row, actor, audit)
    })
  } catch (error) {
    const there =
      (error as { kind?: string }).kind === 'conflict' && (await database.accounts.find(row.kind, row.id))
    if (!there) throw error
    return there
  }
  accounts.absorb(row)
  return row
}

async function change(
  before: AccountRow,
  changes: Partial<AccountRow>,
  actor: string,
  services: DirectoryServices,
): Promise<AccountRow> {
  const { database, audit, accounts, keys, now } = services
  let ended: readonly string[] = []
  const after = await audit.together(async () => {
    const row = await database.accounts.update(before.kind, before.id, {
      ...changes,
      ...{ updatedAt: now(), updatedBy: actor },
    })
    await record('updated', before, row, actor, audit)
    if (row !== undefined && endsSessions(before, row))
      ended = await removeKeysOf({ userId: row.id, teamId: SESSION_TEAM }, { actor }, services)
    return row
  })
  if (after !== undefined) accounts.absorb(after)
  for (const hash of ended) keys.forget(hash)
  return after ?? before
}

async function remove(row: AccountRow, actor: string, services: DirectoryServices): Promise<void> {
  const { database, audit, accounts, now } = services
  await audit.together(async () => {
    await database.accounts.remove([row], now(), actor)
    await record('deleted', row, undefined, actor, audit)
  })
  accounts.forgetAccount(row)
}

async function record(
  action: AuditAction,
  before: AccountRow | undefined,
  after: AccountRow | undefined,
  actor: string,
  audit: Audit,
): Promise<void> {
  const { kind = 'user', id = '' } = before ?? after ?? {}
  await audit.record({ action, table: TABLES[kind] ?? kind, objectId: id, before, after, actor })
}
