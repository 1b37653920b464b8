import { type Kysely, sql } from 'kysely'
import { badRequest } from 'sluice/internal'
import type { Limits } from '../rows.ts'
import type { Tables } from '../tables.ts'

/**
 * Columns that change besides when a key or an account names a budget: its period begins, unless the holder goes by an
 * amount or a period of its own. Throws `BadRequestError` when there is no such budget: the holder would be without limits.
 */
export async function nameBudget(
  database: Kysely<Tables>,
  changes: Partial<Limits> & { readonly budgetId?: string | null | undefined },
) {
  const { budgetId } = changes
  if (budgetId === undefined) return {}
  if (budgetId !== null) await mustExist(database, budgetId)
  if (changes.budgetResetAt !== undefined) return {}
  const keeps = sql`budget_id = ${budgetId} or budget_duration is not null or max_budget_nano_usd is not null`
  return { budget_reset_at: sql<number | null>`case when ${keeps} then budget_reset_at end` }
}

/** As `nameBudget` does for a change. */
export async function mustExist(database: Kysely<Tables>, budgetId: string): Promise<void> {
  const found = await database
    .selectFrom('budgets')
    .select('budget_id')
    .where('budget_id', '=', budgetId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (found !== undefined) return
  throw badRequest(
    `budget_id: there is no budget ${budgetId}. Make it with /budget/new, or correct the id.`,
    'budget_id',
  )
}
