import type { Deployment } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import type { LoggedCall } from '../log/logged-call.ts'
import { readCall } from '../log/read-call.ts'
import { START, spendRow } from '../testing/spend-rows.ts'
import { Latencies } from './latencies.ts'
import { seeded } from './luck.ts'
import { matchesOf, Roster } from './roster.ts'
import { stretchesOf } from './timeline.ts'
import { World } from './world.ts'

const HOUR = 3_600_000
const span = { from: START, to: START + HOUR }

function worldOf(rows: readonly Record<string, unknown>[]) {
  const calls = rows.flatMap((row): LoggedCall[] => {
    const read = readCall(row)
    return 'call' in read ? [read.call] : []
  })
  const roster = new Roster()
  for (const call of calls) roster.see(call)
  const world = new World(roster, span, 1)
  for (const call of calls) world.learn(call)
  return { world, roster }
}

const deployment = (over: Partial<Deployment> = {}): Deployment => {
  return {
    id: 'a',
    group: 'main',
    provider: 'openai',
    model: 'gpt-4o',
    apiBase: 'https://a.example.com/v1',
    ...over,
  }
}

describe('a deployment is found in the log', () => {
  const { roster } = worldOf([
    spendRow({ id: 'a' }),
    spendRow({ id: 'b' }),
    spendRow({ id: 'c', model: 'gpt-4o-mini', group: 'small' }),
  ])
  const found = (over: Partial<Deployment>) => {
    const given = deployment(over)
    const { by, keys } = matchesOf(given, given.apiBase ?? '', roster)
    return [by, keys.map(key => key.split('\0')[0])]
  }

  test.each([
    ['its id', {}, ['id', ['a']]],
    ['its address, when its id is new', { id: 'new', apiBase: 'https://b.example.com' }, ['address', ['b']]],
    [
      'its model, when its address is new too',
      { id: 'new', apiBase: 'https://x.example.com' },
      ['model', ['a', 'b']],
    ],
    [
      'its address, when its id now means another model',
      { model: 'gpt-4o-mini', apiBase: '' },
      ['address', ['c']],
    ],
    ['its group', { id: 'new', model: 'gpt-5', group: 'small' }, ['group', ['c']]],
    ['nothing but the log', { id: 'new', model: 'gpt-5', group: 'new' }, ['log', ['a', 'b', 'c']]],
  ])('by %s', (_, over, expected) => {
    expect(found(over)).toEqual(expected)
  })
})

test('a retry whose failure is not told is counted against the others of the group', () => {
  const rows = Array.from({ length: 40 }, (_, index) =>
    spendRow({ at: index * 1_000, id: 'a', metadata: { attempted_retries: 1 } }),
  )
  const { world } = worldOf([...rows, spendRow({ at: 50_000, id: 'b' })])
  const failed = (id: string) => {
    const [behaviour] = world.expect(deployment({ id }), undefined).behaviours
    return behaviour?.failures.draw(START + 20_000, seeded(1))?.failure
  }
  expect(failed('a')).toBeUndefined()
  expect(failed('b')).toEqual({ kind: 'status', status: 500 })
  expect(world.unattributed).toBe(40)
})

test('a failure that is told with its deployment is that one’s, at its time', () => {
  const attempts = [
    { model_id: 'b', after_ms: 0, duration_ms: 30, status: 502, error_class: 'BadGatewayError' },
    { model_id: 'a', after_ms: 40, duration_ms: 400 },
  ]
  const rows = Array.from({ length: 20 }, (_, index) =>
    spendRow({ at: index * 100, id: 'a', metadata: { attempted_retries: 1, attempts } }),
  )
  const well = Array.from({ length: 20 }, (_, index) => spendRow({ at: HOUR / 2 + index * 100, id: 'b' }))
  const { world } = worldOf([...rows, ...well])
  const [behaviour] = world.expect(deployment({ id: 'b' }), undefined).behaviours
  expect(behaviour?.failures.draw(START + 1_000, seeded(1))).toMatchObject({
    ms: 30,
    failure: { status: 502 },
  })
  expect(behaviour?.failures.draw(START + HOUR / 2, seeded(1))).toBeUndefined()
  expect(world.unattributed).toBe(0)
})

describe('how long an answer takes', () => {
  const latencies = new Latencies(stretchesOf(span.from, span.to, 100, 1_000))
  const random = seeded(2)
  for (let index = 0; index < 1_000; index++) {
    const tokens = 10 + Math.floor(random() * 990)
    const slow = index >= 500 ? 10 : 1
    const at = START + (index * HOUR) / 1_000
    latencies.add(at, { ms: (200 + tokens) * slow, firstMs: 200 * slow, tokens }, random)
  }
  const drawn = (at: number | undefined, tokens: number) => {
    const all = Array.from({ length: 200 }, () => latencies.draw(at, tokens, random)?.ms ?? 0).sort(
      (a, b) => a - b,
    )
    return all[100] ?? 0
  }

  test('hangs on the time of day', () => {
    const [before, after] = [drawn(START + HOUR / 4, 500), drawn(START + (HOUR * 3) / 4, 500)]
    expect(before).toBeGreaterThan(400)
    expect(before).toBeLessThan(1_200)
    expect(after / before).toBeGreaterThan(4)
  })

  test('hangs on its size', () => {
    const at = START + HOUR / 4
    expect(drawn(at, 900) / drawn(at, 50)).toBeGreaterThan(1.8)
  })

  test('is not known of what was never seen', () => {
    expect(new Latencies(stretchesOf(0, 1, 1, 1)).draw(0, 10, random)).toBeUndefined()
  })
})
