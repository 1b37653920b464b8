import { z } from 'zod'
import { limitFields } from '../limit-fields.ts'

const budgetId = z.string().trim().min(1, 'must not be empty').max(255, 'must not exceed 255 characters')

const budgetFields = {
  ...limitFields,
  /** When the period that runs now ends; otherwise the calendar says. */
  budget_reset_at: z.iso.datetime({ offset: true, error: 'must be an ISO time' }).nullish(),
  allowed_models: z.array(z.string().min(1).max(1_000)).max(1_000).nullish(),
}

export const NewBudgetBody = z.strictObject({ budget_id: budgetId.nullish(), ...budgetFields })
export const UpdateBudgetBody = z.strictObject({ budget_id: budgetId, ...budgetFields })
export const BudgetsBody = z.strictObject({
  budgets: z.array(budgetId).min(1, 'must name a budget').max(1_000),
})
export const DeleteBudgetBody = z.strictObject({ id: budgetId })
export const BudgetQuery = z.strictObject({ budget_id: budgetId })
export const BudgetPageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(1_000).default(1_000),
})

export type BudgetBody = z.infer<typeof NewBudgetBody>
