import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { spendRow } from '../testing/rows.ts'
import type { SpendCursor, SpendRowsFilter } from './reading/read-rows.ts'
import type { SpendSums, SpendSumsQuery } from './reading/read-sums.ts'

const AT = Date.UTC(2026, 0, 2, 3)
const days = { from: '2026-01-01', to: '2026-01-31' }

eachDatabase('spend reports', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
    await database.spend.addBatch([
      spendRow('a', {
        ...{ userId: 'u1', teamId: 't1', endUser: 'c1', keyAlias: 'alias', sessionId: 's1', agentId: 'bot' },
        requestTags: ['x', 'User-Agent: 50%_off'],
      }),
      spendRow('b', {
        ...{
          apiKey: 'hash-2',
          userId: 'u2',
          teamId: 't1',
          sessionId: 's1',
          startTime: AT + 5,
          endTime: AT + 9,
        },
        ...{ spendNanoUsd: 7, isCostPartial: true, modelGroup: 'other', callType: 'aembedding' },
      }),
      spendRow('c', {
        ...{ status: 'failure', spendNanoUsd: 0, startTime: AT + 10, endTime: AT + 20, modelId: 'd9' },
        ...{ sessionId: 's2', traceId: 't-1', apiBase: 'https://one' },
        metadata: { error_information: { error_code: '429', error_message: 'Say "100%_sure"' } },
      }),
      spendRow('d', { spendNanoUsd: null, startTime: AT + 86_400_000, cacheHit: true, organizationId: 'o' }),
    ])
  })

  describe('of rows', () => {
    const cases: readonly (readonly [SpendRowsFilter, string])[] = [
      [{ endUser: 'c1' }, 'a'],
      [{ keyAlias: 'alias' }, 'a'],
      [{ organizationId: 'o' }, 'd'],
      [{ modelId: 'd9' }, 'c'],
      [{ model: 'other' }, 'b'],
      [{ traceId: 't-1' }, 'c'],
      [{ traceId: 's1' }, 'b a'],
      [{ tag: 'x' }, 'a'],
      [{ tag: 'User-Agent: 50%_off' }, 'a'],
      [{ tag: 'User-Agent: 50__off' }, ''],
      [{ errorCode: '429' }, 'c'],
      [{ errorCode: '4%' }, ''],
      [{ errorMessage: '"100%_sure"' }, 'c'],
      [{ errorMessage: '%' }, 'c'],
      [{ errorMessage: '_00' }, ''],
      [{ minNanoUsd: 7, maxNanoUsd: 1_499 }, 'b'],
      [{ scope: { userIds: ['u1'], teamIds: [], organizationIds: ['o'] } }, 'd a'],
      [{ scope: { userIds: [], teamIds: ['t1'], organizationIds: [] } }, 'b a'],
      [{ scope: { userIds: [], teamIds: [], organizationIds: [] } }, ''],
    ]
    test.each(cases)('CVE-2026-25591: what is asked for is text and no pattern: %j', async (filter, ids) => {
      const { rows, total } = await database.reports.rows({ ...filter, size: 10 })
      expect(rows.map(row => row.requestId).join(' ')).toBe(ids)
      expect(total).toBe(rows.length)
    })

    test('go on behind a row as if they were one list', async () => {
      const ids: string[] = []
      let after: SpendCursor | undefined
      do {
        const page = await database.reports.rows({ size: 3, after, count: false })
        ids.push(...page.rows.map(row => row.requestId))
        after = page.next
      } while (after)
      expect(ids).toEqual(['d', 'c', 'b', 'a'])
    })

    test('are sorted as asked', async () => {
      const { rows, next } = await database.reports.rows({
        size: 2,
        page: 2,
        sortBy: 'endTime',
        sortOrder: 'asc',
      })
      expect(rows.map(row => row.requestId)).toEqual(['a', 'd'])
      expect(next).toBeUndefined()
    })

    test('tell a cost that is known in part', async () => {
      const { rows } = await database.reports.rows({ requestId: 'b', size: 1 })
      expect(rows[0]).toMatchObject({ spendNanoUsd: 7, isCostPartial: true })
    })
  })

  describe('of sums', () => {
    test('add up over what is not asked for, and count what is unknown', async () => {
      expect(await database.reports.sums({ subject: 'key', ...days, by: [] })).toMatchObject([
        {
          spendNanoUsd: 1_507,
          unknownCostRequests: 2,
          requests: 4,
          failedRequests: 1,
          cacheHits: 1,
          day: '',
        },
      ])
      const byDay = await database.reports.sums({ subject: 'team', ...days, ids: ['t1'], by: ['day', 'id'] })
      expect(byDay).toMatchObject([{ day: '2026-01-02', id: 't1', spendNanoUsd: 1_507, requests: 2 }])
    })

    test('are of the dearest, of the keys and of the models asked for', async () => {
      const top = await database.reports.sums({ subject: 'key', ...days, by: ['id'], top: 1 })
      expect(top).toMatchObject([{ id: 'hash-1', spendNanoUsd: 1_500 }])
      const own = await database.reports.sums({
        subject: 'team',
        ...days,
        apiKeys: ['hash-2'],
        by: ['endpoint'],
      })
      expect(own).toMatchObject([{ endpoint: 'aembedding', spendNanoUsd: 7 }])
      expect(await database.reports.sums({ subject: 'team', ...days, model: 'other', by: [] })).toHaveLength(
        1,
      )
      expect(await database.reports.sums({ subject: 'user', ...days, ids: [], by: [] })).toEqual([])
      expect(
        await database.reports.sums({ subject: 'user', from: '2000-01-01', to: '2000-01-02', by: [] }),
      ).toEqual([])
      const rest = await database.reports.sums({
        subject: 'user',
        ...days,
        exceptIds: ['u1', ''],
        by: ['id'],
      })
      expect(rest.map(({ id }) => id)).toEqual(['u2'])
    })

    test('come in slices, of the sums asked for, in one order whatever the size', async () => {
      const query = { subject: 'team', from: '2026-01-02', to: '2026-01-02' } as const
      const by = ['id', 'apiKey', 'model'] as const
      const whole = await database.reports.sums({ ...query, by, only: ['spendNanoUsd'] })
      const slices: SpendSums[] = []
      for (let after: SpendSums | undefined; ; ) {
        const slice = { size: 1, after }
        const [next] = await database.reports.sums({ ...query, by, slice, only: ['spendNanoUsd'] })
        if (next === undefined) break
        slices.push(next)
        after = next
      }
      expect(slices).toEqual(whole)
      expect(slices.map(({ id, apiKey, requests }) => [id, apiKey, requests])).toEqual([
        ['', 'hash-1', 0],
        ['t1', 'hash-1', 0],
        ['t1', 'hash-2', 0],
      ])
    })

    test('agree at every grain, and are counted by name', async () => {
      const nano = async (query: Omit<SpendSumsQuery, 'from' | 'to'>) =>
        (await database.reports.sums({ ...query, ...days })).reduce((sum, each) => sum + each.spendNanoUsd, 0)
      for (const by of [[], ['day'], ['id'], ['model'], ['apiKey'], ['id', 'apiKey', 'model']] as const)
        for (const subject of ['key', 'user', 'team', 'customer', 'model', 'organization'] as const)
          expect(await nano({ subject, by })).toBe(1_507)
      expect(await nano({ subject: 'model', by: ['id'], apiKeys: ['hash-2'] })).toBe(7)
      expect(await nano({ subject: 'model', by: ['apiKey'], ids: ['gpt-4o'] })).toBe(1_507)
      expect(await database.reports.count({ subject: 'user', ...days, exceptIds: [''] }, 'id')).toBe(2)
      expect(await database.reports.count({ subject: 'key', ...days }, 'apiKey')).toBe(2)
      const second = await database.reports.sums({ subject: 'key', ...days, by: ['id'], top: 1, offset: 1 })
      expect(second).toMatchObject([{ id: 'hash-2', spendNanoUsd: 7 }])
    })

    test('are of agents too, and of nobody for calls without one', async () => {
      const agents = await database.reports.sums({ subject: 'agent', ...days, by: ['id'] })
      expect(agents).toMatchObject([{ id: 'bot', requests: 1 }])
    })
  })

  test('of traces add up all their calls, failures included', async () => {
    const time = { from: AT - 1_000, to: AT + 100_000_000 }
    const sessions = await database.reports.traces({ by: 'session', ...time, size: 1 })
    expect(sessions.traces).toMatchObject([{ id: 's2', calls: 1, failedCalls: 1, isSuccess: false }])
    expect(sessions.all).toMatchObject({
      traces: 2,
      successful: 1,
      calls: 3,
      spendNanoUsd: 1_507,
      unknownCostCalls: 1,
    })
    const more = await database.reports.traces({ by: 'session', ...time, size: 1, after: sessions.next })
    expect(more.traces).toMatchObject([{ id: 's1', calls: 2, spendNanoUsd: 1_507, isSuccess: true }])
    expect(more.next).toBeUndefined()
    const traces = await database.reports.traces({ by: 'trace', ...time, size: 9 })
    expect(traces.traces.map(({ id }) => id)).toEqual(['t-1', 's1'])
  })

  test('of errors tell rate limits apart', async () => {
    const asked = { from: AT, to: AT + 86_400_000, by: 'api_base' } as const
    const day = Math.floor(AT / 86_400_000)
    expect(await database.reports.errors(asked)).toEqual([
      { day, name: 'https://one', errors: 1, rateLimits: 1 },
    ])
    expect(await database.reports.errors({ ...asked, modelGroup: 'none' })).toEqual([])
  })
})
