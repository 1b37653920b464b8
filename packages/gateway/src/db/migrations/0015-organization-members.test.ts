import { expect, test } from 'vitest'
import { memberId } from '../accounts/member-id.ts'
import { silentLog } from '../log.ts'
import { connectionOf } from '../open-database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { accountRow, spendRow } from '../testing/rows.ts'
import { migrate } from './migrate.ts'

const NAME = '0015-organization-members'
const DAY_MS = 86_400_000

eachDatabase('a database in which nobody summed the spend of organization members', makePlace => {
  test('has it afterwards, agrees with its rows to the last digit, and charges no budget for the past', async () => {
    const database = await makePlace().open()
    const id = memberId('acme/1', 'ann')
    const of = { organizationId: 'acme/1', userId: 'ann' }
    await database.accounts.create(accountRow('organization_member', id, of))
    const at = Date.UTC(2026, 2, 1)
    await database.spend.addBatch([
      spendRow('one', { ...of, startTime: at, spendNanoUsd: 7 }),
      spendRow('two', { ...of, startTime: at + 3 * DAY_MS, spendNanoUsd: null, status: 'failure' }),
      spendRow('three', { ...of, startTime: at + 3 * DAY_MS, spendNanoUsd: 5, provider: null }),
      spendRow('other', { organizationId: 'acme/1', userId: null, startTime: at }),
    ])
    const summed = await database.spend.totals('organization_member', {
      from: '2026-03-01',
      to: '2026-03-09',
    })
    expect(summed.map(({ requests }) => requests).reduce((a, b) => a + b, 0)).toBe(3)
    await connectionOf(database).run(async kysely => {
      await kysely.deleteFrom('daily_spend').where('kind', '=', 'organization_member').execute()
      await kysely.deleteFrom('spend_totals').where('kind', '=', 'organization_member').execute()
      await kysely.deleteFrom('schema_migrations').where('name', '=', NAME).execute()
      await migrate(kysely, database.dialect, silentLog)
    })
    expect(
      await database.spend.totals('organization_member', { from: '2026-03-01', to: '2026-03-09' }),
    ).toEqual(summed)
    expect(await database.spend.spent('organization_member', id)).toBe(12)
    expect(await database.accounts.find('organization_member', id)).toMatchObject({ spendNanoUsd: 0 })
    for (const day of ['2026-03-01', '2026-03-04']) expect(await database.reports.dayDrift(day)).toEqual([])
    expect(await database.reports.totalDrift('organization_member', '2026-03-01')).toEqual([])
    expect(await database.reports.budgetDrift()).toEqual([])
  })
})
