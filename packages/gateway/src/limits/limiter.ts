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
  /** Nano-dollars; undefined when the price is unknown: budgets then admit on what is already spent. */
  readonly nanoUsd: number | undefined
  readonly model: string
}

/** Who is charged, with the limits that hold for them. Counters are keyed by `kind:id`. */
export interface LimitSubject {
  readonly kind: 'key' | 'user' | 'team' | 'global'
  readonly id: string
  /** For messages: the key's alias or masked name, never the key. */
  readonly label: string
  readonly rpm?: number | undefined
  readonly tpm?: number | undefined
  readonly maxParallelRequests?: number | undefined
  readonly budget?: BudgetLimit | undefined
}

export interface BudgetLimit {
  readonly maxNanoUsd: number
  /** What the database knows was spent when this subject was loaded; seeds the counter. */
  readonly spentNanoUsd: number
  /** LiteLLM's duration string (`30d` …); absent never resets. */
  readonly duration?: string | undefined
  /** Milliseconds since the epoch of the next reset. */
  readonly resetAt?: number | undefined
  /** When `spentNanoUsd` was last set by hand, milliseconds: a change restarts the counter from it. */
  readonly setAt?: number | undefined
}

/** What a call holds until its truth is known. */
export interface Reservation {
  /** `x-ratelimit-*` and `x-litellm-key-*` facts as they stand after this reservation; lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Exactly once per reservation; never throws. */
  settle(record: CallRecord): Promise<void> | void
}
