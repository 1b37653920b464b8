import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { LocalWire } from '../router/testing/local-wire.ts'
import type { CallRecord } from '../types/call-record.ts'
import { Router, type RouterOptions } from './router.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(() => upstream.close())

/** A group `g` of `a`, `b` …, each a model of its name. */
function routerOf(
  params: readonly object[],
  settings: Partial<RouterOptions> = {},
  info: object = {},
): Router {
  const modelList = params.map((own, index) => {
    const id = String.fromCharCode(97 + index)
    const at = { api_key: `key-${id}`, api_base: `${upstream.url}/v1` }
    return {
      model_name: 'g',
      litellm_params: { model: `openai/${id}`, ...at, ...own },
      model_info: { id, ...info },
    }
  })
  const spare = { model: 'openai/spare', api_key: 'key-spare', api_base: `${upstream.url}/v1` }
  return new Router({
    modelList: [...modelList, { model_name: 'spare', litellm_params: spare }],
    ...settings,
  })
}

const hello = { model: 'g', messages: [{ role: 'user' as const, content: 'Hello' }] }
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const places = () => [...new Set(asked())]

describe('what a router is told in its options', () => {
  test('keeps a session, named by option or metadata, at one deployment', async () => {
    const router = routerOf([{}, {}, {}, {}], { affinity: ['session'] })
    for (let n = 0; n < 12; n++) await router.completion(hello, { sessionId: 's' })
    expect(places()).toHaveLength(1)
    upstream.reset()
    for (let n = 0; n < 12; n++) await router.completion({ ...hello, metadata: { session_id: 't' } })
    expect(places()).toHaveLength(1)
  })

  test('sends a second request beside a slow one', async () => {
    const router = routerOf([{ order: 1 }, { order: 2 }], { hedging: { percentile: 0.99, maxShare: 1 } })
    for (let n = 0; n < 30; n++) await router.completion(hello)
    upstream.reset()
    upstream.script({ latencyMs: 20_000, match: { model: 'a' } })
    expect((await router.completion(hello)).sluice.model).toBe('b')
    await upstream.until(() => upstream.aborted.length === 1)
  })

  test('draws by weights, which may be set anew', async () => {
    const router = routerOf([{}, {}], {
      weights: new Map([
        ['a', 0],
        ['b', 1],
      ]),
    })
    for (let n = 0; n < 6; n++) await router.completion(hello)
    expect(places()).toEqual(['b'])
    upstream.reset()
    router.setWeights({ a: 1, b: 0 })
    for (let n = 0; n < 6; n++) await router.completion(hello)
    expect(places()).toEqual(['a'])
    expect(router.weights()).toHaveLength(3)
  })

  test('stops at a provider’s budget', async () => {
    const price = { input_cost_per_token: 0.01, output_cost_per_token: 0.01 }
    const providerBudgets = new Map([['openai', { maxBudget: 0.06, duration: '1d' }]])
    const router = routerOf([{}], { providerBudgets }, price)
    // Four tokens each.
    await router.completion(hello)
    await router.completion(hello)
    await expect(router.completion(hello)).rejects.toThrow(/budget of provider openai is used up/)
    expect(asked()).toEqual(['a', 'a'])
  })

  test('copies calls to a silent group', async () => {
    const told: CallRecord[] = []
    const router = routerOf([{ silent_model: 'spare' }], { onMirrored: record => void told.push(record) })
    await router.completion(hello)
    await upstream.until(() => upstream.requests.length === 2)
    expect(asked().sort()).toEqual(['a', 'spare'])
  })

  test('chooses by tags, rates, places, reserved hours and what is blocked', async () => {
    const tagged = routerOf([{ tags: ['free'] }, { tags: ['paid'] }], { enableTagFiltering: true })
    await tagged.completion(hello, { tags: ['paid'] })
    await tagged.completion({ ...hello, metadata: { tags: ['free'] } })
    expect(asked()).toEqual(['b', 'a'])
    upstream.reset()
    const rated = routerOf([{ rpm: 1 }, { rpm: 1 }], { enforceModelRateLimits: true, retries: 0 })
    const six = async () => {
      for (let n = 0; n < 6; n++) await rated.completion(hello)
    }
    await expect(six()).rejects.toThrow(/Try again in/)
    await expect(routerOf([{}], {}, { blocked: true }).completion(hello)).rejects.toThrow(/blocked/)
  })

  test('retries by class of error, falls back by lists and aliases, and tells how it went', async () => {
    const router = routerOf([{ order: 1 }, { order: 2 }], {
      retryPolicy: { byClass: new Map([['InternalServerError', 0]]) },
      fallbacks: new Map([['g', ['other']]]),
      groupAliases: new Map([['other', { group: 'spare', hidden: true }]]),
    })
    upstream.script({ status: 500, match: { model: 'a' } })
    const { sluice } = await router.completion(hello)
    expect(asked()).toEqual(['a', 'spare'])
    expect(sluice).toMatchObject({ retries: 0, fallbacks: 1 })
    expect(sluice.routing?.visits).toMatchObject([{ group: 'g' }, { group: 'other' }])
  })

  test('shares what it learns with other routers on a wire', async () => {
    const wire = new LocalWire()
    const [one, other] = [1, 2].map(() =>
      routerOf([{ order: 1 }, { order: 2 }], { news: wire.join(), cooldownMs: 60_000 }),
    ) as [Router, Router]
    upstream.script({ failure: 'rate-limit', match: { model: 'a' } })
    await one.completion(hello)
    await other.completion(hello)
    expect(asked()).toEqual(['a', 'b', 'b'])
  })

  test('is the same for other endpoints', async () => {
    const router = routerOf([{ order: 1 }, { order: 2 }], {
      fallbacks: new Map([['g', ['spare']]]),
      retries: 1,
    })
    for (const model of ['a', 'b']) upstream.script({ status: 500, match: { model } })
    await router.embedding({ model: 'g', input: 'Hello' })
    upstream.script({ status: 500, match: { model: 'a' } })
    await router.imageGeneration({ model: 'g', prompt: 'A tree' })
    expect(asked()).toEqual(['a', 'b', 'spare', 'a', 'b'])
  })

  test('a price among the parameters of a deployment is its price, and is not sent on', async () => {
    const router = routerOf([{ input_cost_per_token: 0.01, output_cost_per_token: 0.01 }])
    const { sluice } = await router.completion(hello)
    expect(upstream.requests[0]?.body).not.toHaveProperty('input_cost_per_token')
    // Four tokens.
    expect(sluice.costUsd).toBe(0.04)
  })
})
