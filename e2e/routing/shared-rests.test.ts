import { type RunningGateway, startGateway, startUpstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { atOnce } from '../failure/at-once.ts'
import { startTcpProxy } from '../failure/tcp-proxy.ts'
import { type Redis, startRedis } from '../services/redis.ts'

const upstream = await startUpstream()
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

const masterKey = 'sk-shared-by-all-replicas-0123456'

/** A Redis of the test's own. */
async function redisOfOurOwn(): Promise<Redis> {
  const redis = await startRedis()
  onTestFinished(() => redis.remove())
  return redis
}

interface Replica {
  readonly gateway: RunningGateway
  /** Who answered a call of the group `pair`: `first`, or `spare` where the first rests or fails. */
  call(): Promise<string>
  readiness(): Promise<{ status: string; cache: string | null; problems: string[] }>
}

/** A replica with two deployments of one group; the first is asked as long as it does not rest. */
async function replica(redisUrl: string | undefined, router: object = {}): Promise<Replica> {
  const deployment = (id: string, order: number) => ({
    model_name: 'pair',
    litellm_params: {
      model: `openai/${id}`,
      api_base: upstream.baseUrl('openai'),
      api_key: 'vendor-key',
      order,
    },
    model_info: { id },
  })
  const redis = redisUrl === undefined ? {} : { redis_url: redisUrl }
  const gateway = await startGateway({
    env: { LITELLM_MASTER_KEY: masterKey },
    config: {
      model_list: [deployment('first', 1), deployment('spare', 2)],
      router_settings: { num_retries: 1, cooldown_time: 60, ...redis, ...router },
    },
  })
  onTestFinished(async () => void (await gateway.stop()))
  const client = new OpenAI({ apiKey: masterKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  return {
    gateway,
    async call() {
      const { response } = await client.chat.completions.create({ model: 'pair', messages }).withResponse()
      return response.headers.get('x-litellm-model-id') ?? 'nobody'
    },
    async readiness() {
      const response = await fetch(`${gateway.url}/health/readiness`)
      expect(response.status).toBe(200)
      return (await response.json()) as Awaited<ReturnType<Replica['readiness']>>
    },
  }
}

const asked = (model: string) =>
  upstream.requests.filter(({ body }) => (body as { model?: string }).model === model).length
const connected = ({ gateway }: Replica) => gateway.logs.some(line => line.includes('Redis is connected'))
const limited = { status: 429, retryAfterSeconds: 120, match: { model: 'first' } } as const

/** Calls until the spare answers: the news has come. */
const heeds = (one: Replica) => eventually('the spare answers', async () => (await one.call()) === 'spare')

async function callOften(one: Replica, count: number): Promise<void> {
  for (let index = 0; index < count; index++) expect(await one.call()).toBe('spare')
}

test('a 429 at one replica is heeded by the others, and by one that starts later', async () => {
  const redis = await redisOfOurOwn()
  const [a, b] = await Promise.all([replica(redis.url), replica(redis.url)])
  await eventually('both are connected', () => connected(a) && connected(b))
  expect(await b.call()).toBe('first')
  upstream.script({ ...limited, times: 1 })
  expect(await a.call()).toBe('spare')
  await heeds(b)
  const before = asked('first')
  const late = await replica(redis.url)
  await eventually('it is connected', () => connected(late))
  await heeds(late)
  const after = asked('first')
  await callOften(b, 20)
  await callOften(late, 20)
  expect(asked('first')).toBe(after)
  expect(after - before).toBeLessThan(5)
  expect(await b.readiness()).toMatchObject({ status: 'healthy', cache: 'redis', problems: [] })
})

test('a deployment that is well again is so everywhere', async () => {
  const redis = await redisOfOurOwn()
  const settings = { cooldown_time: 1 }
  const [a, b] = await Promise.all([replica(redis.url, settings), replica(redis.url, settings)])
  await eventually('both are connected', () => connected(a) && connected(b))
  upstream.script({ status: 429, times: 1, match: { model: 'first' } })
  expect(await a.call()).toBe('spare')
  await eventually('a finds it well', async () => (await a.call()) === 'first')
  await eventually('b knows', async () => (await b.call()) === 'first')
})

test('a deployment that stays dead is tried out by one replica at a time, less and less often', async () => {
  const redis = await redisOfOurOwn()
  const settings = { cooldown_time: 0.5, allowed_fails: 0 }
  const [a, b] = await Promise.all([replica(redis.url, settings), replica(redis.url, settings)])
  await eventually('both are connected', () => connected(a) && connected(b))
  // The upstream remembers its last requests only.
  const tries: number[] = []
  const match = ({ at }: { at: number }, model: string) => model === 'first' && tries.push(at) > 0
  upstream.script({ status: 503, times: Infinity, match })
  await callOften(a, 1)
  await heeds(b)
  // The other may have found out by itself, a moment before the news came.
  tries.splice(0, tries.length - 1)
  await eventually('it was tried five times', async () => {
    await Promise.all([a, b].map(each => callOften(each, 4)))
    return tries.length >= 5
  })
  const gaps = tries.slice(1).map((at, index) => at - (tries[index] as number))
  // Two may find the rest over in the same moment, before either has heard of the other's try.
  expect(gaps.filter(gap => gap < 400).length, gaps.join()).toBeLessThanOrEqual(1)
  expect(gaps.at(-1)).toBeGreaterThan(1_500)
})

/** Calls of which some find their deployment failing. The 99th percentile of their milliseconds. */
async function traffic(one: Replica): Promise<number> {
  const times = await atOnce(400, 8, async () => {
    const began = performance.now()
    await one.call()
    return performance.now() - began
  })
  return times.toSorted((a, b) => a - b)[395] ?? Number.NaN
}

test('Redis takes two seconds for everything: no call notices, and news still comes', async () => {
  const redis = await redisOfOurOwn()
  const proxy = await startTcpProxy(redis.port)
  onTestFinished(() => proxy.close())
  const settings = { cooldown_time: 0.02 }
  const url = `redis://127.0.0.1:${proxy.port}`
  const [a, b] = await Promise.all([replica(url, settings), replica(url, settings)])
  await eventually('both are connected', () => connected(a) && connected(b))
  const match = ({ sequence }: { sequence: number }, model: string) => model === 'first' && sequence % 5 === 0
  upstream.script({ status: 429, times: Infinity, match })
  await traffic(a)
  const usual = await traffic(a)
  proxy.slowDown(2_000)
  const during = await traffic(a)
  expect(during).toBeLessThan(Math.max(usual * 3, 1_000))
  upstream.reset()
  upstream.script({ status: 429, retryAfterSeconds: 120, times: 1, match: { model: 'first' } })
  await eventually('a meets it', async () => (await a.call()) === 'spare')
  await heeds(b)
})

test('Redis dies and comes back empty: all go on meanwhile, and agree again', async () => {
  const redis = await redisOfOurOwn()
  const [a, b] = await Promise.all([replica(redis.url), replica(redis.url)])
  await eventually('both are connected', () => connected(a) && connected(b))
  await redis.stop()
  await eventually('both say so', async () => {
    const reports = await Promise.all([a.readiness(), b.readiness()])
    return reports.every(({ problems }) => problems.join().includes('Redis cannot be reached'))
  })
  upstream.script({ ...limited, times: 1 })
  expect(await a.call()).toBe('spare')
  expect(await b.call()).toBe('first')
  await redis.start()
  await heeds(b)
  const late = await replica(redis.url)
  await heeds(late)
  for (const { gateway } of [a, b]) {
    expect(gateway.logs.filter(line => line.includes('Redis cannot be reached'))).toHaveLength(1)
    expect(gateway.logs.filter(line => line.includes('Redis is back'))).toHaveLength(1)
  }
})

test('Redis is away at the start: the gateway serves, says so, and catches up', async () => {
  const redis = await redisOfOurOwn()
  await redis.stop()
  const [a, b] = await Promise.all([replica(redis.url), replica(redis.url)])
  expect(await a.readiness()).toMatchObject({ status: 'degraded', cache: 'redis' })
  upstream.script({ ...limited, times: 1 })
  expect(await a.call()).toBe('spare')
  expect(await b.call()).toBe('first')
  await redis.start()
  await heeds(b)
  await eventually('all is well', async () => (await b.readiness()).status === 'healthy')
})

test('without Redis nothing is shared, and nothing is said of it', async () => {
  const [a, b] = await Promise.all([replica(undefined), replica(undefined)])
  upstream.script({ ...limited, times: 1 })
  expect(await a.call()).toBe('spare')
  expect(await b.call()).toBe('first')
  const { cache, problems } = await a.readiness()
  expect([cache, problems.join()]).toEqual([null, expect.not.stringContaining('Redis')])
  expect(a.gateway.logs.join()).not.toContain('Redis')
})
