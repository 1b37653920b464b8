/** Whose money it is. */
export type BudgetKind = 'provider' | 'deployment'

/** What one process has spent of one budget in one period. */
export interface BudgetSpend {
  readonly kind: BudgetKind
  /** The provider's name, or the deployment's id. */
  readonly id: string
  /** End of the period, milliseconds since the epoch; 0 for a budget that never resets. */
  readonly resetAt: number
  /** The process. */
  readonly replica: string
  readonly nanoUsd: number
}
