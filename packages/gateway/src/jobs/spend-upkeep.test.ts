import { expect, test } from 'vitest'
import { silentLog } from '../db/log.ts'
import { eachDatabase } from '../db/testing/each-database.ts'
import { spendRow } from '../db/testing/rows.ts'
import { expireRows, extendPartitions } from './spend-upkeep.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 21, 12)

eachDatabase('the upkeep job', makePlace => {
  test('keeps whole days of the retention, and every row without one', async () => {
    const database = await makePlace().open()
    const options = (retention: string | undefined) => ({
      ...{ upkeep: database.upkeep, log: silentLog, now: () => NOW },
      retention: () => retention,
      interval: () => '1d',
    })
    await extendPartitions(options('30d'))
    const ages = [0, 1, 29.9, 30.4, 31, 90]
    await database.spend.addBatch(ages.map(age => spendRow(`${age}`, { startTime: NOW - age * DAY })))
    expect(await expireRows(options(undefined))).toBe(0)
    await expireRows(options('30d'))
    const { rows } = await database.reports.rows({ size: 10 })
    // The thirtieth day back began before it: all of it stays.
    expect(rows.map(row => row.requestId)).toEqual(['0', '1', '29.9', '30.4'])
    await extendPartitions(options(undefined))
  })
})
