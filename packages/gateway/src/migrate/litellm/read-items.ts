import { memberId } from '../../db/accounts/member-id.ts'
import type { LitellmSource } from '../../db/litellm/source.ts'
import { SourceRow } from '../../db/litellm/source-row.ts'
import type { AccountRow } from '../../db/rows.ts'
import type { CopyContext } from './context.ts'
import type { Item } from './item.ts'
import {
  mapBudget,
  mapCustomer,
  mapOrganization,
  mapOrganizationMember,
  mapProject,
  mapTag,
  mapTeam,
  mapTeamMember,
  mapUser,
} from './map-accounts.ts'
import { mapKey } from './map-key.ts'

/** A table of LiteLLM, and what becomes of its rows, a page at a time. */
export interface Copied {
  readonly table: string
  items(source: LitellmSource, context: CopyContext): AsyncGenerator<readonly Item[]>
}

type MapRow = (row: SourceRow, context: CopyContext) => AccountRow | undefined

const account = (table: string, key: readonly string[], map: MapRow): Copied => ({
  table,
  async *items(source, context) {
    for await (const rows of source.pages(table, key))
      yield rows.flatMap(row => accountItem(map(row, context)))
  },
})

/** In this order: whoever names somebody comes later. */
export const copied: readonly Copied[] = [
  {
    table: 'BudgetTable',
    async *items(source, context) {
      for await (const rows of source.pages('BudgetTable', ['budget_id'])) {
        const budgets = rows.flatMap(row => mapBudget(row, context) ?? [])
        for (const { budgetId } of budgets) context.budgetIds.add(budgetId)
        yield budgets.map(row => ({ kind: 'budget', id: row.budgetId, row }) as const)
      }
    },
  },
  account('OrganizationTable', ['organization_id'], mapOrganization),
  {
    table: 'TeamTable',
    async *items(source, context) {
      const aliases = await modelAliases(source)
      for await (const rows of source.pages('TeamTable', ['team_id']))
        yield rows.flatMap(row => accountItem(mapTeam(row, context, aliases)))
    },
  },
  account('UserTable', ['user_id'], mapUser),
  account('OrganizationMembership', ['user_id', 'organization_id'], mapOrganizationMember),
  { table: 'TeamMembership', items: teamMembers },
  account('ProjectTable', ['project_id'], mapProject),
  account('EndUserTable', ['user_id'], mapCustomer),
  account('TagTable', ['tag_name'], mapTag),
  {
    table: 'VerificationToken',
    async *items(source, context) {
      for await (const rows of source.pages('VerificationToken', ['token']))
        yield rows.flatMap(row => {
          const key = mapKey(row, context)
          return key === undefined ? [] : [{ kind: 'key', id: key.tokenHash, row: key } as const]
        })
    },
  },
]

function accountItem(row: AccountRow | undefined): readonly Item[] {
  return row === undefined ? [] : [{ kind: 'account', id: `${row.kind} ${row.id}`, row }]
}

async function modelAliases(source: LitellmSource) {
  const aliases = new Map<string, Readonly<Record<string, unknown>>>()
  for await (const rows of source.pages('ModelTable', ['id']))
    for (const row of rows) aliases.set(row.text('id') ?? '', row.object('aliases'))
  return aliases
}

interface Membership {
  readonly teamId: string
  readonly userId: string
  readonly role: string
}

const PAGE = 1_000
const NOTHING = new SourceRow({}, new Set())

/**
 * Who belongs to a team is told by the team, by older releases' two lists of it, by the user, and by a row of its own
 * that has spend and budget. All are taken together.
 */
async function* teamMembers(source: LitellmSource, context: CopyContext): AsyncGenerator<readonly Item[]> {
  const members = await listedMembers(source, context)
  const seen = new Set<string>()
  for await (const rows of source.pages('TeamMembership', ['user_id', 'team_id'])) {
    yield rows.flatMap(row => {
      const [teamId, userId] = [row.text('team_id'), row.text('user_id')]
      if (teamId === null || userId === null) return []
      const id = memberId(teamId, userId)
      seen.add(id)
      const role = members.get(id)?.role ?? 'user'
      return accountItem(mapTeamMember({ teamId, userId, role }, row, context))
    })
  }
  const others = [...members].filter(([id]) => !seen.has(id)).map(([, member]) => member)
  for (let at = 0; at < others.length; at += PAGE)
    yield others.slice(at, at + PAGE).flatMap(member => accountItem(mapTeamMember(member, NOTHING, context)))
}

async function listedMembers(
  source: LitellmSource,
  context: CopyContext,
): Promise<ReadonlyMap<string, Membership>> {
  const members = new Map<string, Membership>()
  const add = (teamId: string, userId: string, role: string) => {
    const id = memberId(teamId, userId)
    if (members.get(id)?.role !== 'admin') members.set(id, { teamId, userId, role })
  }
  const byEmail = new Map<string, string>()
  for await (const rows of source.pages('UserTable', ['user_id'])) {
    for (const row of rows) {
      const userId = row.text('user_id') ?? ''
      const email = row.text('user_email')
      if (email !== null) byEmail.set(email.toLowerCase(), userId)
      for (const teamId of row.list('teams')) add(teamId, userId, 'user')
    }
  }
  for await (const rows of source.pages('TeamTable', ['team_id'])) {
    for (const row of rows) {
      const teamId = row.text('team_id') ?? ''
      for (const userId of row.list('members')) add(teamId, userId, 'user')
      for (const userId of row.list('admins')) add(teamId, userId, 'admin')
      for (const { user_id, user_email, role } of membersWithRoles(row)) {
        const userId = user_id ?? byEmail.get(user_email?.toLowerCase() ?? '')
        if (userId) add(teamId, userId, role ?? 'user')
        else context.note('TeamTable', 'has a member whom no user is known for; left out')
      }
    }
  }
  return members
}

interface ListedMember {
  readonly user_id?: string | null
  readonly user_email?: string | null
  readonly role?: string | null
}

function membersWithRoles(row: SourceRow): readonly ListedMember[] {
  const listed = row.json('members_with_roles')
  return Array.isArray(listed) ? (listed as ListedMember[]) : []
}
