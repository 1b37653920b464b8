import { blankAccountRow, blankKeyRow, NO_LIMITS } from '../blank-rows.ts'
import type { AccountKind, AccountRow, BudgetRow, KeyRow, SpendRow } from '../rows.ts'

const MADE = { createdAt: 1_000, updatedAt: 1_000 } as const

/** A key with nothing special about it. */
export function keyRow(tokenHash: string, more: Partial<KeyRow> = {}): KeyRow {
  return blankKeyRow(tokenHash, { keyName: 'sk-...abcd', ...MADE, ...more })
}

/** A successful call that cost 1,500 nano-dollars. */
export function spendRow(requestId: string, more: Partial<SpendRow> = {}): SpendRow {
  return {
    requestId,
    callType: 'acompletion',
    apiKey: 'hash-1',
    keyAlias: null,
    userId: null,
    teamId: null,
    organizationId: null,
    projectId: null,
    endUser: null,
    model: 'gpt-4o',
    modelGroup: 'smart',
    modelId: 'deployment-1',
    provider: 'openai',
    apiBase: null,
    spendNanoUsd: 1_500,
    totalTokens: 30,
    promptTokens: 10,
    completionTokens: 20,
    cacheReadTokens: 3,
    cacheWriteTokens: 1,
    startTime: Date.UTC(2026, 0, 2, 3),
    endTime: Date.UTC(2026, 0, 2, 3) + 900,
    completionStartTime: null,
    status: 'success',
    stream: false,
    cacheHit: false,
    requestTags: [],
    metadata: {},
    requesterIp: null,
    sessionId: null,
    callId: null,
    traceId: null,
    messages: {},
    response: {},
    ...more,
  }
}

/** An account with nothing special about it. */
export function accountRow(kind: AccountKind, id: string, more: Partial<AccountRow> = {}): AccountRow {
  return blankAccountRow(kind, id, { ...MADE, ...more })
}

/** A budget that limits nothing. */
export function budgetRow(budgetId: string, more: Partial<BudgetRow> = {}): BudgetRow {
  return {
    budgetId,
    models: [],
    ...NO_LIMITS,
    ...MADE,
    createdBy: null,
    updatedBy: null,
    deletedAt: null,
    ...more,
  }
}
