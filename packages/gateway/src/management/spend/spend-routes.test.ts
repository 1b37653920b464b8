import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashKey } from '../../auth/hash.ts'
import type { Database } from '../../db/database.ts'
import { sqlitePlace } from '../../db/testing/each-database.ts'
import { spendRow } from '../../db/testing/rows.ts'
import { openTestOffice, type TestOffice } from '../testing/test-office.ts'

const place = sqlitePlace()
let database: Database
let office: TestOffice
afterAll(async () => {
  await office.app.close()
  await place.remove()
})
beforeAll(async () => {
  database = await place.open()
  office = await openTestOffice(database)
  await office.call('POST', '/key/generate', { key: 'sk-spender' })
  const apiKey = hashKey('sk-spender')
  await database.spend.addBatch([
    spendRow('r1', { apiKey, userId: 'alice', teamId: 'red', spendNanoUsd: 2_000_000_000 }),
    spendRow('r2', { apiKey, userId: 'bob', endUser: 'carol', spendNanoUsd: 500_000_000 }),
    spendRow('r3', { apiKey: 'other', startTime: Date.UTC(2026, 0, 3), spendNanoUsd: null }),
  ])
})

const days = 'start_date=2026-01-01&end_date=2026-01-31'

describe('/spend/logs', () => {
  test('without dates lists calls, newest first, and filters by key, raw or hashed', async () => {
    const { list } = await office.call('GET', '/spend/logs')
    expect(list.map(row => row['request_id'])).toEqual(['r3', 'r2', 'r1'])
    expect(list[0]?.['spend']).toBeNull()
    expect((await office.call('GET', '/spend/logs?api_key=sk-spender')).json).toHaveLength(2)
    expect((await office.call('GET', '/spend/logs?request_id=r1')).list[0]).toMatchObject({
      user: 'alice',
      spend: 2,
    })
  })

  test('with dates sums by day, or lists when asked to', async () => {
    const { json } = await office.call('GET', `/spend/logs?${days}`)
    expect(json).toMatchObject([
      { startTime: '2026-01-02', spend: 2.5, users: { alice: 2, bob: 0.5 } },
      { startTime: '2026-01-03', spend: 0 },
    ])
    expect((await office.call('GET', `/spend/logs?${days}&user_id=bob`)).json).toMatchObject([{ spend: 0.5 }])
    expect(
      (await office.call('GET', '/spend/logs?start_date=2026-01-03&end_date=2026-01-03&summarize=false'))
        .json,
    ).toHaveLength(1)
  })

  test('is for the admin, and refuses what it cannot read', async () => {
    expect((await office.call('GET', '/spend/logs', undefined, 'sk-spender')).status).toBe(403)
    const { status, error } = await office.call('GET', '/spend/logs?start_date=yesterday')
    expect(status).toBe(400)
    expect(error.param).toBe('start_date')
  })
})

describe('/global/spend/report', () => {
  test('groups by team, customer and key', async () => {
    const team = await office.call('GET', `/global/spend/report?${days}`)
    expect(team.list[0]?.['teams']).toEqual(
      expect.arrayContaining([expect.objectContaining({ team_name: 'red', total_spend: 2 })]),
    )
    const customer = await office.call('GET', `/global/spend/report?${days}&group_by=customer`)
    expect(customer.json).toMatchObject([{ customers: [{ customer: 'carol', total_spend: 0.5 }] }])
    const key = await office.call('GET', `/global/spend/report?${days}&api_key=sk-spender`)
    expect(key.json).toMatchObject([{ api_key: hashKey('sk-spender'), total_cost: 2.5 }])
    const user = await office.call('GET', `/global/spend/report?${days}&internal_user_id=bob`)
    expect(user.json).toMatchObject([{ total_cost: 0.5 }])
  })

  test('needs both dates, in order', async () => {
    expect((await office.call('GET', '/global/spend/report')).error.param).toBe('start_date')
    const { status } = await office.call(
      'GET',
      '/global/spend/report?start_date=2026-02-01&end_date=2026-01-01',
    )
    expect(status).toBe(400)
  })
})

test('/spend/keys lists keys by what they spent', async () => {
  const { list } = await office.call('GET', '/spend/keys')
  expect(list[0]).toMatchObject({ token: hashKey('sk-spender'), spend: 2.5 })
})
