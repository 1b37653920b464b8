import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const count = (attempts: number, failures: number) => ({ attempts, failures })

eachDatabase('outcomes', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
  })

  test('of all replicas add up, finely of late and coarsely before, with the scores beside them', async () => {
    const { outcomes, feedback } = database
    await outcomes.add(NOON - 65_000, new Map([['a b', count(10, 1)]]))
    await outcomes.add(NOON - 62_000, new Map([['a b', count(10, 2)]]))
    await Promise.all([
      outcomes.add(
        NOON,
        new Map([
          ['a b', count(1, 0)],
          ['b', count(4, 4)],
        ]),
      ),
      outcomes.add(
        NOON,
        new Map([
          ['b', count(1, 1)],
          ['a b', count(2, 1)],
        ]),
      ),
    ])
    const call = { apiKey: 'k', modelGroup: 'g', startTime: 1 }
    const score = { comment: null, apiKey: 'k', now: NOON + 1_000 }
    await feedback.add([{ ...call, requestId: '1', modelId: 'b' }], { ...score, name: 'score', score: 0.25 })
    await feedback.add([{ ...call, requestId: '2', modelId: 'b' }], { ...score, name: 'score', score: 0.5 })
    await feedback.add([{ ...call, requestId: '3', modelId: 'b' }], { ...score, name: 'tone', score: 1 })
    await feedback.add([{ ...call, requestId: '4', modelId: null }], { ...score, name: 'score', score: 1 })
    const range = { from: NOON - 120_000, fineFrom: NOON - 60_000, fineMs: 5_000, coarseMs: 60_000 }
    expect(await outcomes.read(range)).toEqual(
      new Map([
        [
          'a b',
          [
            { at: NOON, attempts: 3, failures: 1, scores: 0, scoreSum: 0 },
            { at: NOON - 120_000, attempts: 20, failures: 3, scores: 0, scoreSum: 0 },
          ],
        ],
        ['b', [{ at: NOON, attempts: 5, failures: 5, scores: 2, scoreSum: 0.75 }]],
      ]),
    )
    await outcomes.forget(NOON - 60_000)
    expect((await outcomes.read(range)).get('a b')).toHaveLength(1)
  })

  test('a rollback stays while it lasts, and a later one replaces it', async () => {
    const { outcomes } = database
    const rollback = (since: number, reason: string) => ({ since, until: since + 100, reason })
    await outcomes.hold(new Map([['a', rollback(1_000, 'first')]]))
    await outcomes.hold(
      new Map([
        ['a', rollback(1_050, 'the same')],
        ['b', rollback(1_050, 'other')],
      ]),
    )
    expect(await outcomes.rollbacks(1_100)).toEqual(new Map([['b', rollback(1_050, 'other')]]))
    await outcomes.hold(new Map([['a', rollback(1_100, 'second')]]))
    expect((await outcomes.rollbacks(0)).get('a')).toEqual(rollback(1_100, 'second'))
  })
})
