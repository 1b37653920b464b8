import type { AccountRow } from '../../db/rows.ts'
import { usdFromNano } from '../../spend/money.ts'
import { accountAnswer } from '../accounts/account-fields.ts'
import type { AccountSubject } from '../accounts/account-subject.ts'
import { limitAnswer, templateAnswer } from '../limit-fields.ts'

/** A customer in LiteLLM's names. */
export function customerObject(row: AccountRow) {
  return {
    user_id: row.id,
    alias: row.alias,
    ...accountAnswer(row),
    spend: usdFromNano(row.spendNanoUsd),
    allowed_model_region: row.details['allowed_model_region'] ?? null,
    default_model: row.details['default_model'] ?? null,
    litellm_budget_table: templateAnswer(row.template) ?? ownBudget(row),
    object_permission: null,
  }
}

/** LiteLLM makes a budget for each customer that states limits; here they are the customer's own. */
function ownBudget(row: AccountRow) {
  const limits = limitAnswer(row)
  const { max_budget, soft_budget, tpm_limit, rpm_limit, max_parallel_requests } = limits
  const stated = [max_budget, soft_budget, tpm_limit, rpm_limit, max_parallel_requests]
  return stated.every(limit => limit === null) ? null : { budget_id: null, ...limits }
}

export const CUSTOMERS: AccountSubject = {
  kind: 'customer',
  table: 'LiteLLM_EndUserTable',
  noun: 'Customer',
  idField: 'user_id',
  answer: customerObject,
}
