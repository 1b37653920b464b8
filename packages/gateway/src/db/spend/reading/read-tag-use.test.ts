import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../database.ts'
import { eachDatabase } from '../../testing/each-database.ts'
import { keyRow, spendRow } from '../../testing/rows.ts'

const FIRST = Date.UTC(2026, 0, 2, 3)
const SECOND = FIRST + 86_400_000
const days = { from: '2026-01-01', to: '2026-01-31' }

eachDatabase('what calls with tags did', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
    for (const [key, userId] of [
      ['of-ada', 'ada'],
      ['also-of-ada', 'ada'],
      ['of-bob', 'bob'],
      ['of-nobody', null],
    ] as const)
      await database.keys.create(keyRow(key, { userId }))
    const call = (id: string, apiKey: string, startTime: number, requestTags: readonly string[], more = {}) =>
      spendRow(id, { apiKey, startTime, endTime: startTime, requestTags, ...more })
    await database.spend.addBatch([
      call('a', 'of-ada', FIRST, ['x', 'User-Agent: 50%_off'], { spendNanoUsd: 5 }),
      call('b', 'also-of-ada', FIRST, ['x'], { spendNanoUsd: 6, status: 'failure' }),
      call('c', 'of-bob', SECOND, ['x'], { spendNanoUsd: 7 }),
      call('d', 'of-nobody', SECOND, ['x'], { spendNanoUsd: null }),
    ])
  })

  test('is told by tag, most calls first, with users counted once', async () => {
    const [x, agent] = await database.reports.tagUse(days, false)
    expect(x).toMatchObject({ tag: 'x', day: '', users: 2, keys: 4, requests: 4, failedRequests: 1 })
    expect(x).toMatchObject({ spendNanoUsd: 18, unknownCostRequests: 1 })
    expect(agent).toMatchObject({ tag: 'User-Agent: 50%_off', users: 1, keys: 1, requests: 1 })
  })

  test('is told by day, the latest first', async () => {
    const use = await database.reports.tagUse({ ...days, tags: ['x'] }, true)
    expect(use.map(({ day, users }) => [day, users])).toEqual([
      ['2026-01-03', 1],
      ['2026-01-02', 1],
    ])
  })

  test.each([
    ['user-agent: 50%_OFF', 1],
    ['50__off', 0],
    ['', 2],
  ])('is told of tags that hold %j', async (contains, count) => {
    expect(await database.reports.tagUse({ ...days, contains }, false)).toHaveLength(count)
  })

  test('is told by user, page by page, those of removed keys too', async () => {
    await database.keys.remove(['of-bob'], 'admin')
    const page = async (offset: number) => database.reports.tagUsers(days, { limit: 1, offset })
    // Ada's call with two tags counts for both.
    expect(await page(0)).toMatchObject({
      total: 2,
      users: [{ userId: 'ada', requests: 3, spendNanoUsd: 16 }],
    })
    expect(await page(1)).toMatchObject({ total: 2, users: [{ userId: 'bob', tag: 'x', spendNanoUsd: 7 }] })
  })
})
