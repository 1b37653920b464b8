import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, type Rig, startRig } from '../gateway.ts'
import { type Redis, startRedis } from '../services/redis.ts'

let upstream: Upstream
let redis: Redis
let one: Rig
let two: Rig
const names = ['a', 'b', 'c', 'd', 'e', 'f']

/** Replicas with databases of their own: what they know of each other they know from Redis. */
beforeAll(async () => {
  ;[upstream, redis] = await Promise.all([startUpstream(), startRedis()])
  const at = (group: string, name: string) => deployment(upstream, 'openai', group, { id: name }, name)
  const row = at('paid', 'paid-1') as { litellm_params: object }
  const paid = {
    ...row,
    litellm_params: { ...row.litellm_params, max_budget: 0.0002, budget_duration: '30d' },
  }
  const options = {
    upstream,
    models: [...names.map(name => at('chat', name)), paid],
    config: {
      router_settings: {
        ...{ redis_url: redis.url, disable_cooldowns: false },
        optional_pre_call_checks: ['session_affinity'],
      },
    },
  }
  one = await startRig(options)
  two = await startRig({ ...options, env: { LITELLM_MASTER_KEY: one.gateway.masterKey } })
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await two.close()
  await one.close()
  await upstream.close()
  await redis.remove()
})

const ask = async ({ gateway }: Rig, model: string, session?: string) => {
  const client = new OpenAI({ apiKey: gateway.masterKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  const headers = session === undefined ? {} : { 'x-litellm-session-id': session }
  const messages = [{ role: 'user' as const, content: 'Hello there' }]
  await client.chat.completions.create({ model, messages, max_tokens: 10 }, { headers })
  return (upstream.requests.at(-1)?.body as { model: string }).model
}

test('a session has one place, whichever replica is asked', async () => {
  for (let turn = 0; turn < 5; turn++)
    await eventually('both go to the same', async () => {
      const places = new Set<string>()
      for (const rig of [one, two, one, two]) places.add(await ask(rig, 'chat', `session-${turn}`))
      return places.size === 1
    })
})

test('what one replica has spent is spent at the other, without a database between them', async () => {
  const isSpent = (rig: Rig) =>
    ask(rig, 'paid').then(
      () => false,
      ({ status, message }: { status: number; message: string }) =>
        status === 429 && message.includes('the budget of deployment paid-1 is used up'),
    )
  await eventually('the budget is spent', () => isSpent(one))
  const asked = upstream.requests.length
  await eventually('the other hears of it', () => isSpent(two))
  expect(upstream.requests.length - asked).toBeLessThanOrEqual(1)
})
