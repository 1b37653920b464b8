import type { AccountRow } from '../../db/rows.ts'
import { usdFromNano } from '../../spend/money.ts'
import { accountAnswer } from '../accounts/account-fields.ts'
import type { AccountSubject } from '../accounts/account-subject.ts'
import { isoTime, limitAnswer } from '../limit-fields.ts'

export const ORGANIZATION: AccountSubject = {
  kind: 'organization',
  table: 'LiteLLM_OrganizationTable',
  noun: 'Organization',
  idField: 'organization_id',
  answer: organizationAnswer,
}

export const ORGANIZATION_MEMBER: AccountSubject = {
  kind: 'organization_member',
  table: 'LiteLLM_OrganizationMembership',
  noun: 'Organization member',
  idField: 'user_id',
  answer: organizationMembership,
}

/** Its limits stand in it, and where LiteLLM has them: in `litellm_budget_table`. */
export function organizationAnswer(row: AccountRow) {
  return {
    organization_id: row.id,
    organization_alias: row.alias,
    ...accountAnswer(row),
    object_permission: null,
    litellm_budget_table: budgetOf(row),
  }
}

export function organizationMembership(row: AccountRow) {
  return {
    organization_id: row.organizationId,
    user_id: row.userId,
    user_email: row.email,
    user_role: row.role,
    budget_id: row.budgetId,
    spend: usdFromNano(row.spendNanoUsd),
    litellm_budget_table: budgetOf(row),
    created_at: isoTime(row.createdAt),
    updated_at: isoTime(row.updatedAt),
  }
}

function budgetOf(row: AccountRow) {
  return { budget_id: row.budgetId, ...limitAnswer(row) }
}
