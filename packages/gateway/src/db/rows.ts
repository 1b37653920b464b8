import type { BudgetSpend } from 'sluice/internal'

/** Rows as the gateway sees them: camel case, times in milliseconds, money in nano-dollars, JSON parsed. */

/** What one model group may spend. */
export interface ModelBudget {
  readonly max_budget?: number | null | undefined
  readonly budget_duration?: string | null | undefined
  readonly rpm_limit?: number | null | undefined
  readonly tpm_limit?: number | null | undefined
}

/** Limits without a column of their own, in LiteLLM's names: dollars, tokens and requests a minute. */
export interface MoreLimits {
  readonly model_max_budget?: Readonly<Record<string, ModelBudget>>
  readonly model_rpm_limit?: Readonly<Record<string, number>>
  readonly model_tpm_limit?: Readonly<Record<string, number>>
  /** Several windows beside the main budget. */
  readonly budget_limits?: readonly { readonly budget_duration: string; readonly max_budget: number }[]
  readonly rpm_limit_type?: string
  readonly tpm_limit_type?: string
  readonly input_tpm_limit?: number
  readonly output_tpm_limit?: number
  /** Names of a person's limits that the admin of the gateway set: nobody below loosens them. */
  readonly set_by_gateway?: readonly string[]
}

/** What keys, accounts and budgets have in common. Null: no such limit. */
export interface Limits {
  readonly maxBudgetNanoUsd: number | null
  readonly softBudgetNanoUsd: number | null
  readonly budgetDuration: string | null
  readonly budgetResetAt: number | null
  readonly rpmLimit: number | null
  readonly tpmLimit: number | null
  readonly maxParallelRequests: number | null
  readonly moreLimits: MoreLimits
}

export interface Authorship {
  readonly createdAt: number
  readonly createdBy: string | null
  /** Milliseconds; grows on every change, so that replicas can ask for what changed since. */
  readonly updatedAt: number
  readonly updatedBy: string | null
}

/** Where limits in force come from, for whoever names a budget: what they state themselves comes first. */
export interface Template {
  readonly budget: BudgetRow
  readonly own: Limits & { readonly models: readonly string[] }
}

/** Everybody but keys that may hold models, limits and a budget. */
export type AccountKind =
  | 'organization'
  | 'organization_member'
  | 'team'
  | 'team_member'
  | 'user'
  | 'project'
  | 'customer'
  | 'tag'

export interface AccountRow extends Limits, Authorship {
  readonly kind: AccountKind
  /** Unique among its kind; a member's is `memberId(team or organization, user)`. */
  readonly id: string
  readonly alias: string | null
  readonly email: string | null
  /** A user's role, or a member's in its team or organization. */
  readonly role: string | null
  /** Its name at an identity provider. */
  readonly externalId: string | null
  readonly organizationId: string | null
  readonly teamId: string | null
  readonly userId: string | null
  /** The budget its limits come from where it has none of its own. */
  readonly budgetId: string | null
  /** Present where `budgetId` names one; read only, like the limits it gave. */
  readonly template?: Template | undefined
  readonly models: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  /** What only this kind has, in LiteLLM's names. */
  readonly details: Readonly<Record<string, unknown>>
  readonly blocked: boolean
  readonly spendNanoUsd: number
  /** When its spend was last set by hand. */
  readonly spendSetAt: number | null
  readonly deletedAt: number | null
}

/** Limits under a name, for whoever states it as `budget_id`. */
export interface BudgetRow extends Limits, Authorship {
  readonly budgetId: string
  readonly models: readonly string[]
  readonly deletedAt: number | null
}

/** How a key comes to new secrets. */
export interface KeyRotation {
  /** LiteLLM's `auto_rotate`. */
  readonly isAutomatic: boolean
  /** LiteLLM's duration, such as `30d`. */
  readonly interval: string | null
  /** How long the old secret goes on working; null: as the configuration says. */
  readonly grace: string | null
  /** Milliseconds; when the next one is due. */
  readonly dueAt: number | null
  readonly count: number
  readonly lastAt: number | null
  /** The hash of the key's first secret: what its counters go by, so that they go on. */
  readonly firstHash: string | null
  /** New secrets in a row that nobody took delivery of. */
  readonly failures: number
}

/** A secret a key had before; it opens what the key opens until it ends. */
export interface RetiredSecret {
  readonly tokenHash: string
  /** The key's hash now. */
  readonly activeHash: string
  readonly keyName: string
  /** Milliseconds, exclusive; null: until somebody has the new secret. */
  readonly endsAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

export interface KeyRow extends Limits, Authorship {
  /** SHA-256 of the whole key, lower-case hex. */
  readonly tokenHash: string
  /** `sk-...` and the last four characters. */
  readonly keyName: string
  readonly keyAlias: string | null
  readonly userId: string | null
  readonly teamId: string | null
  readonly organizationId: string | null
  readonly projectId: string | null
  readonly budgetId: string | null
  /** As of an account. */
  readonly template?: Template | undefined
  readonly models: readonly string[]
  readonly aliases: Readonly<Record<string, string>>
  readonly spendNanoUsd: number
  readonly expiresAt: number | null
  readonly blocked: boolean
  readonly metadata: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
  readonly permissions: Readonly<Record<string, unknown>>
  readonly allowedRoutes: readonly string[]
  readonly lastActiveAt: number | null
  /** Absent: never rotated, and not to be. */
  readonly rotation?: KeyRotation | undefined
  /** LiteLLM's unified access groups. */
  readonly accessGroupIds?: readonly string[] | undefined
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
  readonly projectId: string | null
  readonly endUser: string | null
  readonly model: string
  readonly modelGroup: string
  readonly modelId: string | null
  readonly provider: string | null
  readonly apiBase: string | null
  /** Null when the price is unknown. */
  readonly spendNanoUsd: number | null
  /** True where `spendNanoUsd` is not all of it: the price of one of several attempts is unknown. */
  readonly isCostPartial?: boolean | undefined
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
  /** The agent that called, by its own word (`x-litellm-agent-id`). */
  readonly agentId?: string | null | undefined
  readonly messages: unknown
  readonly response: unknown
  /** What the call charged to budgets of providers and deployments; written into their sums, and not kept with the row. */
  readonly budgetSpends?: readonly BudgetSpend[] | undefined
}

/** A row on its way in. Metadata that is JSON already is not made into JSON twice. */
export interface NewSpendRow extends Omit<SpendRow, 'metadata'> {
  readonly metadata: SpendRow['metadata'] | string
}
