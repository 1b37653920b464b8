import { type Script, startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { stampRecord } from '../../callbacks/records.ts'
import { createCatalogue } from '../../models/catalogue.ts'
import { rejectionOf, testHost } from '../../testing/ask.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { RouteTable, RoutingSettings } from '../router.ts'
import { seededRandom } from '../testing/candidates.ts'
import { chatRoute, tableAt } from '../testing/tables.ts'
import { RecentDurations } from './recent-durations.ts'

let upstream: Upstream
const host = testHost({ random: seededRandom(3) })
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

const PRICED = { modelInfo: { input_cost_per_token: 0.001, output_cost_per_token: 0.001 } }
// The median: one slow answer on a busy machine must not move it.
const hedging = { percentile: 0.5 }
const at = (model: string, script: Script) => upstream.script({ ...script, match: { model } })
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)

/** A table that knows how soon its group answers: `a` goes first, `b` stands by. */
async function trained(
  stream: boolean,
  settings: Partial<RoutingSettings> = {},
  overs: readonly Partial<Deployment>[] = [{ order: 1 }, { order: 1 }],
): Promise<RouteTable> {
  // The first is always chosen first; the second only beside or after it.
  const strategy = { name: 'first', pick: (candidates: readonly never[]) => candidates[0] as never }
  const routes = tableAt(
    upstream,
    host,
    overs.map(over => ({ ...PRICED, ...over })),
    { hedging, strategy, ...settings },
  )
  for (let index = 0; index < 20; index++) {
    const reply = await routes.run(chatRoute(stream))
    if (reply.kind === 'stream') await reply.pump(() => undefined)
  }
  upstream.reset()
  return routes
}

const settled = (routes: RouteTable) => routes.state().map(({ inFlight }) => inFlight)

describe.each([false, true])('hedging (stream: %s)', stream => {
  test('a slow first attempt gets company, and the first answer wins', async () => {
    const routes = await trained(stream)
    at('a', { latencyMs: 60_000 })
    const route = chatRoute(stream)
    const startedAt = performance.now()
    const reply = await routes.run(route)
    if (reply.kind === 'stream') await reply.pump(() => undefined)
    expect(performance.now() - startedAt).toBeLessThan(15_000)
    expect(asked()).toEqual(['a', 'b'])
    expect(route.record.deployment?.id).toBe('b')
    expect(route.record.routing?.visits[0]?.attempts).toMatchObject([
      { deploymentId: 'a', cancelled: true },
      { deploymentId: 'b', hedge: true },
    ])
    await upstream.until(() => upstream.aborted.length === 1)
    expect(settled(routes)).toEqual([0, 0])
    expect(routes.state().map(({ circuit }) => circuit)).toEqual(['closed', 'closed'])
  })

  test('the loser is charged for the prompt it was sent', async () => {
    const routes = await trained(stream)
    at('a', { latencyMs: 4_000 })
    const { record, ...route } = chatRoute(stream)
    const reply = await routes.run({ ...route, record })
    if (reply.kind === 'stream') await reply.pump(() => undefined)
    stampRecord(record, reply.meter, createCatalogue(), { promptTokens: 50 })
    expect(record.attempts.map(({ cost }) => cost?.state)).toEqual(['known', 'known'])
    expect(record.attempts[0]?.cost).toMatchObject({ nanoUsd: 50_000_000 })
    expect(record.usage?.prompt_tokens).toBe(50 + (reply.meter.usage?.prompt_tokens ?? 0))
  })

  test('the first attempt may still win', async () => {
    const routes = await trained(stream)
    at('a', { latencyMs: 500 })
    at('b', { latencyMs: 4_000 })
    const route = chatRoute(stream)
    const reply = await routes.run(route)
    if (reply.kind === 'stream') await reply.pump(() => undefined)
    expect(route.record.deployment?.id).toBe('a')
    await upstream.until(() => upstream.aborted.length === 1)
    expect(settled(routes)).toEqual([0, 0])
  })

  test('when both fail the call goes on as after any failure', async () => {
    const routes = await trained(stream, {}, [{}, {}, {}])
    at('a', { latencyMs: 400, status: 500 })
    at('b', { latencyMs: 400, status: 500 })
    const route = chatRoute(stream)
    const reply = await routes.run(route)
    if (reply.kind === 'stream') await reply.pump(() => undefined)
    expect(asked()).toEqual(['a', 'b', 'c'])
    expect(settled(routes)).toEqual([0, 0, 0])
  })

  test('a hang-up ends both', async () => {
    const routes = await trained(stream)
    upstream.script({ latencyMs: 4_000, times: 2 })
    const control = new AbortController()
    const call = rejectionOf(routes.run(chatRoute(stream, { signal: control.signal })))
    await upstream.until(() => upstream.requests.length === 2)
    control.abort()
    expect(await call).toMatchObject({ kind: 'aborted' })
    await upstream.until(() => upstream.aborted.length === 2)
    expect(settled(routes)).toEqual([0, 0])
  })
})

describe('hedges are few', () => {
  test('none before the group is known', async () => {
    const routes = tableAt(upstream, host, [{}, {}], { hedging })
    upstream.script({ latencyMs: 100, times: 9 })
    await routes.run(chatRoute(false))
    expect(asked()).toHaveLength(1)
  })

  test('a stated share of the calls, beyond a small burst', async () => {
    const routes = await trained(false, { hedging: { percentile: 0.5, maxShare: 0 } })
    at('a', { latencyMs: 300, times: 99 })
    for (let index = 0; index < 8; index++) await routes.run(chatRoute(false))
    expect(asked().filter(model => model === 'b')).toHaveLength(5)
  })

  test('none that may cost more than stated', async () => {
    const routes = await trained(false, { hedging: { percentile: 0.5, maxCostUsd: 0.05 } })
    at('a', { latencyMs: 300, times: 9 })
    const ask = (max_tokens: number) => {
      const route = chatRoute(false)
      return routes.run({ ...route, request: { ...route.request, max_tokens } })
    }
    await ask(1_000)
    expect(asked()).toEqual(['a'])
    await ask(10)
    expect(asked()).toEqual(['a', 'a', 'b'])
  })
})

test('percentiles are of the last answers, once enough are known', () => {
  const durations = new RecentDurations()
  for (let ms = 1; ms <= 19; ms++) durations.add(ms)
  expect(durations.percentile(0.5, 20)).toBeUndefined()
  durations.add(20)
  expect(durations.percentile(0.95, 20)).toBe(20)
  expect(durations.percentile(0.5, 20)).toBe(11)
  for (let index = 0; index < 300; index++) durations.add(1_000)
  expect(durations.percentile(0.5, 20)).toBe(1_000)
})
