/** Whose money it is. */
export type BudgetKind = 'provider' | 'deployment'

/** What one process has spent of one budget in one period. */
export interface BudgetSpend {
  /** `limit`: of a caller's limit that no row of its own holds, such as a budget per model. */
  readonly kind: BudgetKind | 'limit'
  /** The provider's name, the deployment's id, or the limit's name. */
  readonly id: string
  /** End of the period, milliseconds since the epoch; 0 for a budget that never resets. */
  readonly resetAt: number
  /** The process. */
  readonly replica: string
  readonly nanoUsd: number
}
