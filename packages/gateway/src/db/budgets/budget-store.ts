import { type Kysely, sql } from 'kysely'
import type { Connection } from '../connection.ts'
import { later } from '../limit-columns.ts'
import type { BudgetRow } from '../rows.ts'
import type { BudgetsTable, Tables } from '../tables.ts'
import { decodeBudget, encodeBudget } from './budget-row.ts'

/** How many go by a budget. */
export interface BudgetHolders {
  readonly keys: number
  readonly accounts: number
}

/** Budgets that keys and accounts name by `budget_id`. A change of one counts as a change of all who name it. */
export interface BudgetStore {
  find(budgetId: string): Promise<BudgetRow | undefined>
  /** Those that are there, in no order. */
  findMany(budgetIds: readonly string[]): Promise<readonly BudgetRow[]>
  /** Newest first. */
  list(page: { readonly page: number; readonly size: number }): Promise<readonly BudgetRow[]>
  /** Takes the place of a removed one of that id. Fails with `ConflictError` when the id is taken. */
  create(row: BudgetRow): Promise<void>
  /** The row after the change, or undefined when there is none. */
  update(budgetId: string, changes: Partial<BudgetRow>): Promise<BudgetRow | undefined>
  /** As it was, or undefined when there was none. */
  remove(budgetId: string, now: number, by: string | null): Promise<BudgetRow | undefined>
  holders(budgetId: string): Promise<BudgetHolders>
  /** Budgets whose period ended at or before `now`: who joins from now on starts with the next one. */
  dueForReset(now: number, most: number): Promise<readonly BudgetRow[]>
  /** True when a key, an account or a budget waits for its period to begin at or before `now`. */
  anyDue(now: number): Promise<boolean>
  /** Begins the next period, unless another replica did. */
  advance(budgetId: string, nextResetAt: number): Promise<void>
}

export function createBudgetStore(connection: Connection): BudgetStore {
  return {
    async find(budgetId) {
      const [row] = await connection.run(database => findBudgets(database, [budgetId]))
      return row
    },
    findMany: budgetIds => connection.run(database => findBudgets(database, budgetIds)),
    list: page => connection.run(database => listBudgets(database, page)),
    create: row => connection.run(database => createBudget(database, row)),
    update: (budgetId, changes) =>
      connection.transaction(async transaction => {
        await updateBudget(transaction, budgetId, changes)
        const [row] = await findBudgets(transaction, [budgetId])
        return row
      }),
    remove: (budgetId, now, by) =>
      connection.transaction(async transaction => {
        const [row] = await findBudgets(transaction, [budgetId])
        await updateBudget(transaction, budgetId, { deletedAt: now, updatedAt: now, updatedBy: by })
        return row
      }),
    holders: budgetId => connection.run(database => holdersOf(database, budgetId)),
    anyDue: now => connection.run(database => anyDue(database, now)),
    dueForReset: (now, most) => connection.run(database => dueBudgets(database, now, most)),
    async advance(budgetId, nextResetAt) {
      await connection.transaction(async transaction => {
        await transaction
          .updateTable('budgets')
          .set({ budget_reset_at: nextResetAt, updated_at: later(Date.now()) })
          .where('budget_id', '=', budgetId)
          .where('budget_reset_at', '<', nextResetAt)
          .execute()
      })
    },
  }
}

async function findBudgets(
  database: Kysely<Tables>,
  budgetIds: readonly string[],
): Promise<readonly BudgetRow[]> {
  if (budgetIds.length === 0) return []
  const rows = await database
    .selectFrom('budgets')
    .selectAll()
    .where('budget_id', 'in', budgetIds)
    .where('deleted_at', 'is', null)
    .execute()
  return rows.map(decodeBudget)
}

async function createBudget(database: Kysely<Tables>, row: BudgetRow): Promise<void> {
  const values = encodeBudget(row) as BudgetsTable
  const replaced = await database
    .updateTable('budgets')
    .set(values)
    .where('budget_id', '=', row.budgetId)
    .where('deleted_at', 'is not', null)
    .executeTakeFirst()
  if (replaced.numUpdatedRows > 0n) return
  await database.insertInto('budgets').values(values).execute()
}

async function updateBudget(
  database: Kysely<Tables>,
  budgetId: string,
  changes: Partial<BudgetRow>,
): Promise<void> {
  const { budgetId: _, updatedAt = Date.now(), ...rest } = changes
  await database
    .updateTable('budgets')
    .set({ ...encodeBudget(rest), updated_at: later(updatedAt) })
    .where('budget_id', '=', budgetId)
    .where('deleted_at', 'is', null)
    .execute()
  // Replicas ask for holders that changed, and a period that is new begins for all of them together.
  const isNewPeriod = rest.budgetDuration !== undefined
  for (const table of ['accounts', 'virtual_keys'] as const) {
    const holders = database.updateTable(table).where('budget_id', '=', budgetId)
    await holders.set({ updated_at: later(updatedAt) }).execute()
    if (isNewPeriod)
      await holders
        .set({ budget_reset_at: null })
        .where('budget_duration', 'is', null)
        .where('max_budget_nano_usd', 'is', null)
        .execute()
  }
}

async function holdersOf(database: Kysely<Tables>, budgetId: string): Promise<BudgetHolders> {
  const count = (query: { executeTakeFirstOrThrow(): Promise<{ total: number }> }) =>
    query.executeTakeFirstOrThrow()
  const all = database.fn.countAll<number>().as('total')
  const keys = await count(database.selectFrom('virtual_keys').select(all).where('budget_id', '=', budgetId))
  const accounts = await count(
    database
      .selectFrom('accounts')
      .select(all)
      .where('budget_id', '=', budgetId)
      .where('deleted_at', 'is', null),
  )
  return { keys: Number(keys.total), accounts: Number(accounts.total) }
}

async function listBudgets(
  database: Kysely<Tables>,
  { page, size }: { readonly page: number; readonly size: number },
): Promise<readonly BudgetRow[]> {
  const rows = await database
    .selectFrom('budgets')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('budget_id')
    .limit(size)
    .offset((page - 1) * size)
    .execute()
  return rows.map(decodeBudget)
}

async function dueBudgets(
  database: Kysely<Tables>,
  now: number,
  most: number,
): Promise<readonly BudgetRow[]> {
  const rows = await database
    .selectFrom('budgets')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where('budget_reset_at', '<=', now)
    .limit(most)
    .execute()
  return rows.map(decodeBudget)
}

/** Asked with every batch of spend rows: three look-ups in indexes. */
async function anyDue(database: Kysely<Tables>, now: number): Promise<boolean> {
  const { rows } = await sql`select 1 as found where
    exists (select 1 from virtual_keys where budget_reset_at <= ${now})
    or exists (select 1 from accounts where budget_reset_at <= ${now} and deleted_at is null)
    or exists (select 1 from budgets where budget_reset_at <= ${now} and deleted_at is null)`.execute(
    database,
  )
  return rows.length > 0
}
