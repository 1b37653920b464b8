import { type Kysely, sql } from 'kysely'
import { mustExist, nameBudget } from '../budgets/name-budget.ts'
import type { Connection } from '../connection.ts'
import { type BudgetPeriod, baseForSpend, later, periodBegins } from '../limit-columns.ts'
import type { AccountKind, AccountRow } from '../rows.ts'
import { lockPeriods } from '../spend/books/period-lock.ts'
import type { AccountsTable, Tables } from '../tables.ts'
import { decodeAccount, encodeAccount } from './account-row.ts'
import type { AccountChanges, AccountRef, AccountStore } from './account-store.ts'
import { adoptSpenders } from './adopt-spenders.ts'
import { listAccountIds, listAccounts } from './list-accounts.ts'
import { storedAccounts } from './stored-accounts.ts'

/** References asked for in one query. */
const CHUNK = 500

/** Accounts in `accounts`, their spend joined in from `spend_totals`. */
export function createAccountStore(connection: Connection): AccountStore {
  return {
    find: (kind, id) => connection.run(database => findAccount(database, kind, id)),
    hold: (kind, id) =>
      connection.transaction(async transaction => {
        // The embedded database has one connection: whoever is in a transaction is alone.
        if (connection.dialect === 'postgres')
          await transaction
            .selectFrom('accounts')
            .select('id')
            .where('kind', '=', kind)
            .where('id', '=', id)
            .forUpdate()
            .execute()
        return await findAccount(transaction, kind, id)
      }),
    findMany: refs => connection.run(database => findMany(database, refs)),
    create: row => connection.run(database => createAccount(database, row)),
    adoptSpenders: (kind, now, ids) => connection.run(database => adoptSpenders(database, kind, now, ids)),
    update: (kind, id, changes) =>
      connection.transaction(async transaction => {
        if (changes.spendNanoUsd !== undefined) await lockPeriods(transaction, connection.dialect, 'alone')
        await updateAccount(transaction, kind, id, changes)
        return await findAccount(transaction, kind, id)
      }),
    remove: (refs, now, by) =>
      connection.transaction(async transaction => {
        const rows = await findMany(transaction, refs)
        for (const { kind, id } of rows)
          await transaction
            .updateTable('accounts')
            .set({ deleted_at: now, updated_by: by, updated_at: later(now) })
            .where('kind', '=', kind)
            .where('id', '=', id)
            .execute()
        return rows
      }),
    list: filter => connection.run(database => listAccounts(database, filter)),
    listIds: filter => connection.run(database => listAccountIds(database, filter)),
    changedSince: (since, most) => connection.run(database => changedAccounts(database, since, most)),
    resetBudgets: due => resetBudgets(connection, due),
    dueForReset: (now, most) => connection.run(database => dueAccounts(database, now, most)),
  }
}

async function findAccount(
  database: Kysely<Tables>,
  kind: AccountKind,
  id: string,
): Promise<AccountRow | undefined> {
  const [row] = await findMany(database, [{ kind, id }])
  return row
}

async function findMany(
  database: Kysely<Tables>,
  refs: readonly AccountRef[],
): Promise<readonly AccountRow[]> {
  const found: AccountRow[] = []
  for (let at = 0; at < refs.length; at += CHUNK) {
    const some = refs.slice(at, at + CHUNK)
    const rows = await storedAccounts(database)
      .where('accounts.deleted_at', 'is', null)
      .where(build =>
        build.or(
          [...Map.groupBy(some, ({ kind }) => kind)].map(([kind, group]) =>
            build.and([
              build('accounts.kind', '=', kind),
              build(
                'accounts.id',
                'in',
                group.map(({ id }) => id),
              ),
            ]),
          ),
        ),
      )
      .execute()
    found.push(...rows.map(decodeAccount))
  }
  return found
}

async function createAccount(database: Kysely<Tables>, row: AccountRow): Promise<void> {
  if (row.budgetId !== null) await mustExist(database, row.budgetId)
  const values = {
    ...(encodeAccount(row) as Omit<AccountsTable, 'spend_base_nano_usd' | 'spend_from'>),
    spend_base_nano_usd: baseForSpend(row.kind, row.id, row.spendNanoUsd),
    spend_from: null,
  }
  const { created_at: _, ...changes } = values
  // A removed one of that id gives its place; one that is there is a conflict, which the plain insert reports.
  const replaced = await database
    .updateTable('accounts')
    .set({ ...changes, created_at: row.createdAt, updated_at: later(row.updatedAt) })
    .where('kind', '=', row.kind)
    .where('id', '=', row.id)
    .where('deleted_at', 'is not', null)
    .executeTakeFirst()
  if (replaced.numUpdatedRows > 0n) return
  await database.insertInto('accounts').values(values).execute()
}

async function updateAccount(
  database: Kysely<Tables>,
  kind: AccountKind,
  id: string,
  changes: Partial<AccountRow>,
): Promise<void> {
  const { kind: _kind, id: _id, updatedAt, spendNanoUsd, ...rest } = changes
  const columns = { ...encodeAccount(rest), ...(await nameBudget(database, rest)) }
  await database
    .updateTable('accounts')
    .set({ ...columns, updated_at: later(updatedAt ?? Date.now()) })
    .$if(spendNanoUsd !== undefined, query =>
      query.set({
        spend_base_nano_usd: baseForSpend(kind, id, spendNanoUsd ?? 0),
        spend_from: updatedAt ?? Date.now(),
      }),
    )
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .execute()
}

/** Never passes over what the bound cut off: rows that share the last moment are read together, however many. */
async function changedAccounts(
  database: Kysely<Tables>,
  since: number,
  most: number,
): Promise<AccountChanges> {
  const times = await database
    .selectFrom('accounts')
    .select('updated_at')
    .where('updated_at', '>=', since)
    .orderBy('updated_at')
    .limit(most + 1)
    .execute()
  const last = times.at(-1)?.updated_at ?? since
  const isCut = times.length > most
  const end = isCut ? Math.max(last, (times[0]?.updated_at ?? since) + 1) : last + 1
  const rows = await storedAccounts(database)
    .where('accounts.updated_at', '>=', since)
    .where('accounts.updated_at', '<', end)
    .orderBy('accounts.updated_at')
    .execute()
  return { rows: rows.map(decodeAccount), next: isCut ? end : Math.max(since, last) }
}

async function resetBudgets(
  connection: Connection,
  due: readonly (AccountRef & BudgetPeriod)[],
): Promise<void> {
  const sorted = [...due].sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1))
  if (sorted.length === 0) return
  await connection.transaction(async transaction => {
    await lockPeriods(transaction, connection.dialect, 'alone')
    for (const one of sorted) await resetBudget(transaction, one)
  })
}

async function resetBudget(
  database: Kysely<Tables>,
  { kind, id, nextResetAt, periodFrom }: AccountRef & BudgetPeriod,
): Promise<void> {
  await database
    .updateTable('accounts')
    .set({
      ...periodBegins(baseForSpend(kind, id, 0), periodFrom),
      budget_reset_at: nextResetAt,
      updated_at: sql<number>`${later(Date.now())}`,
    })
    .where('kind', '=', kind)
    .where('id', '=', id)
    // Another replica may have reset it already; what was spent since must stay.
    .where(build =>
      build.or([build('budget_reset_at', '<', nextResetAt), build('budget_reset_at', 'is', null)]),
    )
    .execute()
}

async function dueAccounts(
  database: Kysely<Tables>,
  now: number,
  most: number,
): Promise<readonly AccountRow[]> {
  const rows = await storedAccounts(database)
    .where('accounts.budget_reset_at', '<=', now)
    .where('accounts.deleted_at', 'is', null)
    .orderBy('accounts.budget_reset_at')
    .limit(most)
    .execute()
  const byTemplate = await storedAccounts(database)
    .where('accounts.budget_id', 'is not', null)
    .where('accounts.deleted_at', 'is', null)
    .where('template.budget_reset_at', '<=', now)
    .where('accounts.budget_reset_at', 'is', null)
    .where('accounts.budget_duration', 'is', null)
    .where('accounts.max_budget_nano_usd', 'is', null)
    .limit(Math.max(0, most - rows.length))
    .execute()
  return [...rows, ...byTemplate].map(decodeAccount)
}
