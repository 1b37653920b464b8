import type { AccountKind, AccountRow } from '../../db/rows.ts'

/** An account without limits, as somebody makes it now. */
export function blankAccount(
  kind: AccountKind,
  id: string,
  now: number,
  by: string | null,
  more: Partial<AccountRow>,
): AccountRow {
  return {
    ...{ kind, id },
    alias: null,
    email: null,
    role: null,
    externalId: null,
    organizationId: null,
    teamId: null,
    userId: null,
    budgetId: null,
    models: [],
    metadata: {},
    details: {},
    blocked: false,
    maxBudgetNanoUsd: null,
    softBudgetNanoUsd: null,
    budgetDuration: null,
    budgetResetAt: null,
    rpmLimit: null,
    tpmLimit: null,
    maxParallelRequests: null,
    moreLimits: {},
    spendNanoUsd: 0,
    spendSetAt: null,
    deletedAt: null,
    ...{ createdAt: now, createdBy: by, updatedAt: now, updatedBy: by },
    ...more,
  }
}
