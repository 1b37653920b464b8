import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { startTcpProxy, type TcpProxy } from '../failure/tcp-proxy.ts'
import { deployment, post, type Rig, startRig } from '../gateway.ts'
import { type Redis, startRedis } from '../services/redis.ts'
import { openTestDatabase, type TestDatabase } from '../test-database.ts'

let upstream: Upstream
let redis: Redis
let proxy: TcpProxy
let database: TestDatabase
let one: Rig
let two: Rig
let options: Parameters<typeof startRig>[0]

/** Two processes on one PostgreSQL and one Redis; a token of output costs a tenth of a cent. */
beforeAll(async () => {
  ;[upstream, redis, database] = await Promise.all([startUpstream(), startRedis(), openTestDatabase()])
  proxy = await startTcpProxy(redis.port)
  const metered = { input_cost_per_token: 0, output_cost_per_token: 0.001 }
  options = {
    upstream,
    models: [deployment(upstream, 'openai', 'metered', metered, 'gpt-4o-mini')],
    config: {
      general_settings: { database_url: database.url },
      router_settings: { redis_url: `redis://127.0.0.1:${proxy.port}/0` },
    },
    // Two cores are busy with other tests: what comes a second late is not slow here.
    env: { SLUICE_LIMITS_REDIS_WAIT_MS: '1500' },
  }
  one = await startRig(options)
  two = await startRig({ ...options, env: { ...options.env, LITELLM_MASTER_KEY: one.gateway.masterKey } })
  await bothShare()
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await two.close()
  await one.close()
  await Promise.all([upstream.close(), proxy.close(), redis.remove(), database.close()])
})

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = (rig: Rig, key: string, more: object = {}) =>
  post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages, ...more }, key)
const statuses = (calls: number, call: (rig: Rig) => Promise<Response>) =>
  Promise.all(Array.from({ length: calls }, async (_, i) => (await call(i % 2 === 0 ? one : two)).status))
const passed = (all: readonly number[]) => all.filter(status => status === 200).length
const metric = async ({ gateway }: Rig, name: string) => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1])
}
const bothShare = () =>
  eventually('both count together', async () => {
    const [a, b] = await Promise.all([
      metric(one, 'sluice_limits_shared'),
      metric(two, 'sluice_limits_shared'),
    ])
    return a === 1 && b === 1
  })

test('requests a minute are exact over both', async () => {
  const key = await one.newKey({ rpm_limit: 12 })
  expect(passed(await statuses(40, rig => ask(rig, key)))).toBe(12)
})

test('a budget is spent over both to its end, and not beyond by more than one call', async () => {
  const key = await one.newKey({ max_budget: 0.05 })
  await statuses(60, rig => ask(rig, key, { model: 'metered', max_tokens: 4 }))
  const refused = await eventually('it is spent', async () => {
    const response = await ask(two, key, { model: 'metered', max_tokens: 4 })
    return response.status === 429 && response.headers.get('x-should-retry') === 'false' && response
  })
  const { error } = (await refused.json()) as { error: { message: string } }
  const spent = Number(/Current cost: ([\d.]+)/.exec(error.message)?.[1])
  expect(spent).toBeGreaterThanOrEqual(0.05)
  expect(spent).toBeLessThan(0.054)
  await eventually('the database agrees to the last digit', async () => {
    const info = await post(one.gateway, `/key/info?key=${key}`, undefined, one.gateway.masterKey)
    return ((await info.json()) as { info: { spend: number } }).info.spend === spent
  })
})

test('parallel slots of a process that is killed are free again when its lease ends', async () => {
  const third = await startRig({
    ...options,
    env: { ...options?.env, LITELLM_MASTER_KEY: one.gateway.masterKey },
  })
  await eventually(
    'it counts with the others',
    async () => (await metric(third, 'sluice_limits_shared')) === 1,
  )
  const key = await one.newKey({ max_parallel_requests: 1 })
  upstream.script({ latencyMs: 60_000 })
  const lost = ask(third, key).catch(() => undefined)
  await eventually('it is under way', () => upstream.requests.length === 1)
  expect((await ask(one, key)).status).toBe(429)
  await third.gateway.stop('SIGKILL')
  await lost
  expect((await ask(two, key)).status).toBe(429)
  await eventually('the slot is free', async () => (await ask(two, key)).status === 200)
})

test('when Redis is slow for seconds, and when it is gone, calls wait for nothing and shares hold', async () => {
  const plain = await one.newKey()
  const key = await one.newKey({ rpm_limit: 1_000, max_parallel_requests: 100, max_budget: 100 })
  const small = await one.newKey({ rpm_limit: 10 })
  for (const rig of [one, two]) expect((await ask(rig, small)).status).toBe(200)
  const slowest = async (name: string, count = 60) => {
    const times: number[] = []
    for (let i = 0; i < count; i++) {
      const began = performance.now()
      expect((await ask(i % 2 === 0 ? one : two, name)).status).toBe(200)
      times.push(performance.now() - began)
    }
    return times.sort((a, b) => a - b)
  }
  proxy.slowDown(5_000)
  const slow = await slowest(key)
  // The first call of each may wait once; none after it.
  expect(slow.at(-3)).toBeLessThan(1_500)
  expect(await metric(one, 'sluice_limits_alone_total')).toBeGreaterThan(20)
  proxy.fallSilent()
  await redis.stop()
  proxy.recover()
  const [gone, free] = [await slowest(key), await slowest(plain)]
  expect(gone[Math.floor(gone.length * 0.9)]).toBeLessThan((free[Math.floor(free.length * 0.9)] ?? 0) + 500)
  // Half of what was left each, and what each had used.
  expect(passed(await statuses(40, rig => ask(rig, small)))).toBe(8)
  await redis.start()
  await bothShare()
  expect(passed(await statuses(10, rig => ask(rig, small)))).toBe(0)
})
