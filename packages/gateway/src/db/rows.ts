import type { BudgetSpend } from 'sluice/internal'

/** Rows as the gateway sees them: camel case, times in milliseconds, money in nano-dollars, JSON parsed. */

export interface KeyRow {
  /** SHA-256 of the whole key, lower-case hex. */
  readonly tokenHash: string
  /** `sk-...` and the last four characters. */
  readonly keyName: string
  readonly keyAlias: string | null
  readonly userId: string | null
  readonly teamId: string | null
  readonly organizationId: string | null
  readonly models: readonly string[]
  readonly aliases: Readonly<Record<string, string>>
  readonly maxBudgetNanoUsd: number | null
  readonly softBudgetNanoUsd: number | null
  readonly spendNanoUsd: number
  readonly budgetDuration: string | null
  readonly budgetResetAt: number | null
  readonly rpmLimit: number | null
  readonly tpmLimit: number | null
  readonly maxParallelRequests: number | null
  readonly expiresAt: number | null
  readonly blocked: boolean
  readonly metadata: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
  readonly permissions: Readonly<Record<string, unknown>>
  readonly allowedRoutes: readonly string[]
  readonly createdAt: number
  readonly createdBy: string | null
  /** Milliseconds; grows on every change, so that replicas can ask for what changed since. */
  readonly updatedAt: number
  readonly updatedBy: string | null
  readonly lastActiveAt: number | null
}

/** One spend row per call, LiteLLM's SpendLogs columns in our case. */
export interface SpendRow {
  /** The call id: the primary key that makes replays harmless. */
  readonly requestId: string
  readonly callType: string
  readonly apiKey: string
  readonly keyAlias: string | null
  readonly userId: string | null
  readonly teamId: string | null
  readonly organizationId: string | null
  readonly endUser: string | null
  readonly model: string
  readonly modelGroup: string
  readonly modelId: string | null
  readonly provider: string | null
  readonly apiBase: string | null
  /** Null when the price is unknown. */
  readonly spendNanoUsd: number | null
  readonly totalTokens: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly startTime: number
  readonly endTime: number
  readonly completionStartTime: number | null
  readonly status: 'success' | 'failure'
  readonly stream: boolean
  readonly cacheHit: boolean
  readonly requestTags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly requesterIp: string | null
  readonly sessionId: string | null
  /** The client's own name of the call, where it gave one. */
  readonly callId: string | null
  /** The trace, where it is not the session. */
  readonly traceId: string | null
  readonly messages: unknown
  readonly response: unknown
  /** What the call charged to budgets of providers and deployments; written into their sums, and not kept with the row. */
  readonly budgetSpends?: readonly BudgetSpend[] | undefined
}

/** A row on its way in. Metadata that is JSON already is not made into JSON twice. */
export interface NewSpendRow extends Omit<SpendRow, 'metadata'> {
  readonly metadata: SpendRow['metadata'] | string
}
