import { type Kysely, sql } from 'kysely'
import { mustExist, nameBudget } from '../budgets/name-budget.ts'
import type { Connection } from '../connection.ts'
import type { KeyFilter, KeyStore } from '../database.ts'
import { baseForSpend, later } from '../limit-columns.ts'
import type { KeyRow } from '../rows.ts'
import type { Tables } from '../tables.ts'
import { changedKeys } from './key-changes.ts'
import { decodeKeyRow, encodeKeyRow } from './key-row.ts'
import { storedKeys } from './stored-keys.ts'

/** Virtual keys in `virtual_keys`, their spend joined in from `spend_totals`. */
export function createKeyStore(connection: Connection): KeyStore {
  return {
    find: tokenHash => connection.run(database => findKey(database, tokenHash)),
    async create(row) {
      await connection.run(database => createKey(database, row))
    },
    update: (tokenHash, changes) =>
      connection.transaction(async transaction => {
        await updateKey(transaction, tokenHash, changes)
        return await findKey(transaction, tokenHash)
      }),
    replaceHash: (oldHash, newHash, keyName, now) =>
      connection.transaction(transaction => replaceHash(transaction, { oldHash, newHash, keyName, now })),
    remove: tokenHashes =>
      tokenHashes.length === 0
        ? Promise.resolve([])
        : connection.transaction(transaction => removeKeys(transaction, tokenHashes)),
    list: filter => connection.run(database => listKeys(database, filter)),
    changedSince: (since, most) => connection.run(database => changedKeys(database, since, most)),
    async resetBudgets(due) {
      const sorted = [...due].sort((a, b) => (a.tokenHash < b.tokenHash ? -1 : 1))
      if (sorted.length === 0) return
      await connection.transaction(async transaction => {
        for (const one of sorted) await resetBudget(transaction, one.tokenHash, one.nextResetAt)
      })
    },
    dueForReset: (now, most) =>
      connection.run(async database => {
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
      }),
  }
}

async function findKey(database: Kysely<Tables>, tokenHash: string): Promise<KeyRow | undefined> {
  const stored = await storedKeys(database)
    .where('virtual_keys.token_hash', '=', tokenHash)
    .executeTakeFirst()
  return stored === undefined ? undefined : decodeKeyRow(stored)
}

async function createKey(database: Kysely<Tables>, row: KeyRow): Promise<void> {
  if (row.budgetId !== null) await mustExist(database, row.budgetId)
  await database
    .insertInto('virtual_keys')
    .values({
      ...encodeKeyRow(row),
      spend_base_nano_usd: baseForSpend('key', row.tokenHash, row.spendNanoUsd),
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
      query.set({ spend_base_nano_usd: baseForSpend('key', hash, spendNanoUsd ?? 0) }),
    )
    .$if(!silent || updatedAt !== undefined, query =>
      query.set({ updated_at: later(updatedAt ?? Date.now()) }),
    )
    .where('token_hash', '=', hash)
    .execute()
}

interface Replacement {
  readonly oldHash: string
  readonly newHash: string
  readonly keyName: string
  readonly now: number
}

async function replaceHash(database: Kysely<Tables>, change: Replacement): Promise<KeyRow | undefined> {
  const before = await findKey(database, change.oldHash)
  if (before === undefined) return undefined
  await database
    .updateTable('virtual_keys')
    .set({
      token_hash: change.newHash,
      key_name: change.keyName,
      spend_base_nano_usd: baseForSpend('key', change.newHash, before.spendNanoUsd),
      updated_at: later(change.now),
    })
    .where('token_hash', '=', change.oldHash)
    .execute()
  await rememberDeleted(database, before, change.now)
  return await findKey(database, change.newHash)
}

async function removeKeys(database: Kysely<Tables>, hashes: readonly string[]): Promise<readonly KeyRow[]> {
  const stored = await storedKeys(database).where('virtual_keys.token_hash', 'in', hashes).execute()
  const rows = stored.map(decodeKeyRow)
  const now = Date.now()
  for (const row of rows) await rememberDeleted(database, row, now)
  await database.deleteFrom('virtual_keys').where('token_hash', 'in', hashes).execute()
  return rows
}

async function rememberDeleted(database: Kysely<Tables>, row: KeyRow, now: number): Promise<void> {
  const deleted = { deleted_at: now, row: JSON.stringify(row) }
  await database
    .insertInto('deleted_keys')
    .values({ token_hash: row.tokenHash, ...deleted })
    .onConflict(conflict => conflict.column('token_hash').doUpdateSet(deleted))
    .execute()
}

async function resetBudget(database: Kysely<Tables>, hash: string, nextResetAt: number): Promise<void> {
  await database
    .updateTable('virtual_keys')
    .set({
      spend_base_nano_usd: baseForSpend('key', hash, 0),
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

async function listKeys(
  database: Kysely<Tables>,
  filter: KeyFilter,
): Promise<{ rows: readonly KeyRow[]; total: number }> {
  const wanted: readonly (readonly [keyof Tables['virtual_keys'], string | undefined])[] = [
    ['user_id', filter.userId],
    ['team_id', filter.teamId],
    ['organization_id', filter.organizationId],
    ['token_hash', filter.keyHash],
    ['key_alias', filter.keyAlias],
  ]
  let rows = storedKeys(database)
  let count = database.selectFrom('virtual_keys').select(database.fn.countAll<number>().as('total'))
  for (const [column, value] of wanted) {
    if (value === undefined) continue
    rows = rows.where(`virtual_keys.${column}`, '=', value)
    count = count.where(column, '=', value)
  }
  const by = sortExpression(filter.sortBy ?? 'created_at')
  const { total } = await count.executeTakeFirstOrThrow()
  const page = await rows
    // The dialects disagree on where nulls go; last, in both.
    .orderBy(sql`${by} is null`)
    .orderBy(by, filter.sortOrder ?? 'desc')
    .orderBy('virtual_keys.token_hash')
    .limit(filter.size)
    .offset((filter.page - 1) * filter.size)
    .execute()
  return { rows: page.map(decodeKeyRow), total }
}

function sortExpression(by: NonNullable<KeyFilter['sortBy']>) {
  switch (by) {
    case 'spend':
      return sql`coalesce(totals.spend_nano_usd, 0) - virtual_keys.spend_base_nano_usd`
    case 'max_budget':
      return sql`virtual_keys.max_budget_nano_usd`
    default:
      return sql`${sql.ref(`virtual_keys.${by}`)}`
  }
}
