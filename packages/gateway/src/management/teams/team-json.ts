import type { AccountRow } from '../../db/rows.ts'
import { usdFromNano } from '../../spend/money.ts'
import { accountAnswer } from '../accounts/account-fields.ts'
import type { AccountSubject } from '../accounts/account-subject.ts'
import { dollars, limitAnswer } from '../limit-fields.ts'

export const TEAM: AccountSubject = {
  kind: 'team',
  table: 'LiteLLM_TeamTable',
  noun: 'Team',
  idField: 'team_id',
  answer: teamFacts,
}

export const TEAM_MEMBER: AccountSubject = {
  kind: 'team_member',
  table: 'LiteLLM_TeamMembership',
  noun: 'Team member',
  idField: 'user_id',
  answer: row => ({ ...memberRole(row), ...membership(row) }),
}

/** A team's own columns in LiteLLM's names, without its members. */
function teamFacts(row: AccountRow) {
  const { details } = row
  const aliases = details['model_aliases'] ?? {}
  return {
    team_id: row.id,
    team_alias: row.alias,
    organization_id: row.organizationId,
    ...accountAnswer(row),
    tags: row.metadata['tags'] ?? null,
    model_aliases: aliases,
    litellm_model_table: { model_aliases: aliases },
    model_id: null,
    object_permission: null,
    team_member_permissions: details['team_member_permissions'] ?? [],
    team_member_budget: details['team_member_budget'] ?? null,
    team_member_budget_duration: details['team_member_budget_duration'] ?? null,
    team_member_rpm_limit: details['team_member_rpm_limit'] ?? null,
    team_member_tpm_limit: details['team_member_tpm_limit'] ?? null,
    team_member_key_duration: details['team_member_key_duration'] ?? null,
    access_group_ids: details['access_group_ids'] ?? [],
    default_team_member_models: details['default_team_member_models'] ?? [],
  }
}

/** A team with those who are in it: its membership rows are the one truth about that. */
export function teamAnswer(row: AccountRow, members: readonly AccountRow[]) {
  return {
    ...teamFacts(row),
    admins: members.filter(({ role }) => role === 'admin').map(({ userId }) => userId),
    members: members.map(({ userId }) => userId),
    members_with_roles: members.map(memberRole),
  }
}

export function memberRole(row: AccountRow) {
  return { user_id: row.userId, user_email: row.email, role: row.role }
}

/** LiteLLM's membership: what somebody has and spent within a team. */
export function membership(row: AccountRow) {
  const { max_budget, soft_budget, budget_duration, budget_reset_at, tpm_limit, rpm_limit } = limitAnswer(row)
  return {
    user_id: row.userId,
    team_id: row.teamId,
    budget_id: row.budgetId,
    spend: usdFromNano(row.spendNanoUsd),
    litellm_budget_table: {
      ...{ max_budget, soft_budget, budget_duration, budget_reset_at, tpm_limit, rpm_limit },
      ...{ max_parallel_requests: row.maxParallelRequests, model_max_budget: null },
    },
    allowed_models: row.models,
  }
}

/** The answer to a change of one member. */
export function memberAnswer(row: AccountRow) {
  return {
    team_id: row.teamId,
    user_id: row.userId,
    user_email: row.email,
    role: row.role,
    max_budget_in_team: dollars(row.maxBudgetNanoUsd),
    budget_duration: row.budgetDuration,
    tpm_limit: row.tpmLimit,
    rpm_limit: row.rpmLimit,
    allowed_models: row.models,
  }
}
