import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LimitSubject } from '../../packages/gateway/src/limits/limiter.ts'
import { eventually } from '../eventually.ts'
import { redisSettings } from '../redis/redis-place.ts'
import { type Redis, startRedis } from '../services/redis.ts'
import { claim, ended, refused, startReplica, subject, tried } from './replica.ts'

let server: Redis
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.remove())

let namespaces = 0
async function replicas(count: number) {
  const settings = redisSettings(server.port, { namespace: `test-${++namespaces}` })
  return Promise.all(Array.from({ length: count }, () => startReplica(settings)))
}

async function admitted(limits: Partial<LimitSubject>, calls: number, more = {}) {
  const all = await replicas(3)
  const tries = Array.from({ length: calls }, (_, i) =>
    tried(all[i % 3] as (typeof all)[number], claim([subject(limits)], more)),
  )
  const reservations = (await Promise.all(tries)).filter(each => each !== undefined)
  return { all, reservations }
}

test('requests are counted exactly across replicas, and what is refused takes nothing', async () => {
  const { all, reservations } = await admitted({ rpm: 20 }, 90)
  expect(reservations.length).toBe(20)
  for (const each of reservations) await each.settle(ended())
  const [one] = all
  if (one === undefined) throw new Error('three were started')
  const error = await refused(one, claim([subject({ rpm: 20 })]))
  expect(error).toMatchObject({ status: 429, retryable: true })
  expect(error.message).toContain('Limit type: requests. Current limit: 20, Remaining: 0')
  expect(error.retryAfterMs).toBeGreaterThan(50_000)
  expect(error.retryAfterMs).toBeLessThanOrEqual(60_000)
  expect(error.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '0' })
})

test('parallel slots are counted exactly, and come back', async () => {
  const limits = { maxParallelRequests: 7 }
  const { all, reservations } = await admitted(limits, 60)
  expect(reservations.length).toBe(7)
  for (const each of reservations) await each.settle(ended())
  const [, , third] = all
  if (third === undefined) throw new Error('three were started')
  const again = await eventually('the slots are free', async () => {
    const got = await Promise.all(Array.from({ length: 7 }, () => tried(third, claim([subject(limits)]))))
    for (const each of got) if (got.includes(undefined)) await each?.settle(ended())
    return !got.includes(undefined) && got
  })
  expect(again.length).toBe(7)
})

test('tokens are counted by kind, estimated first and corrected then', async () => {
  const { all, reservations } = await admitted({ tpm: 100, outputTpm: 48 }, 30)
  // 6 tokens of output each.
  expect(reservations.length).toBe(8)
  for (const each of reservations) await each.settle(ended({ tokens: 5 }))
  const [one] = all
  if (one === undefined) throw new Error('three were started')
  const got = await eventually('what was not used is back', () =>
    tried(one, claim([subject({ tpm: 100, outputTpm: 48 })], { tokens: 60, inputTokens: 20 })),
  )
  expect(got.headers).toMatchObject({ 'x-ratelimit-limit-tokens': '100' })
  expect(
    await tried(one, claim([subject({ tpm: 101, outputTpm: 1000 })], { tokens: 2, inputTokens: 1 })),
  ).toBeUndefined()
})

test('a budget is spent to its end by all replicas together, and not beyond', async () => {
  const limits = { budget: { maxNanoUsd: 1_000, spentNanoUsd: 0 } }
  const { all, reservations } = await admitted(limits, 60)
  expect(reservations.length).toBe(10)
  for (const each of reservations) await each.settle(ended({ nanoUsd: 90 }))
  const [one, two] = all
  if (one === undefined || two === undefined) throw new Error('three were started')
  const last = await eventually('what was not used is back', () => tried(one, claim([subject(limits)])))
  await last.settle(ended({ nanoUsd: 100 }))
  const refusal = await eventually('it is spent', async () => {
    const error = await refused(two, claim([subject(limits)]))
    return error.retryable === false && error
  })
  expect(refusal.message).toBe(
    'Budget has been exceeded! Key=alice Current cost: 0.000001, Max budget: 0.000001',
  )
})

test('a claim takes from all of its subjects or from none, whichever replica refuses', async () => {
  const [one, two] = await replicas(2)
  if (one === undefined || two === undefined) throw new Error('two were started')
  const key = subject({ rpm: 100 })
  const team = subject({ kind: 'team', id: 't', rpm: 1 })
  expect(await tried(one, claim([key, team]))).toBeDefined()
  for (let i = 0; i < 10; i++) expect(await tried(two, claim([key, team]))).toBeUndefined()
  const got = await tried(two, claim([key]))
  expect(got?.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '98' })
})

test('a clock ahead of that of Redis ends a period for all, and one behind does not turn it back', async () => {
  const settings = redisSettings(server.port, { namespace: `test-${++namespaces}` })
  const end = Date.now() + 20_000
  const ahead = await startReplica(settings, undefined, undefined, () => Date.now() + 30_000)
  const behind = await startReplica(settings)
  const key = subject({
    budget: { maxNanoUsd: 1_000, spentNanoUsd: 0, duration: '1d', resetAt: end },
  })
  const early = await tried(behind, claim([key]))
  await early?.settle(ended({ nanoUsd: 1_000 }))
  await eventually('it is spent', async () => (await refused(behind, claim([key]))).retryable === false)

  const later = () => claim([key], { now: Date.now() + 30_000 })
  const first = await tried(ahead, later())
  expect(first).toBeDefined()
  await first?.settle(ended({ nanoUsd: 400 }))
  const second = await eventually('the new period is heard of', () => tried(behind, claim([key])))
  await second.settle(ended({ nanoUsd: 600 }))
  const spent = await eventually('both count in the new period', async () => {
    const error = await refused(ahead, later())
    return error.retryable === false && error
  })
  expect(spent.message).toContain('Current cost: 0.000001')
})
