import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { member, type Rig, startRig } from '../gateway.ts'

let upstream: Upstream
let rig: Rig
const hello = [{ role: 'user' as const, content: 'Hello' }]

beforeAll(async () => {
  upstream = await startUpstream()
  const one = (group: string, id: string, params: object = {}, info: object = {}) =>
    member(upstream, group, id, params, info)
  const always = [
    { start: '00:00', end: '12:00', timezone: 'UTC', team_ids: ['night-team'] },
    { start: '12:00', end: '00:00', timezone: 'UTC', team_ids: ['night-team'] },
  ]
  rig = await startRig({
    upstream,
    models: [
      ...[one('pair', 'pair-1'), one('pair', 'pair-2')],
      ...[one('half', 'half-open'), one('half', 'half-blocked', {}, { blocked: true })],
      ...[one('hours', 'hours-reserved', {}, { access_windows: always }), one('hours', 'hours-all')],
      one('narrow', 'narrow-1', { max_parallel_requests: 1 }),
      ...[one('rated', 'rated-1', { rpm: 1 }), one('rated', 'rated-2', { rpm: 1 })],
    ],
    config: {
      router_settings: {
        ...{ routing_strategy: 'usage-based-routing-v2', max_waiting_requests: 3, default_priority: 5 },
        model_group_alias: {
          friendly: 'pair',
          hidden: { model: 'pair', hidden: true },
          newest: 'openai/gpt-of-tomorrow',
          exactly: 'pair-2',
        },
      },
    },
  })
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const client = (apiKey = rig.gateway.masterKey) =>
  new OpenAI({ apiKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
const ask = (model: string, extra: object = {}, apiKey?: string) =>
  client(apiKey).chat.completions.create({ model, messages: hello, ...extra })
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const said = () =>
  upstream.requests.map(({ body }) => (body as { messages: { content: string }[] }).messages[0]?.content)
const refusal = async (promise: Promise<unknown>): Promise<APIError> => {
  const error = await promise.catch((thrown: unknown) => thrown)
  if (error instanceof APIError) return error
  throw new Error(`Expected a refusal, got ${JSON.stringify(error)}.`)
}

describe('a model is asked for', () => {
  test('by an alias of all, which may stand for a group, a deployment, or what a wildcard serves', async () => {
    for (const name of ['friendly', 'hidden', 'exactly', 'newest']) await ask(name)
    expect(
      asked()
        .slice(0, 2)
        .every(model => model.startsWith('pair-')),
    ).toBe(true)
    expect(asked().slice(2)).toEqual(['pair-2', 'gpt-of-tomorrow'])
    const names = (await client().models.list()).data.map(({ id }) => id)
    expect(names).toContain('friendly')
    expect(names).not.toContain('hidden')
  })

  test('by an alias of the key', async () => {
    await ask('mine', {}, await rig.newKey({ models: ['pair'], aliases: { mine: 'pair' } }))
    expect(asked()).toEqual([expect.stringMatching(/^pair-/)])
    expect((await refusal(ask('mine', {}, await rig.newKey({ models: ['pair'] })))).status).toBe(403)
  })

  test('by an alias of all with a key for what it stands for, and by no other', async () => {
    const key = await rig.newKey({ models: ['pair'] })
    await ask('friendly', {}, key)
    expect((await refusal(ask('newest', {}, key))).status).toBe(403)
    expect((await client(key).models.list()).data.map(({ id }) => id).sort()).toEqual(['friendly', 'pair'])
  })

  test('by a wildcard, and by the id of a deployment', async () => {
    await ask('openai/anything-at-all')
    for (let n = 0; n < 4; n++) await ask('pair-1')
    expect(asked()).toEqual(['anything-at-all', ...Array(4).fill('pair-1')])
  })

  test('and a blocked deployment is left out', async () => {
    for (let n = 0; n < 6; n++) await ask('half')
    expect(new Set(asked())).toEqual(new Set(['half-open']))
    expect((await refusal(ask('half-blocked'))).status).toBe(503)
  })

  test('and reserved hours are their team’s', async () => {
    for (let n = 0; n < 4; n++) await ask('hours')
    expect(new Set(asked())).toEqual(new Set(['hours-all']))
    upstream.reset()
    const key = await rig.newKey({ team_id: 'night-team' })
    for (let n = 0; n < 4; n++) await ask('hours', {}, key)
    expect(new Set(asked())).toContain('hours-reserved')
  })
})

test('calls wait for a place by priority, then in the order of arrival, and no more than may', async () => {
  upstream.script({ latencyMs: 700, match: { model: 'narrow-1' } })
  const call = (name: string, priority?: number) =>
    ask('narrow', {
      messages: [{ role: 'user', content: name }],
      ...(priority !== undefined && { priority }),
    })
  const waiting = async () => {
    const { deployments } = (await (await rig.admin('/router/state')).json()) as {
      deployments: { model_id: string; waiting: number; in_flight: number }[]
    }
    return deployments.find(({ model_id }) => model_id === 'narrow-1')
  }
  const calls = [call('first')]
  await eventually('the place is taken', async () => (await waiting())?.in_flight === 1)
  for (const [index, [name, priority]] of (
    [
      ['late', 9],
      ['usual', undefined],
      ['urgent', 0],
    ] as const
  ).entries()) {
    calls.push(call(name, priority))
    await eventually(`${name} waits`, async () => (await waiting())?.waiting === index + 1)
  }
  const error = await refusal(call('too many'))
  expect(error.status).toBe(429)
  await Promise.all(calls)
  expect(said()).toEqual(['first', 'urgent', 'usual', 'late'])
})

test('the requests of a minute are spread, and when all are used up the caller hears when to come back', async () => {
  // A new minute may begin in between.
  const calls = async () => {
    for (let n = 0; n < 6; n++) await ask('rated')
  }
  const error = await refusal(calls())
  expect(error.status).toBe(429)
  expect(Number(error.headers?.get('retry-after'))).toBeLessThanOrEqual(60)
  expect(new Set(asked())).toEqual(new Set(['rated-1', 'rated-2']))
})
