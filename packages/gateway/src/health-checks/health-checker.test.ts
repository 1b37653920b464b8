import { startUpstream, type Upstream } from '@sluice/testkit'
import {
  type CallRecord,
  createCatalogue,
  createHost,
  type Deployment,
  type News,
  type Newswire,
  RouteTable,
} from 'sluice/internal'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Settings } from '../config/settings.ts'
import type { Timers } from '../jobs/repeat.ts'
import { HealthChecker } from './health-checker.ts'

let upstream: Upstream
const catalogue = createCatalogue()
const host = createHost(catalogue, () => undefined, 1024 * 1024)
const open: HealthChecker[] = []
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(checker => checker.close()))
  upstream.reset()
})
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

/** A checker of deployments `a`, `b` …; time goes and timers fire when told to. */
function scene(count: number, health: Partial<Settings['health']> = {}) {
  const deployments = Array.from({ length: count }, (_, index): Deployment => {
    const model = String.fromCharCode(97 + index)
    return { id: model, group: 'g', provider: 'openai', model, apiKey: 'k', apiBase: `${upstream.url}/v1` }
  })
  const clock = { now: 1_000_000 }
  const timing = { ...host, now: () => clock.now }
  const router = { groupAliases: new Map(), fallbacks: new Map() } as unknown as Settings['router']
  const settings = {
    router,
    health: {
      background: true,
      intervalMs: 1_000,
      details: true,
      concurrency: 8,
      skipDisabled: false,
      ...health,
    },
  } as Settings
  const routes = new RouteTable(deployments, router, timing)
  const posted: CallRecord[] = []
  const ledger = { admit: () => {}, post: (record: CallRecord) => void posted.push(record) }
  const stages = { settings, routes, catalogue, ledger, now: () => clock.now }
  const timers = new Map<number, () => void>()
  const waits: number[] = []
  const hand: Timers = {
    setTimeout(work, ms) {
      waits.push(ms)
      timers.set(waits.length, work)
      return waits.length
    },
    clearTimeout: timer => void timers.delete(timer as number),
  }
  const wire = { told: [] as News[], hear: (_news: News) => {} }
  const news: Newswire = {
    publish: each => void wire.told.push(each),
    subscribe(_topic, listener) {
      wire.hear = listener
      return () => {}
    },
  }
  const errors: unknown[] = []
  const checker = new HealthChecker({
    stages: () => stages as never,
    random: () => 0.5,
    news,
    timers: hand,
    onError: error => errors.push(error),
  })
  open.push(checker)
  return {
    ...{ checker, deployments, clock, routes, posted, waits, wire, ledger, errors, timers },
    fire() {
      const due = [...timers.values()]
      timers.clear()
      for (const work of due) work()
    },
    asked: () => upstream.requests.map(({ body }) => (body as { model: string }).model).sort(),
  }
}

test('each round asks everybody, the first one soon, and what was found is written down and told to others', async () => {
  const { fire, asked, posted, wire, waits, routes, deployments } = scene(2)
  fire()
  await vi.waitUntil(() => wire.told.length === 2)
  expect(asked()).toEqual(['a', 'b'])
  expect(posted.map(({ tags, caller, status }) => [tags, caller, status])).toEqual([
    [['health_check'], undefined, 'success'],
    [['health_check'], undefined, 'success'],
  ])
  expect(posted[0]?.usage?.total_tokens).toBeGreaterThan(0)
  expect(wire.told[0]).toMatchObject({ topic: 'health', value: { at: 1_000_000 }, ttlMs: 2_000 })
  expect(routes.health.last(deployments[0] as Deployment)).toMatchObject({ at: 1_000_000 })
  expect(waits).toEqual([50, 1_000])
})

test('what another replica found a moment ago is not asked again', async () => {
  const { fire, asked, wire, clock, routes, deployments } = scene(2)
  const error = { name: 'X', status: 500, message: 'no' }
  wire.hear({ topic: 'health', key: 'a', value: { at: clock.now - 300, durationMs: 1, error }, ttlMs: 1 })
  wire.hear({ topic: 'health', key: 'b', value: { at: 'yesterday' }, ttlMs: 1 })
  wire.hear({ topic: 'health', key: 'nobody', value: null, ttlMs: 1 })
  expect(routes.health.last(deployments[0] as Deployment)?.error).toEqual(error)
  fire()
  await vi.waitUntil(() => wire.told.length === 1)
  expect(asked()).toEqual(['b'])
  clock.now += 1_000
  fire()
  await vi.waitUntil(() => wire.told.length === 3)
  expect(asked()).toEqual(['a', 'b', 'b'])
})

test('no more are asked at one time than allowed, and nobody twice at a time, though one hangs', async () => {
  const { fire, asked, wire, clock, checker, deployments } = scene(3, { concurrency: 2 })
  upstream.script({ failure: 'server', latencyMs: 60_000, match: { model: 'a' } })
  fire()
  await vi.waitUntil(() => wire.told.length === 2)
  clock.now += 1_000
  fire()
  await vi.waitUntil(() => wire.told.length === 4)
  expect(asked()).toEqual(['a', 'b', 'b', 'c', 'c'])
  clock.now += 1_000
  void checker.check(deployments, 0)
  await vi.waitUntil(() => wire.told.length === 6)
  expect(asked().filter(model => model === 'a')).toHaveLength(1)
})

test('a ledger that can take no more stops checks, and that is told', async () => {
  const { fire, asked, errors, ledger } = scene(1)
  ledger.admit = () => {
    throw new Error('full')
  }
  fire()
  await new Promise(resolve => setImmediate(resolve))
  expect([asked(), errors.map(String)]).toEqual([[], ['Error: full']])
})

test('nothing is asked where background checks are off, or a deployment is left out', async () => {
  expect(scene(1, { background: false }).timers.size).toBe(0)
  const { fire, asked, wire } = scene(2, { groups: new Set(['other']) })
  fire()
  await new Promise(resolve => setImmediate(resolve))
  expect([asked(), wire.told]).toEqual([[], []])
})
