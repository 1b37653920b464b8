import type { AccountKind, AccountRow, KeyRow, Limits } from './rows.ts'

/** Nobody's limits: what somebody new has. */
export const NO_LIMITS: Limits = {
  maxBudgetNanoUsd: null,
  softBudgetNanoUsd: null,
  budgetDuration: null,
  budgetResetAt: null,
  rpmLimit: null,
  tpmLimit: null,
  maxParallelRequests: null,
  moreLimits: {},
}

const NOBODY = { createdAt: 0, createdBy: null, updatedAt: 0, updatedBy: null } as const

/** A key that has nothing but what `more` says. */
export function blankKeyRow(tokenHash: string, more: Partial<KeyRow>): KeyRow {
  return {
    ...{ tokenHash, keyName: '', keyAlias: null, userId: null, teamId: null },
    ...{ organizationId: null, projectId: null, budgetId: null },
    ...{ models: [], aliases: {}, metadata: {}, tags: [], permissions: {}, allowedRoutes: [] },
    ...NO_LIMITS,
    ...{ spendNanoUsd: 0, expiresAt: null, blocked: false, lastActiveAt: null },
    ...NOBODY,
    ...more,
  }
}

/** An account that has nothing but what `more` says. */
export function blankAccountRow(kind: AccountKind, id: string, more: Partial<AccountRow>): AccountRow {
  return {
    ...{ kind, id, alias: null, email: null, role: null, externalId: null },
    ...{ organizationId: null, teamId: null, userId: null, budgetId: null },
    ...{ models: [], metadata: {}, details: {}, blocked: false },
    ...NO_LIMITS,
    ...{ spendNanoUsd: 0, spendSetAt: null },
    ...NOBODY,
    deletedAt: null,
    ...more,
  }
}
