import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { member, post, type Rig, startRig } from '../gateway.ts'

let upstream: Upstream
let rig: Rig

beforeAll(async () => {
  upstream = await startUpstream()
  const one = (group: string, id: string, order: number) => member(upstream, group, id, { order })
  rig = await startRig({
    upstream,
    models: [one('pair', 'left', 1), one('pair', 'right', 2), one('spare', 'spare-1', 1)],
    config: {
      router_settings: {
        ...{ num_retries: 1, disable_cooldowns: false, cooldown_time: 60 },
        fallbacks: [{ pair: ['spare'] }],
      },
    },
  })
  upstream.script({ failure: 'rate-limit', retryAfterSeconds: 50, match: { model: 'left' } })
  upstream.script({ failure: 'unauthorized', match: { model: 'right' } })
  const client = new OpenAI({
    ...{ apiKey: rig.gateway.masterKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 },
  })
  await client.chat.completions.create({ model: 'pair', messages: [{ role: 'user', content: 'Hello' }] })
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

interface State {
  readonly deployments: readonly Readonly<Record<string, unknown>>[]
}

test('the state of every deployment can be seen: who rests, why, and for how long', async () => {
  const response = await rig.admin('/router/state')
  expect(response.status).toBe(200)
  const { deployments } = (await response.json()) as State
  const of = (id: string) => deployments.find(({ model_id }) => model_id === id)
  expect(of('left')).toMatchObject({ circuit: 'open', reason: 'RateLimitError', by_credential: false })
  expect(of('left')?.rest_ms).toBeGreaterThan(30_000)
  expect(of('right')).toMatchObject({ circuit: 'open', reason: 'AuthenticationError', by_credential: true })
  expect(of('spare-1')).toMatchObject({ circuit: 'closed', rest_ms: 0, in_flight: 0, cooled_down: 0 })
  expect(JSON.stringify(deployments)).not.toContain('key-left')
})

test('a virtual key may not see it', async () => {
  const key = await rig.newKey({ models: ['pair'] })
  expect((await post(rig.gateway, '/router/state', undefined, key)).status).toBe(403)
})

test('metrics tell it under LiteLLM’s names', async () => {
  const text = await (await fetch(`${rig.gateway.url}/metrics`)).text()
  const line = (name: string, ...labels: string[]) =>
    text.split('\n').find(each => each.startsWith(`${name}{`) && labels.every(label => each.includes(label)))
  expect(line('litellm_deployment_state', 'model_id="left"')).toMatch(/ 2$/)
  expect(line('litellm_deployment_state', 'model_id="spare-1"')).toMatch(/ 0$/)
  expect(line('litellm_deployment_cooled_down_total', 'model_id="left"', 'exception_status="429"')).toMatch(
    / 1$/,
  )
  expect(
    line(
      'litellm_deployment_successful_fallbacks_total',
      ...['requested_model="pair"', 'fallback_model="spare"', 'model_id="spare-1"'],
    ),
  ).toMatch(/ 1$/)
})
