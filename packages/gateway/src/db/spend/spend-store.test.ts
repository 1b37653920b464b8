import { beforeAll, expect, test } from 'vitest'
import type { Database, SpendSubject } from '../database.ts'
import type { SpendRow } from '../rows.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { spendRow } from '../testing/rows.ts'

const ALL_DAYS = { from: '2000-01-01', to: '2100-01-01' }

eachDatabase('the spend store', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
  })

  test('a row comes back as it was written', async () => {
    const row = spendRow('whole', {
      keyAlias: 'k',
      endUser: 'e',
      spendNanoUsd: null,
      requestTags: ['x', 'y'],
      metadata: { status: 'success', nul: '\0' },
      messages: [{ role: 'user' }],
      response: 'text',
      stream: true,
      cacheHit: true,
      requesterIp: '::1',
      completionStartTime: 5,
    })
    await database.spend.addBatch([row])
    const { rows, total } = await database.spend.list({ requestId: 'whole', page: 1, size: 10 })
    expect(rows).toEqual([row])
    expect(total).toBe(1)
  })

  test('a replay counts nothing twice, neither within a batch nor across batches', async () => {
    const row = spendRow('twice', { userId: 'replayed' })
    expect(await database.spend.addBatch([row, row])).toBe(1)
    expect(await database.spend.addBatch([row, spendRow('twice-2', { userId: 'replayed' })])).toBe(1)
    expect(await database.spend.addBatch([row])).toBe(0)
    expect(await database.spend.addBatch([])).toBe(0)
    expect(await database.spend.spent('user', 'replayed')).toBe(3_000)
  })

  test('a call of unknown price counts as such and never as free', async () => {
    await database.spend.addBatch([
      spendRow('unknown', { teamId: 'unknown-team', spendNanoUsd: null }),
      spendRow('failed', { teamId: 'unknown-team', spendNanoUsd: 0, status: 'failure' }),
    ])
    const totals = await database.spend.totals('team', { ...ALL_DAYS, id: 'unknown-team' })
    expect(totals).toMatchObject([
      { day: '2026-01-02', unknownCostRequests: 1, requests: 2, failedRequests: 1, spendNanoUsd: 0 },
    ])
  })

  test('a name with a NUL in it does not stop the batch', async () => {
    await database.spend.addBatch([spendRow('nul', { endUser: 'a\0b', requestTags: ['t\0'] })])
    const { rows } = await database.spend.list({ requestId: 'nul', page: 1, size: 1 })
    expect(rows[0]?.endUser).toBe('a\uFFFDb')
  })

  test('a name is stored as it is, whatever it looks like to a database', async () => {
    const names = ['a"b', 'back\\slash', '{null,1}', 'null', '', 'two\nlines\t', "it's", '😀 é']
    await database.spend.addBatch(
      names.map((endUser, n) => spendRow(`name-${n}`, { endUser, metadata: { said: endUser } })),
    )
    for (const [n, endUser] of names.entries()) {
      const { rows } = await database.spend.list({ requestId: `name-${n}`, page: 1, size: 1 })
      expect(rows[0]).toMatchObject({ endUser, metadata: { said: endUser } })
      expect(await database.spend.spent('customer', endUser)).toBeGreaterThan(0)
    }
  })

  test('rows are found by every filter', async () => {
    const at = Date.UTC(2027, 5, 1)
    await database.spend.addBatch([
      spendRow('f1', {
        apiKey: 'fk',
        userId: 'fu',
        teamId: 'ft',
        sessionId: 'fs',
        startTime: at,
        requestTags: ['fa', 'fb'],
      }),
      spendRow('f2', {
        apiKey: 'fk',
        status: 'failure',
        model: 'other',
        startTime: at + 10,
        requestTags: ['FA', '","'],
      }),
    ])
    const found = async (filter: object): Promise<string> => {
      const { rows } = await database.spend.list({ page: 1, size: 10, ...filter })
      return rows.map(row => row.requestId).join(' ')
    }
    expect(await found({ apiKey: 'fk' })).toBe('f2 f1')
    expect(await found({ apiKey: 'fk', status: 'failure' })).toBe('f2')
    expect(await found({ apiKey: 'fk', model: 'other' })).toBe('f2')
    expect(await found({ apiKey: 'fk', model: 'smart' })).toBe('f2 f1')
    expect(await found({ userId: 'fu' })).toBe('f1')
    expect(await found({ teamId: 'ft' })).toBe('f1')
    expect(await found({ sessionId: 'fs' })).toBe('f1')
    expect(await found({ tag: 'fa' })).toBe('f1')
    expect(await found({ tag: '","' })).toBe('f2')
    expect(await found({ from: at, to: at + 10 })).toBe('f1')
    expect(await database.spend.list({ apiKey: 'fk', page: 2, size: 1 })).toMatchObject({
      rows: [{ requestId: 'f1' }],
      total: 2,
    })
  })
})

const KINDS: readonly (readonly [SpendSubject, (row: SpendRow) => readonly string[]])[] = [
  ['key', row => [row.apiKey]],
  ['user', row => [row.userId ?? '']],
  ['team', row => [row.teamId ?? '']],
  ['organization', row => [row.organizationId ?? '']],
  ['customer', row => [row.endUser ?? '']],
  ['model', row => [row.model]],
  ['tag', row => row.requestTags],
]

eachDatabase('spend aggregates', makePlace => {
  test('rows, daily aggregates and totals agree to the last digit, with replicas writing at once', async () => {
    const place = makePlace()
    const replicas = [await place.open(), await place.open(), await place.open()]
    const rows = Array.from({ length: 1_200 }, (_, n) => randomRow(n))
    // Overlapping slices: every row is posted by two replicas, in different orders.
    await Promise.all(
      replicas.map(async (replica, r) => {
        const mine = rows.filter((_, n) => n % 3 !== r)
        if (r === 1) mine.reverse()
        for (let at = 0; at < mine.length; at += 170) await replica.spend.addBatch(mine.slice(at, at + 170))
      }),
    )
    const [database] = replicas
    for (const [kind, idsOf] of KINDS) {
      const expected = new Map<string, number>()
      for (const row of rows) {
        for (const id of idsOf(row)) expected.set(id, (expected.get(id) ?? 0) + (row.spendNanoUsd ?? 0))
      }
      const daily = new Map<string, number>()
      const totals = (await database?.spend.totals(kind, ALL_DAYS)) ?? []
      for (const total of totals) daily.set(total.id, (daily.get(total.id) ?? 0) + total.spendNanoUsd)
      expect(daily).toEqual(expected)
      for (const [id, nano] of expected) expect(await database?.spend.spent(kind, id)).toBe(nano)
    }
    const stored = await database?.spend.list({ page: 1, size: 5_000 })
    expect(stored?.total).toBe(rows.length)
    expect(sum(stored?.rows ?? [])).toBe(sum(rows))
  }, 60_000)
})

function sum(rows: readonly SpendRow[]): number {
  return rows.reduce((total, row) => total + (row.spendNanoUsd ?? 0), 0)
}

/** Same number, same row: a small generator with a fixed seed, so that a failure can be repeated. */
function randomRow(n: number): SpendRow {
  let state = (n + 1) * 2_654_435_761
  const below = (bound: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0
    return state % bound
  }
  const maybe = (name: string): string | null => (below(3) === 0 ? null : `${name}${below(4)}`)
  return spendRow(`row-${n}`, {
    apiKey: `hash${below(5)}`,
    userId: maybe('user'),
    teamId: maybe('team'),
    organizationId: maybe('org'),
    endUser: maybe('end'),
    model: `model${below(3)}`,
    spendNanoUsd: below(10) === 0 ? null : below(1_000_000_007),
    startTime: Date.UTC(2026, 0, 1) + below(10) * 8_640_000 * 3,
    requestTags: Array.from({ length: below(3) }, () => `tag${below(3)}`).filter(
      (tag, i, all) => all.indexOf(tag) === i,
    ),
  })
}
