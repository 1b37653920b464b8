import { memberId } from '../../db/accounts/member-id.ts'
import type { SourceRow } from '../../db/litellm/source-row.ts'
import type { AccountKind, AccountRow, BudgetRow } from '../../db/rows.ts'
import type { CopyContext } from './context.ts'
import { authorsOf, budgetIdOf, limitsOf, withoutLimits } from './map-limits.ts'

/** What all kinds have in common; limits that a kind does not have are not among its columns. */
function accountOf(
  table: string,
  kind: AccountKind,
  id: string,
  row: SourceRow,
  context: CopyContext,
): AccountRow {
  const metadata = row.object('metadata')
  return {
    ...{ kind, id, alias: null, email: null, role: null, externalId: null },
    ...{ organizationId: null, teamId: null, userId: null, details: {} },
    budgetId: budgetIdOf(table, row, context),
    models: row.list('models'),
    ...limitsOf(table, row, metadata, context),
    metadata: withoutLimits(metadata),
    blocked: row.flag('blocked'),
    spendNanoUsd: row.nano('spend') ?? 0,
    spendSetAt: null,
    ...authorsOf(row, context),
    deletedAt: null,
  }
}

export function mapBudget(row: SourceRow, context: CopyContext): BudgetRow | undefined {
  const budgetId = row.text('budget_id')
  if (budgetId === null) return undefined
  return {
    budgetId,
    ...limitsOf('BudgetTable', row, {}, context),
    models: row.list('allowed_models'),
    ...authorsOf(row, context),
    deletedAt: null,
  }
}

export function mapOrganization(row: SourceRow, context: CopyContext): AccountRow | undefined {
  const id = row.text('organization_id')
  if (id === null) return undefined
  return {
    ...accountOf('OrganizationTable', 'organization', id, row, context),
    alias: row.text('organization_alias'),
  }
}

/** `aliases`: of the team's row in `ModelTable`. */
export function mapTeam(
  row: SourceRow,
  context: CopyContext,
  aliases: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): AccountRow | undefined {
  const id = row.text('team_id')
  if (id === null) return undefined
  const details = {
    model_aliases: aliases.get(row.text('model_id') ?? ''),
    team_member_permissions: row.list('team_member_permissions'),
    default_team_member_models: row.list('default_team_member_models'),
    access_group_ids: row.list('access_group_ids'),
  }
  return {
    ...accountOf('TeamTable', 'team', id, row, context),
    alias: row.text('team_alias'),
    organizationId: row.text('organization_id'),
    details: present(details),
  }
}

export function mapUser(row: SourceRow, context: CopyContext): AccountRow | undefined {
  const id = row.text('user_id')
  if (id === null) return undefined
  return {
    ...accountOf('UserTable', 'user', id, row, context),
    alias: row.text('user_alias'),
    email: row.text('user_email'),
    role: row.text('user_role'),
    externalId: row.text('sso_user_id'),
    organizationId: row.text('organization_id'),
  }
}

export function mapProject(row: SourceRow, context: CopyContext): AccountRow | undefined {
  const id = row.text('project_id')
  if (id === null) return undefined
  return {
    ...accountOf('ProjectTable', 'project', id, row, context),
    alias: row.text('project_alias'),
    teamId: row.text('team_id'),
    details: present({ description: row.text('description') }),
  }
}

export function mapCustomer(row: SourceRow, context: CopyContext): AccountRow | undefined {
  const id = row.text('user_id')
  if (id === null) return undefined
  const details = {
    allowed_model_region: row.text('allowed_model_region'),
    default_model: row.text('default_model'),
  }
  return {
    ...accountOf('EndUserTable', 'customer', id, row, context),
    alias: row.text('alias'),
    details: present(details),
  }
}

export function mapTag(row: SourceRow, context: CopyContext): AccountRow | undefined {
  const id = row.text('tag_name')
  if (id === null) return undefined
  const details = { description: row.text('description'), model_info: row.json('model_info') }
  return {
    ...accountOf('TagTable', 'tag', id, row, context),
    details: present(details),
  }
}

export function mapOrganizationMember(row: SourceRow, context: CopyContext): AccountRow | undefined {
  const [organizationId, userId] = [row.text('organization_id'), row.text('user_id')]
  if (organizationId === null || userId === null) return undefined
  const id = memberId(organizationId, userId)
  return {
    ...accountOf('OrganizationMembership', 'organization_member', id, row, context),
    organizationId,
    userId,
    role: row.text('user_role'),
  }
}

/** A member of a team, who may have a row of `TeamMembership` or be listed by the team alone. */
export function mapTeamMember(
  { teamId, userId, role }: { readonly teamId: string; readonly userId: string; readonly role: string },
  row: SourceRow,
  context: CopyContext,
): AccountRow {
  return {
    ...accountOf('TeamMembership', 'team_member', memberId(teamId, userId), row, context),
    teamId,
    userId,
    role,
  }
}

function present(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(details).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )
}
