import type { LimitSettings } from '../../config/settings.ts'
import type { BudgetStore } from '../../db/budgets/budget-store.ts'
import type { Log } from '../../db/log.ts'
import type { BudgetRow } from '../../db/rows.ts'
import { type RowLimits, rowLimits } from './row-limits.ts'

export interface EndUserBudgetOptions {
  readonly store: Pick<BudgetStore, 'find'>
  readonly settings: () => { readonly limits: LimitSettings }
  readonly log: Pick<Log, 'warn'>
}

/** The budget that customers without limits of their own go by (`max_end_user_budget_id`), as last read. */
export class EndUserBudget {
  readonly #options: EndUserBudgetOptions
  #row: BudgetRow | undefined
  /** The id that was looked for last and not there: said once. */
  #missing: string | undefined

  constructor(options: EndUserBudgetOptions) {
    this.#options = options
  }

  /** Undefined where none is configured, there is none, or the database has not been read. */
  get row(): BudgetRow | undefined {
    return this.#row?.budgetId === this.#id ? this.#row : undefined
  }

  /** Reads it again; rejects with `ServiceUnavailableError`, and what was read last goes on. */
  async sync(): Promise<void> {
    const id = this.#id
    this.#row = id === undefined ? undefined : await this.#options.store.find(id)
    if (id === undefined || this.#row !== undefined) this.#missing = undefined
    else if (this.#missing !== id) {
      this.#missing = id
      this.#options.log.warn(
        { budget_id: id },
        'max_end_user_budget_id names a budget that is not there: end users without limits of their own have none of it. Make it with /budget/new',
      )
    }
  }

  get #id(): string | undefined {
    return this.#options.settings().limits.endUserBudgetId
  }
}

/** No row holds what was spent, and each customer's period is the calendar's. */
const COUNTED = { spentNanoUsd: undefined, resetAt: undefined }

/** What one customer may do by the budget of all. Each has a counter of its own, from the moment it first calls. */
export function endUserLimits(customerId: string, budget: BudgetRow): RowLimits {
  const name = { kind: 'customer', id: customerId, label: customerId } as const
  const row = { ...budget, spendNanoUsd: 0, metadata: {} }
  const { subjects, models } = rowLimits({ ...name, setAt: undefined, row })
  return {
    subjects: subjects.map(subject =>
      subject.budget === undefined || subject.window !== undefined
        ? subject
        : { ...subject, budget: { ...subject.budget, ...COUNTED } },
    ),
    models,
  }
}
