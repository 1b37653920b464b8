import type { BudgetSpend } from '../../types/budget-spend.ts'
import type { BudgetState } from './budget-state.ts'

/** What one attempt holds of its budgets until it is known what it cost. Given back once, whatever happens. */
export class BudgetHold {
  private readonly held: readonly { readonly budget: BudgetState; readonly resetAt: number }[]
  private readonly nanoUsd: number
  private readonly replica: string
  private readonly onSpent: (budget: BudgetState) => void
  private isOpen = true

  /** `worst`: nano-dollars, 0 where the price is unknown. */
  constructor(
    budgets: readonly BudgetState[],
    worst: number,
    replica: string,
    onSpent: (budget: BudgetState) => void,
  ) {
    this.nanoUsd = worst
    this.replica = replica
    this.onSpent = onSpent
    this.held = budgets.map(budget => ({ budget, resetAt: budget.resetAt ?? 0 }))
    for (const budget of budgets) budget.reserved += worst
  }

  /**
   * Replaces what was held by what was spent, in the period in which the attempt began: what it spends later is not
   * the new period's. Gives what was charged to whom; nothing the second time.
   */
  settle(spentNanoUsd: number): readonly BudgetSpend[] {
    if (!this.isOpen) return []
    this.isOpen = false
    const { replica } = this
    return this.held.map(({ budget, resetAt }) => {
      budget.reserved -= this.nanoUsd
      if (resetAt === (budget.resetAt ?? 0) && spentNanoUsd > 0) {
        budget.own += spentNanoUsd
        this.onSpent(budget)
      }
      return { kind: budget.kind, id: budget.id, resetAt, replica, nanoUsd: spentNanoUsd }
    })
  }
}
