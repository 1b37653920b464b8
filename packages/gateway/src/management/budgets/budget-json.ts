import type { BudgetRow } from '../../db/rows.ts'
import { isoTime, limitAnswer } from '../limit-fields.ts'

/** A budget's row in LiteLLM's names: dollars and ISO times. */
export function budgetObject(row: BudgetRow) {
  return {
    budget_id: row.budgetId,
    ...limitAnswer(row),
    allowed_models: row.models,
    created_at: isoTime(row.createdAt),
    created_by: row.createdBy,
    updated_at: isoTime(row.updatedAt),
    updated_by: row.updatedBy,
  }
}

const FIELDS = [
  ['max_parallel_requests', 'Integer', 'Calls that may run at one time.'],
  ['tpm_limit', 'Integer', 'Tokens a minute.'],
  ['rpm_limit', 'Integer', 'Requests a minute.'],
  ['budget_duration', 'String', 'When the budget starts again: 30s, 30m, 24h, 30d, 1mo.'],
  ['max_budget', 'Float', 'US dollars in one period.'],
  ['soft_budget', 'Float', 'US dollars after which somebody is told.'],
] as const satisfies readonly (readonly [keyof ReturnType<typeof budgetObject>, string, string])[]

/** `/budget/settings`: LiteLLM's description of the form for one budget. */
export function budgetSettings(row: BudgetRow) {
  const values = budgetObject(row)
  return FIELDS.map(([name, type, description]) => ({
    field_name: name,
    field_type: type,
    field_description: description,
    field_value: values[name],
    stored_in_db: values[name] !== null,
    field_default_value: null,
  }))
}
