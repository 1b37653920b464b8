import type { BudgetRow, Limits, Template } from '../rows.ts'
import type { BudgetsTable } from '../tables.ts'
import { decodeBudget } from './budget-row.ts'

/** The columns of `budgets`, as a reader of its holders gets them: all null where there is no such budget. */
export type TemplateColumns = {
  readonly [Column in keyof BudgetsTable as `template_${Column}`]: BudgetsTable[Column] | null
}

const COLUMNS = [
  'budget_id',
  'max_budget_nano_usd',
  'soft_budget_nano_usd',
  'budget_duration',
  'budget_reset_at',
  'rpm_limit',
  'tpm_limit',
  'max_parallel_requests',
  'more_limits',
  'models',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'deleted_at',
] as const satisfies readonly (keyof BudgetsTable)[]

/** What a query that joins `budgets as template` selects of it. */
export const TEMPLATE_COLUMNS = COLUMNS.map(column => `template.${column} as template_${column}` as const)

/** The limits in force, and where they come from when the holder names a budget. */
export function withTemplate(
  own: Limits & { readonly models: readonly string[] },
  stored: TemplateColumns,
): Limits & { readonly models: readonly string[]; readonly template?: Template } {
  const budget = templateOf(stored)
  if (budget === undefined) return own
  const limits: Limits = {
    maxBudgetNanoUsd: own.maxBudgetNanoUsd ?? budget.maxBudgetNanoUsd,
    softBudgetNanoUsd: own.softBudgetNanoUsd ?? budget.softBudgetNanoUsd,
    ...periodOf(own, budget),
    rpmLimit: own.rpmLimit ?? budget.rpmLimit,
    tpmLimit: own.tpmLimit ?? budget.tpmLimit,
    maxParallelRequests: own.maxParallelRequests ?? budget.maxParallelRequests,
    moreLimits: { ...budget.moreLimits, ...own.moreLimits },
  }
  const models = own.models.length > 0 ? own.models : budget.models
  return { ...limits, models, template: { budget, own } }
}

/** An own amount or period goes by its own calendar: a period belongs to the amount that was named with it. */
function periodOf(own: Limits, budget: BudgetRow): Pick<Limits, 'budgetDuration' | 'budgetResetAt'> {
  if (own.maxBudgetNanoUsd !== null || own.budgetDuration !== null)
    return { budgetDuration: own.budgetDuration, budgetResetAt: own.budgetResetAt }
  return {
    budgetDuration: budget.budgetDuration,
    budgetResetAt: budget.budgetDuration === null ? null : (own.budgetResetAt ?? budget.budgetResetAt),
  }
}

function templateOf(stored: TemplateColumns): BudgetRow | undefined {
  if (stored.template_budget_id === null) return undefined
  const columns = Object.fromEntries(COLUMNS.map(column => [column, stored[`template_${column}`]]))
  return decodeBudget(columns as unknown as BudgetsTable)
}
