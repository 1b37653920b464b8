import type { BudgetSpend } from 'sluice/internal'
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../database.ts'
import { eachDatabase } from '../../testing/each-database.ts'
import { spendRow } from '../../testing/rows.ts'
import { budgetSums } from './budget-sums.ts'

const spend = (over: Partial<BudgetSpend> = {}): BudgetSpend => {
  return { kind: 'provider', id: 'openai', resetAt: 1_000, replica: 'r1', nanoUsd: 5, ...over }
}

test('what a journal of another release says of budgets and is not whole does not stop the batch', () => {
  const odd = [null, 3, {}, { ...spend(), kind: 'moon' }, { ...spend(), nanoUsd: 0.5 }, { ...spend(), id: 1 }]
  const rows = [odd, 'text', undefined].map((budgetSpends, index) =>
    spendRow(`odd-${index}`, { budgetSpends: budgetSpends as never }),
  )
  expect(budgetSums([...rows, spendRow('good', { budgetSpends: [spend()] })])).toEqual([spend()])
})

eachDatabase('what is spent of budgets', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
  })
  const known = async (now: number) => {
    const rows = await database.spend.budgetSpends(now)
    return rows.map(each => [each.id, each.resetAt, each.replica, each.nanoUsd]).sort()
  }

  test('is summed by budget, period and process, each call once however often it is replayed', async () => {
    const first = spendRow('one', {
      budgetSpends: [spend(), spend({ kind: 'deployment', id: 'd', resetAt: 0 }), spend({ resetAt: 2_000 })],
    })
    const second = spendRow('two', { budgetSpends: [spend({ nanoUsd: 7 }), spend({ replica: 'r2' })] })
    await database.spend.addBatch([first, second])
    await database.spend.addBatch([second, spendRow('three'), first])
    expect(await known(999)).toEqual([
      ['d', 0, 'r1', 5],
      ['openai', 1_000, 'r1', 12],
      ['openai', 1_000, 'r2', 5],
      ['openai', 2_000, 'r1', 5],
    ])
  })

  test('is read while its period runs, and forgotten when asked to', async () => {
    expect(await known(1_000)).toEqual([
      ['d', 0, 'r1', 5],
      ['openai', 2_000, 'r1', 5],
    ])
    await database.spend.forgetBudgets(1_500)
    expect(await known(0)).toEqual([
      ['d', 0, 'r1', 5],
      ['openai', 2_000, 'r1', 5],
    ])
  })
})
