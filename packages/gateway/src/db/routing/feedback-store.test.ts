import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { spendRow } from '../testing/rows.ts'
import { MOST_NAMES, type Score, type ScoredCall } from './feedback-store.ts'

const page = { page: 1, size: 100 }
const score = (more: Partial<Score> = {}): Score => {
  return { name: 'score', score: 0.5, comment: null, apiKey: 'k', now: 1_000, ...more }
}

eachDatabase('feedback', makePlace => {
  let database: Database
  const find = async (kind: 'call' | 'trace' | 'session', id: string, key?: string, most = 10) => {
    const calls = await database.feedback.calls({ kind, id }, key, most)
    return calls.map(({ requestId }) => requestId).join(' ')
  }
  beforeAll(async () => {
    database = await makePlace().open()
    await database.spend.addBatch([
      spendRow('c1', { apiKey: 'k', callId: 'mine', sessionId: 's', traceId: 't', startTime: 1 }),
      spendRow('c2', { apiKey: 'k', sessionId: 's', startTime: 2 }),
      spendRow('c3', { apiKey: 'other', sessionId: 's', startTime: 3 }),
      spendRow('c4', { apiKey: 'k', sessionId: 'just-a-trace', startTime: 4 }),
    ])
  })

  test('calls are found by our id and the client’s, by trace and by session, of one key or of all', async () => {
    expect(await find('call', 'c1')).toBe('c1')
    expect(await find('call', 'mine', 'k')).toBe('c1')
    expect(await find('call', 'mine', 'other')).toBe('')
    expect(await find('trace', 't')).toBe('c1')
    expect(await find('trace', 'just-a-trace')).toBe('c4')
    expect(await find('session', 's')).toBe('c3 c2 c1')
    expect(await find('session', 's', 'k')).toBe('c2 c1')
    expect(await find('session', 's', 'k', 1)).toBe('c2')
    expect(await find('session', 'a\0b')).toBe('')
  })

  test('a second score of the same call, name and key replaces the first', async () => {
    const calls = await database.feedback.calls({ kind: 'session', id: 's' }, 'k', 10)
    await database.feedback.add(calls, score({ comment: 'so\0so' }))
    await database.feedback.add(calls.slice(0, 1), score({ score: 0.123, now: 2_000 }))
    await database.feedback.add(calls.slice(0, 1), score({ apiKey: 'admin', now: 1_500 }))
    await database.feedback.add(calls.slice(0, 1), score({ name: 'tone', now: 1_400 }))
    const { rows, total } = await database.feedback.list({ ...page, name: 'score' })
    expect(total).toBe(3)
    expect(rows).toMatchObject([
      { requestId: 'c2', score: 0.123, comment: null, createdAt: 1_000, updatedAt: 2_000 },
      { requestId: 'c2', apiKey: 'admin' },
      { requestId: 'c1', score: 0.5, comment: 'so\uFFFDso', modelGroup: 'smart', modelId: 'deployment-1' },
    ])
    expect(await database.feedback.list({ page: 2, size: 3 })).toMatchObject({ total: 4, rows: [{}] })
    expect((await database.feedback.list({ ...page, requestId: 'c1' })).total).toBe(1)
  })

  test('a key scores a call under so many names and no more; the ones it has may change', async () => {
    const call: ScoredCall = {
      ...{ requestId: 'named', apiKey: 'k', modelGroup: 'g', modelId: null, startTime: 1 },
    }
    const add = (name: string) => database.feedback.add([call], score({ name }))
    for (let index = 0; index < MOST_NAMES; index++) await add(`n${index}`)
    await add('n0')
    await expect(add('one more')).rejects.toThrow('at most 10 names')
    expect((await database.feedback.list({ ...page, requestId: 'named' })).total).toBe(MOST_NAMES)
  })
})
