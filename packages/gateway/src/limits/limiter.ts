import type { CallRecord } from 'sluice/internal'

/** Requests, tokens, parallel slots and budgets: one shape. */
export interface Limiter {
  readonly name: string
  /**
   * Checks every subject's limits and takes from all of them, or from none.
   * Throws `RateLimitError` (with `retryAfterMs` and `x-ratelimit-*` headers) or `BudgetExceededError`.
   */
  reserve(claim: Claim): Promise<Reservation> | Reservation
}

/** The worst case of one call. */
export interface Claim {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly subjects: readonly LimitSubject[]
  /** Input tokens counted plus the most output tokens the call may produce. */
  readonly tokens: number
  /** The part of `tokens` that stands for the prompt. */
  readonly inputTokens?: number | undefined
  /** Nano-dollars; undefined when the price is unknown: budgets then admit on what is already spent. */
  readonly nanoUsd: number | undefined
  readonly model: string
  /** Which tokens `tpm` counts; all unless stated (`token_rate_limit_type`). */
  readonly tokenType?: TokenType | undefined
}

export type TokenType = 'total' | 'input' | 'output'

/**
 * Who may carry limits. `model` is a model group as a whole, `priority` those who share one of its shares
 * (`priority_reservation`), `global` the whole proxy.
 */
export type SubjectKind =
  | 'key'
  | 'user'
  | 'team'
  | 'team_member'
  | 'organization'
  | 'organization_member'
  | 'project'
  | 'customer'
  | 'tag'
  | 'model'
  | 'priority'
  | 'global'

/**
 * One counter: who is charged, with the limits that hold for them. Somebody with limits per model, or with several
 * budget windows, is several subjects of one kind and id that differ in `model` or `window`.
 */
export interface LimitSubject {
  readonly kind: SubjectKind
  readonly id: string
  /** For messages: the key's alias or masked name, never the key. */
  readonly label: string
  /** Counts only calls of the models of this name: a group, or a pattern such as `openai/*`. */
  readonly model?: string | undefined
  /** Counts money only, over this duration besides the subject's own budget (`budget_limits`). */
  readonly window?: string | undefined
  readonly rpm?: number | undefined
  /** Input and output tokens together. */
  readonly tpm?: number | undefined
  readonly inputTpm?: number | undefined
  readonly outputTpm?: number | undefined
  readonly maxParallelRequests?: number | undefined
  readonly budget?: BudgetLimit | undefined
  /**
   * Its rates refuse only while the subject before it in the claim uses at least this part of its own, 0 to 1
   * (`saturation_threshold`): below, what others leave may be borrowed.
   */
  readonly strictFrom?: number | undefined
  /** Its rates refuse only while deployments of the model fail (`rpm_limit_type: dynamic`); they count all the time. */
  readonly isRpmDynamic?: boolean | undefined
  readonly isTpmDynamic?: boolean | undefined
}

export interface BudgetLimit {
  readonly maxNanoUsd: number
  /** What the database knows was spent when this subject was loaded; seeds the counter. Undefined: it must be asked. */
  readonly spentNanoUsd: number | undefined
  /** LiteLLM's duration string (`30d` …); absent never resets. */
  readonly duration?: string | undefined
  /** Milliseconds since the epoch of the next reset. */
  readonly resetAt?: number | undefined
  /** When `spentNanoUsd` was last set by hand, milliseconds: a change restarts the counter from it. */
  readonly setAt?: number | undefined
  /** Nano-dollars on top until then, milliseconds (`temp_budget_increase`). */
  readonly extraNanoUsd?: number | undefined
  readonly extraUntil?: number | undefined
  /** Nano-dollars from which on somebody is told; refuses nothing. */
  readonly softNanoUsd?: number | undefined
}

/** What a call holds until its truth is known. */
export interface Reservation {
  /** `x-ratelimit-*` and `x-litellm-key-*` facts as they stand after this reservation; lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Exactly once per reservation; never throws. */
  settle(record: CallRecord): Promise<void> | void
}
