import type { Reach } from '../../../auth/access/access-rule.ts'
import type { Caller } from '../../../auth/caller.ts'
import type { KeyRow } from '../../../db/rows.ts'
import { isAbove } from './wish.ts'

/**
 * What a new key has because the key that makes it has it: limits, models, routes and end that its maker did not state.
 * For makers who are no admins above it.
 */
export function inherited(caller: Caller, reach: Reach, changes: Partial<KeyRow>): Partial<KeyRow> {
  const own = caller.key
  if (own === undefined || isAbove(reach) || caller.role === 'proxy_admin') return {}
  return {
    ...(changes.maxBudgetNanoUsd == null && own.maxBudgetNanoUsd !== null
      ? {
          maxBudgetNanoUsd: own.maxBudgetNanoUsd,
          budgetDuration: changes.budgetDuration ?? own.budgetDuration,
          budgetResetAt: changes.budgetResetAt ?? own.budgetResetAt,
        }
      : {}),
    rpmLimit: changes.rpmLimit ?? own.rpmLimit,
    tpmLimit: changes.tpmLimit ?? own.tpmLimit,
    maxParallelRequests: changes.maxParallelRequests ?? own.maxParallelRequests,
    moreLimits: { ...own.moreLimits, ...changes.moreLimits },
    expiresAt: changes.expiresAt ?? own.expiresAt,
    models: changes.models?.length ? changes.models : own.models,
    allowedRoutes: changes.allowedRoutes?.length ? changes.allowedRoutes : own.allowedRoutes,
  }
}
