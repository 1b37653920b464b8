import { type Kysely, sql } from 'kysely'
import { mustExist, nameBudget } from '../budgets/name-budget.ts'
import type { Connection } from '../connection.ts'
import type { KeyReplacement, KeyStore } from '../database.ts'
import { type BudgetPeriod, later, periodBegins } from '../limit-columns.ts'
import type { KeyRow } from '../rows.ts'
import { lockPeriods } from '../spend/books/period-lock.ts'
import type { Tables } from '../tables.ts'
import { countKeysOf } from './count-keys.ts'
import { changedKeys } from './key-changes.ts'
import { decodeKeyRow, encodeKeyRow } from './key-row.ts'
import { baseForKeySpend, bookedSpend } from './key-spend.ts'
import { listDeletedKeys } from './list-deleted.ts'
import { listKeys } from './list-keys.ts'
import { refuseRetired, retire } from './retired-secrets.ts'
import { createRotationStore } from './rotation-store.ts'
import { storedKeys } from './stored-keys.ts'

/** Virtual keys in `virtual_keys`, their spend joined in from `spend_totals`. */
export function createKeyStore(connection: Connection): KeyStore {
  return {
    find: tokenHash => connection.run(database => findKey(database, tokenHash)),
    ...createRotationStore(connection),
    async create(row) {
      await connection.transaction(transaction => createKey(transaction, row))
    },
    update: (tokenHash, changes) =>
      connection.transaction(async transaction => {
        if (changes.spendNanoUsd !== undefined) await lockPeriods(transaction, connection.dialect, 'alone')
        await updateKey(transaction, tokenHash, changes)
        return await findKey(transaction, tokenHash)
      }),
    replaceHash: replacement => connection.transaction(transaction => replaceHash(transaction, replacement)),
    remove: (tokenHashes, by) =>
      tokenHashes.length === 0
        ? Promise.resolve([])
        : connection.transaction(transaction => removeKeys(transaction, tokenHashes, by)),
    list: filter => connection.run(database => listKeys(database, filter)),
    countOf: userIds => connection.run(database => countKeysOf(database, userIds)),
    listDeleted: filter => connection.run(database => listDeletedKeys(database, filter)),
    changedSince: (since, most) => connection.run(database => changedKeys(database, since, most)),
    async resetBudgets(due) {
      const sorted = [...due].sort((a, b) => (a.tokenHash < b.tokenHash ? -1 : 1))
      if (sorted.length === 0) return
      await connection.transaction(async transaction => {
        await lockPeriods(transaction, connection.dialect, 'alone')
        for (const one of sorted) await resetBudget(transaction, one)
      })
    },
    dueForReset: (now, most) => connection.run(database => dueForReset(database, now, most)),
  }
}

async function dueForReset(database: Kysely<Tables>, now: number, most: number): Promise<KeyRow[]> {
  const rows = await storedKeys(database)
    .where('virtual_keys.budget_reset_at', '<=', now)
    .orderBy('virtual_keys.budget_reset_at')
    .limit(most)
    .execute()
  const byTemplate = await storedKeys(database)
    .where('virtual_keys.budget_id', 'is not', null)
    .where('template.budget_reset_at', '<=', now)
    .where('virtual_keys.budget_reset_at', 'is', null)
    .where('virtual_keys.budget_duration', 'is', null)
    .where('virtual_keys.max_budget_nano_usd', 'is', null)
    .limit(Math.max(0, most - rows.length))
    .execute()
  return [...rows, ...byTemplate].map(decodeKeyRow)
}

async function findKey(database: Kysely<Tables>, tokenHash: string): Promise<KeyRow | undefined> {
  const stored = await storedKeys(database)
    .where('virtual_keys.token_hash', '=', tokenHash)
    .executeTakeFirst()
  return stored === undefined ? undefined : decodeKeyRow(stored)
}

async function createKey(database: Kysely<Tables>, row: KeyRow): Promise<void> {
  if (row.budgetId !== null) await mustExist(database, row.budgetId)
  await refuseRetired(database, row.tokenHash)
  await database
    .insertInto('virtual_keys')
    .values({
      ...encodeKeyRow(row),
      spend_base_nano_usd: baseForKeySpend(row.tokenHash, row.spendNanoUsd),
    })
    .execute()
}

async function updateKey(database: Kysely<Tables>, hash: string, changes: Partial<KeyRow>): Promise<void> {
  const { tokenHash: _, updatedAt, spendNanoUsd, ...rest } = changes
  const columns = { ...encodeKeyRow(rest), ...(await nameBudget(database, rest)) }
  const names = Object.keys(columns)
  // Being used is not a change that replicas have to hear of.
  const silent = spendNanoUsd === undefined && names.every(name => name === 'last_active_at')
  if (silent && names.length === 0 && updatedAt === undefined) return
  await database
    .updateTable('virtual_keys')
    .set(columns)
    .$if(spendNanoUsd !== undefined, query =>
      query.set({
        spend_base_nano_usd: baseForKeySpend(hash, spendNanoUsd ?? 0),
        spend_from: updatedAt ?? Date.now(),
      }),
    )
    .$if(!silent || updatedAt !== undefined, query =>
      query.set({ updated_at: later(updatedAt ?? Date.now()) }),
    )
    .where('token_hash', '=', hash)
    .execute()
}

async function replaceHash(
  database: Kysely<Tables>,
  { oldHash, newHash, keyName, now, endsAt, changes = {}, by = null }: KeyReplacement,
): Promise<KeyRow | undefined> {
  const before = await findKey(database, oldHash)
  if (before === undefined) return undefined
  await refuseRetired(database, newHash)
  await updateKey(database, oldHash, { ...changes, updatedAt: now })
  await database
    .updateTable('virtual_keys')
    .set({
      token_hash: newHash,
      key_name: keyName,
      // Spend stays what it is: what the old secret spent counts on, what once stood under the new hash does not.
      spend_base_nano_usd: sql`spend_base_nano_usd + ${bookedSpend(newHash)}`,
    })
    .where('token_hash', '=', oldHash)
    .execute()
  await rememberDeleted(database, before, now, by)
  const after = await findKey(database, newHash)
  if (after === undefined) return undefined
  await retire(database, before, after, endsAt)
  return await findKey(database, newHash)
}

async function removeKeys(
  database: Kysely<Tables>,
  hashes: readonly string[],
  by: string | null = null,
): Promise<readonly KeyRow[]> {
  const stored = await storedKeys(database).where('virtual_keys.token_hash', 'in', hashes).execute()
  const rows = stored.map(decodeKeyRow)
  const now = Date.now()
  for (const row of rows) await rememberDeleted(database, row, now, by)
  await database.deleteFrom('virtual_keys').where('token_hash', 'in', hashes).execute()
  await database.deleteFrom('deprecated_keys').where('active_hash', 'in', hashes).execute()
  return rows
}

async function rememberDeleted(
  database: Kysely<Tables>,
  row: KeyRow,
  now: number,
  by: string | null,
): Promise<void> {
  const deleted = {
    deleted_at: now,
    row: JSON.stringify(row),
    user_id: row.userId,
    team_id: row.teamId,
    organization_id: row.organizationId,
    project_id: row.projectId,
    key_alias: row.keyAlias,
    created_by: row.createdBy,
    deleted_by: by,
  }
  await database
    .insertInto('deleted_keys')
    .values({ token_hash: row.tokenHash, ...deleted })
    .onConflict(conflict => conflict.column('token_hash').doUpdateSet(deleted))
    .execute()
}

async function resetBudget(
  database: Kysely<Tables>,
  { tokenHash: hash, nextResetAt, periodFrom }: { readonly tokenHash: string } & BudgetPeriod,
): Promise<void> {
  await database
    .updateTable('virtual_keys')
    .set({
      ...periodBegins(baseForKeySpend(hash, 0), periodFrom),
      budget_reset_at: nextResetAt,
      updated_at: later(Date.now()),
    })
    .where('token_hash', '=', hash)
    // Another replica may have reset it already; what was spent since must stay.
    .where(build =>
      build.or([build('budget_reset_at', '<', nextResetAt), build('budget_reset_at', 'is', null)]),
    )
    .execute()
}
