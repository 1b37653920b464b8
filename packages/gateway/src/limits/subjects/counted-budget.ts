import type { BudgetLimit } from '../limiter.ts'

/** A budget whose spend is counted by itself: no row holds it. Dollars. */
export function countedBudget(max: number, duration: string | null | undefined): BudgetLimit {
  return { maxNanoUsd: Math.round(max * 1e9), spentNanoUsd: undefined, duration: duration ?? undefined }
}
