import { BadRequestError, ConflictError } from 'sluice/internal'
import { beforeAll, expect, test } from 'vitest'
import { resetDueBudgets } from '../../jobs/budget-reset.ts'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { accountRow, budgetRow, keyRow, spendRow } from '../testing/rows.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')

eachDatabase('the budget store', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
  })

  test('a budget comes back as it was written, is changed, listed, removed and made again', async () => {
    const row = budgetRow('b', {
      maxBudgetNanoUsd: 5,
      budgetDuration: '1d',
      budgetResetAt: NOW,
      models: ['a'],
      moreLimits: { model_rpm_limit: { a: 1 } },
    })
    await database.budgets.create(row)
    expect(await database.budgets.find('b')).toEqual(row)
    await expect(database.budgets.create(row)).rejects.toBeInstanceOf(ConflictError)
    expect(await database.budgets.update('b', { rpmLimit: 3 })).toMatchObject({
      rpmLimit: 3,
      maxBudgetNanoUsd: 5,
    })
    expect(await database.budgets.list({ page: 1, size: 10 })).toHaveLength(1)
    await database.budgets.remove('b', NOW, 'admin')
    expect(await database.budgets.find('b')).toBeUndefined()
    await database.budgets.create(row)
    expect(await database.budgets.find('b')).toMatchObject({ maxBudgetNanoUsd: 5, rpmLimit: null })
  })

  test('whoever names a budget has its limits, own limits first, and nobody may name one that is not there', async () => {
    await database.budgets.create(
      budgetRow('shared', {
        maxBudgetNanoUsd: 100,
        budgetDuration: '1d',
        budgetResetAt: NOW,
        rpmLimit: 7,
        models: ['m'],
      }),
    )
    await database.keys.create(keyRow('plain', { budgetId: 'shared' }))
    await database.keys.create(keyRow('own', { budgetId: 'shared', maxBudgetNanoUsd: 3, models: ['x'] }))
    await database.accounts.create(accountRow('customer', 'c', { budgetId: 'shared', rpmLimit: 1 }))
    expect(await database.keys.find('plain')).toMatchObject({
      ...{ maxBudgetNanoUsd: 100, budgetDuration: '1d', budgetResetAt: NOW, rpmLimit: 7, models: ['m'] },
      template: { own: { maxBudgetNanoUsd: null }, budget: { budgetId: 'shared' } },
    })
    expect(await database.keys.find('own')).toMatchObject({
      maxBudgetNanoUsd: 3,
      budgetDuration: null,
      models: ['x'],
    })
    expect(await database.accounts.find('customer', 'c')).toMatchObject({
      maxBudgetNanoUsd: 100,
      rpmLimit: 1,
    })
    const nobody = database.keys.update('plain', { budgetId: 'nobody' })
    await expect(nobody).rejects.toBeInstanceOf(BadRequestError)
    await expect(database.keys.create(keyRow('no', { budgetId: 'nobody' }))).rejects.toBeInstanceOf(
      BadRequestError,
    )
  })

  test('a change of a budget is a change of all who name it, so that replicas hear of it', async () => {
    const { next } = await database.keys.changedSince(NOW * 2, 10)
    expect(next).toBe(NOW * 2)
    await database.budgets.update('shared', { maxBudgetNanoUsd: 200, updatedAt: NOW * 2 })
    const { rows } = await database.keys.changedSince(NOW * 2, 10)
    expect(rows.map(row => [row.tokenHash, row.maxBudgetNanoUsd])).toEqual([
      ['own', 3],
      ['plain', 200],
    ])
    expect((await database.accounts.changedSince(NOW * 2, 10)).rows).toMatchObject([
      { id: 'c', maxBudgetNanoUsd: 200 },
    ])
    expect(await database.budgets.holders('shared')).toEqual({ keys: 2, accounts: 1 })
  })

  test('each holder starts again when the period of its budget ends, once, and those who spend later keep it', async () => {
    await database.spend.addBatch([spendRow('r', { apiKey: 'plain', spendNanoUsd: 90 })])
    const sync = () => Promise.resolve()
    const options = { database, keys: { sync }, accounts: { sync }, timezone: () => 'UTC', now: () => NOW }
    expect(await resetDueBudgets(options)).toBe(2)
    const tomorrow = NOW + 86_400_000
    expect(await database.keys.find('plain')).toMatchObject({ spendNanoUsd: 0, budgetResetAt: tomorrow })
    expect(await database.budgets.find('shared')).toMatchObject({ budgetResetAt: tomorrow })
    await database.spend.addBatch([spendRow('r2', { apiKey: 'plain', spendNanoUsd: 7, endTime: NOW })])
    expect(await resetDueBudgets(options)).toBe(0)
    expect(await database.keys.find('plain')).toMatchObject({ spendNanoUsd: 7 })
    await database.budgets.update('shared', { budgetDuration: '1h', budgetResetAt: NOW + 3_600_000 })
    expect(await database.keys.find('plain')).toMatchObject({ budgetResetAt: NOW + 3_600_000 })
  })
})
