import { type Script, startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { rejectionOf, testHost } from '../testing/ask.ts'
import type { Deployment } from '../types/deployment.ts'
import type { RouteTable, RoutingSettings } from './router.ts'
import { strategies } from './strategies/registry.ts'
import { seededRandom } from './testing/candidates.ts'
import { chatRoute, tableAt } from './testing/tables.ts'

let upstream: Upstream
const host = testHost({ random: seededRandom(5) })
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

const table = (
  overs: readonly Partial<Deployment>[],
  settings: Partial<RoutingSettings> = {},
  now = Date.now,
) => tableAt(upstream, { ...host, now }, overs, settings)

const fail = (model: string, script: Script) => upstream.script({ ...script, match: { model } })
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const inFlight = (routes: RouteTable) => routes.state().map(each => each.inFlight)
const waiting = (routes: RouteTable) => routes.state().map(each => each.waiting)

describe.each(Object.keys(strategies) as (keyof typeof strategies)[])('%s', strategy => {
  test('whatever becomes of a call, its place is given back, once', async () => {
    const routes = table([{ maxParallelRequests: 3 }, { maxParallelRequests: 2 }, {}], { strategy })
    const random = seededRandom(9)
    const troubles: Script[] = [
      ...[
        { status: 500 },
        { failure: 'rate-limit' as const, retryAfterSeconds: 0 },
        { failure: 'invalid' as const },
      ],
      ...[{ cutAfterBytes: 200 }, { failAfterEvents: 1 }, { cutBeforeHead: true }, { latencyMs: 3 }],
    ]
    for (const script of [...troubles, ...troubles, ...troubles]) upstream.script(script)
    const one = async () => {
      const control = new AbortController()
      const how = Math.floor(random() * 5)
      if (how === 0) setTimeout(() => control.abort(), random() * 10)
      const reply = await routes.run(chatRoute(random() < 0.6, { signal: control.signal }))
      if (reply.kind !== 'stream') return
      if (how === 1) return reply.abort()
      let seen = 0
      await reply.pump(() => {
        if (how === 2 && ++seen === 2) throw new Error('the reader broke down')
        if (how === 3 && ++seen === 2) reply.abort()
        return how === 4 ? new Promise<void>(resolve => setImmediate(resolve)) : undefined
      })
    }
    await Promise.all(Array.from({ length: 60 }, () => one().catch(() => undefined)))
    expect(inFlight(routes)).toEqual([0, 0, 0])
    expect(waiting(routes)).toEqual([0, 0, 0])
    expect(upstream.requests.length).toBeGreaterThan(40)
  })
})

describe('max_parallel_requests', () => {
  test('never more at one time; the others wait for a place, and say so', async () => {
    const routes = table([{ maxParallelRequests: 2 }])
    upstream.script({ latencyMs: 15, times: 99 })
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, inFlight(routes)[0] ?? 0)
    }, 1)
    const all = Array.from({ length: 8 }, () => chatRoute(false))
    await Promise.all(all.map(each => routes.run(each)))
    clearInterval(watch)
    expect(most).toBe(2)
    const waits = all.map(({ record }) => record.routing?.visits[0]?.attempts[0]?.waitedMs ?? 0)
    expect(waits.filter(ms => ms > 0).length).toBeGreaterThanOrEqual(5)
  })

  test('a call goes where there is room before it waits', async () => {
    const routes = table([{ maxParallelRequests: 1, order: 1 }, { order: 2 }])
    upstream.script({ latencyMs: 30, times: 2 })
    await Promise.all([routes.run(chatRoute(false)), routes.run(chatRoute(false))])
    expect(asked().sort()).toEqual(['a', 'b'])
  })

  test('the names that a wildcard matches have its places together', async () => {
    const routes = table([{ group: 'any-*', model: 'm-*', maxParallelRequests: 1 }])
    upstream.script({ latencyMs: 30, times: 2 })
    const both = ['any-a', 'any-b'].map(model => routes.run({ ...chatRoute(false), model }))
    expect([inFlight(routes), waiting(routes)]).toEqual([[1], [1]])
    await Promise.all(both)
    expect(asked()).toEqual(['m-a', 'm-b'])
  })

  test('a model that a wildcard’s provider does not know rests alone', async () => {
    const routes = table([
      { group: 'any-*', model: 'm-*' },
      { group: 'any-*', model: 'n-*' },
    ])
    fail('m-a', { failure: 'not-found' })
    fail('n-a', { failure: 'not-found' })
    await rejectionOf(routes.run({ ...chatRoute(false), model: 'any-a' }))
    await routes.run({ ...chatRoute(false), model: 'any-b' })
    expect(asked()).toHaveLength(3)
  })

  test('a place at a deployment that rests by now is none', async () => {
    const routes = table([{ maxParallelRequests: 1 }, { maxParallelRequests: 1 }], {
      retries: 0,
      cooldownMs: 30_000,
    })
    fail('a', { latencyMs: 30, failure: 'rate-limit', times: 99 })
    fail('b', { latencyMs: 60, times: 99 })
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => routes.run(chatRoute(false))))
    expect(asked().filter(model => model === 'a')).toHaveLength(1)
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
    expect([inFlight(routes), waiting(routes)]).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  test('a place is none where others have used the minute up', async () => {
    const one = { maxParallelRequests: 1, rpm: 2 }
    const routes = table([one, one], { enforceModelRateLimits: true, retries: 0 }, () => 1_000_000)
    upstream.script({ latencyMs: 20, times: 99 })
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => routes.run(chatRoute(false))))
    expect(asked().sort()).toEqual(['a', 'a', 'b', 'b'])
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(4)
    expect([inFlight(routes), waiting(routes)]).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  test('no more may wait than is set', async () => {
    const routes = table([{}], { defaultMaxParallelRequests: 1, maxWaiting: 1 })
    upstream.script({ latencyMs: 30, times: 3 })
    const runs = [1, 2, 3].map(() => routes.run(chatRoute(false)))
    expect(await rejectionOf(runs[2] as Promise<unknown>)).toMatchObject({ status: 429 })
    await Promise.all(runs.slice(0, 2))
  })
})

describe('rpm and tpm', () => {
  test('are limits where they are enforced: when all are used up the call is told to come back next minute', async () => {
    const routes = table([{ rpm: 1 }, { rpm: 2 }], { enforceModelRateLimits: true }, () => 1_000_000)
    for (let round = 0; round < 3; round++) await routes.run(chatRoute(false))
    expect(asked().sort()).toEqual(['a', 'b', 'b'])
    const error = await rejectionOf(routes.run(chatRoute(false)))
    expect(error).toMatchObject({ status: 429, kind: 'rate_limit' })
    expect(String(error)).toContain('a: its 1 requests of this minute are used up')
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  test.each([
    'usage-based-routing',
    'usage-based-routing-v2',
    'latency-based-routing',
    'cost-based-routing',
  ] as const)('are limits under %s', async strategy => {
    const rates = [{ rpm: 2 }, { rpm: 1, tpm: 5_000 }, { rpm: 5, tpm: 1 }]
    const routes = table(rates, { strategy, retries: 0 }, () => 1_000_000)
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => routes.run(chatRoute(false))))
    expect(asked().sort()).toEqual(['a', 'a', 'b'])
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(3)
  })

  test('are weights where they are not', async () => {
    const routes = table([{ rpm: 1 }])
    for (let round = 0; round < 3; round++) await routes.run(chatRoute(false))
    expect(asked()).toHaveLength(3)
  })

  test('a prompt that does not fit in what is left of the minute goes elsewhere', async () => {
    const routes = table(
      [
        { tpm: 5, order: 1 },
        { tpm: 5_000, order: 2 },
      ],
      { strategy: 'usage-based-routing-v2' },
    )
    await routes.run(chatRoute(false))
    expect(asked()).toEqual(['b'])
    expect(routes.state()[1]?.tokens).toBeGreaterThan(0)
  })
})

describe('time', () => {
  test('a head without a first token in time is no answer: its socket is freed and the next deployment asked', async () => {
    fail('a', { firstTokenMs: 60_000 })
    const routes = table([{ order: 1, streamTimeoutMs: 60 }, { order: 2 }])
    const reply = await routes.run(chatRoute(true))
    expect(asked()).toEqual(['a', 'b'])
    await upstream.until(() => upstream.aborted.length === 1)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    await reply.pump(() => undefined)
    expect(routes.state()).toMatchObject([
      { circuit: expect.not.stringMatching('closed'), inFlight: 0 },
      { circuit: 'closed', inFlight: 0 },
    ])
  })

  test('a caller in a hurry does not make a deployment rest', async () => {
    upstream.script({ latencyMs: 60_000, times: 9 })
    const routes = table([{}, {}])
    await rejectionOf(routes.run(chatRoute(false, { timeoutMs: 40 })))
    await rejectionOf(routes.run(chatRoute(true, { streamTimeoutMs: 30, retries: 0 })))
    expect(routes.state()).toMatchObject([{ circuit: 'closed' }, { circuit: 'closed' }])
  })
})
