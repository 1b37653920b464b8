import { afterAll, expect, test } from 'vitest'
import { createKeyCache } from '../auth/key-cache.ts'
import { sqlitePlace } from '../db/testing/each-database.ts'
import { accountRow, keyRow, spendRow } from '../db/testing/rows.ts'
import { resetDueBudgets } from './budget-reset.ts'

const place = sqlitePlace()
afterAll(() => place.remove())

const accounts = { sync: () => Promise.resolve() }
const MIDNIGHT = Date.parse('2026-11-22T00:00:00Z')

test('a due budget starts again at 0 until its next calendar reset, once, and replicas hear of it', async () => {
  const database = await place.open()
  const due = { budgetDuration: '1d', budgetResetAt: MIDNIGHT, maxBudgetNanoUsd: 100, spendNanoUsd: 90 }
  await database.keys.create(keyRow('due', due))
  await database.keys.create(keyRow('later', { ...due, budgetResetAt: MIDNIGHT + 1 }))
  await database.keys.create(keyRow('strange', { ...due, budgetDuration: null }))
  const keys = createKeyCache({ store: database.keys, maxStalenessMs: () => 60_000 })
  expect(await keys.find('due')).toMatchObject({ spendNanoUsd: 90 })

  const options = { database, keys, accounts, timezone: () => 'Europe/Berlin', now: () => MIDNIGHT }
  expect(await resetDueBudgets(options)).toBe(1)
  const nextResetAt = Date.parse('2026-11-22T23:00:00Z')
  expect(await database.keys.find('due')).toMatchObject({ spendNanoUsd: 0, budgetResetAt: nextResetAt })
  expect(await database.keys.find('later')).toMatchObject({ spendNanoUsd: 90 })
  expect(await database.keys.find('strange')).toMatchObject({ budgetResetAt: null })
  expect(keys.find('due')).toMatchObject({ spendNanoUsd: 0, budgetResetAt: nextResetAt })

  await database.spend.addBatch([spendRow('r', { apiKey: 'due', spendNanoUsd: 7, endTime: MIDNIGHT })])
  expect(await resetDueBudgets(options)).toBe(0)
  expect(await database.keys.find('due')).toMatchObject({ spendNanoUsd: 7 })
})

test('more keys than one batch holds are all reset in one run', async () => {
  const database = await place.open()
  for (let i = 0; i < 501; i++) {
    await database.keys.create(keyRow(`many-${i}`, { budgetDuration: '1h', budgetResetAt: MIDNIGHT - 1_000 }))
  }
  const keys = { sync: () => Promise.resolve() }
  expect(
    await resetDueBudgets({ database, keys, accounts, timezone: () => 'UTC', now: () => MIDNIGHT }),
  ).toBe(501)
})

test('budgets of teams and their like start again too', async () => {
  const database = await place.open()
  const due = { budgetDuration: '1d', budgetResetAt: MIDNIGHT, spendNanoUsd: 90 }
  await database.accounts.create(accountRow('team', 'due', due))
  let told = 0
  const listening = { sync: () => Promise.resolve(void told++) }
  const options = {
    database,
    keys: accounts,
    accounts: listening,
    timezone: () => 'UTC',
    now: () => MIDNIGHT,
  }
  expect([await resetDueBudgets(options), told]).toEqual([1, 1])
  expect(await database.accounts.find('team', 'due')).toMatchObject({
    spendNanoUsd: 0,
    budgetResetAt: MIDNIGHT + 86_400_000,
  })
})
