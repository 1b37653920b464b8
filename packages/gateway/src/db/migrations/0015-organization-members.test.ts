import { expect, test } from 'vitest'
import { memberId } from '../accounts/member-id.ts'
import { silentLog } from '../log.ts'
import { connectionOf } from '../open-database.ts'
import { encodeSpend, SPEND_COLUMNS } from '../spend/spend-columns.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { goBackBefore } from '../testing/go-back.ts'
import { accountRow, spendRow } from '../testing/rows.ts'
import { migrate } from './migrate.ts'

const DAY_MS = 86_400_000

eachDatabase('a database in which nobody summed the spend of organization members', makePlace => {
  test('has it afterwards, agrees with its rows to the last digit, and charges no budget for the past', async () => {
    const database = await makePlace().open()
    const id = memberId('acme/1', 'ann')
    const of = { organizationId: 'acme/1', userId: 'ann' }
    const at = Date.UTC(2026, 2, 1)
    const rows = [
      spendRow('one', { ...of, startTime: at, spendNanoUsd: 7 }),
      spendRow('two', { ...of, startTime: at + 3 * DAY_MS, spendNanoUsd: null, status: 'failure' }),
      spendRow('three', { ...of, startTime: at + 3 * DAY_MS, spendNanoUsd: 5, provider: null }),
      spendRow('other', { organizationId: 'acme/1', userId: null, startTime: at }),
    ]
    const names = SPEND_COLUMNS.map(({ name }) => name)
    await connectionOf(database).run(async kysely => {
      await goBackBefore('0015', kysely, database.dialect)
      await database.accounts.create(accountRow('organization_member', id, of))
      for (const row of rows) {
        const values = encodeSpend(row).map((value, i) => [names[i], value])
        await kysely
          .insertInto('spend_logs')
          .values(Object.fromEntries(values) as never)
          .execute()
      }
      await migrate(kysely, database.dialect, silentLog)
    })
    const days = { from: '2026-03-01', to: '2026-03-09' }
    expect(await database.spend.totals('organization_member', days)).toMatchObject([
      { day: '2026-03-01', id, spendNanoUsd: 7, requests: 1, failedRequests: 0 },
      { day: '2026-03-04', id, spendNanoUsd: 5, requests: 2, failedRequests: 1, unknownCostRequests: 1 },
    ])
    expect(await database.spend.spent('organization_member', id)).toBe(12)
    expect(await database.accounts.find('organization_member', id)).toMatchObject({ spendNanoUsd: 0 })
    for (const day of ['2026-03-01', '2026-03-04']) {
      const drifts = await database.reports.dayDrift(day)
      expect(drifts.filter(({ kind }) => kind === 'organization_member')).toEqual([])
    }
    expect(await database.reports.totalDrift('organization_member', '2026-03-01')).toEqual([])
    expect(await database.reports.budgetDrift()).toEqual([])
  })
})
