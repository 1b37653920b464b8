import {
  decodeAuthors,
  decodeLimits,
  encodeAuthors,
  encodeJson,
  encodeLimits,
  given,
} from '../limit-columns.ts'
import type { BudgetRow } from '../rows.ts'
import type { BudgetsTable } from '../tables.ts'

/** Columns of those fields that are given. */
export function encodeBudget(row: Partial<BudgetRow>): Partial<BudgetsTable> {
  return given({
    budget_id: row.budgetId,
    ...encodeLimits(row),
    models: encodeJson(row.models),
    ...encodeAuthors(row),
    deleted_at: row.deletedAt,
  })
}

export function decodeBudget(stored: BudgetsTable): BudgetRow {
  return {
    budgetId: stored.budget_id,
    ...decodeLimits(stored),
    models: JSON.parse(stored.models) as string[],
    ...decodeAuthors(stored),
    deletedAt: stored.deleted_at,
  }
}
