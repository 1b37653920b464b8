import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { deployment, post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const upstream = await startUpstream()
const rig = await startRig({
  upstream,
  models: [deployment(upstream, 'openai', 'unlucky', {}, 'testkit-500')],
  config: {
    router_settings: { num_retries: 2, retry_after: 0, fallbacks: [{ unlucky: ['gpt-4o'] }] },
    litellm_settings: { drop_params: true },
  },
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = (body: object, key = rig.gateway.masterKey) =>
  post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages, ...body }, key)

describe.each([
  ['whole', {}],
  ['streamed', { stream: true }],
])('the head of a %s answer', (kind, more) => {
  test('names the call, the deployment and the times', async () => {
    const { headers } = await ask(more)
    expect(headers.get('x-litellm-call-id')).toMatch(/^[\w-]{36}$/)
    expect(headers.get('x-litellm-version')).toMatch(/^\d+\.\d+\.\d+/)
    expect(headers.get('x-litellm-model-id')).toMatch(/^[\da-f]{64}$/)
    expect(headers.get('x-litellm-model-group')).toBe('gpt-4o')
    expect(headers.get('x-litellm-model-api-base')).toBe(upstream.baseUrl('openai'))
    expect(headers.get('x-litellm-attempted-retries')).toBe('0')
    expect(headers.get('x-litellm-attempted-fallbacks')).toBe('0')
    const duration = Number(headers.get('x-litellm-response-duration-ms'))
    const overhead = Number(headers.get('x-litellm-overhead-duration-ms'))
    expect([duration >= overhead, overhead >= 0]).toEqual([true, true])
    expect(headers.get('content-type')).toMatch(kind === 'whole' ? 'application/json' : 'text/event-stream')
  })

  test("carries the provider's own headers under a name of theirs", async () => {
    upstream.script({ headers: { 'x-vendor-fact': '42', 'set-cookie': 'vendor=1' } })
    const { headers } = await ask(more)
    expect(headers.get('llm_provider-x-vendor-fact')).toBe('42')
    expect(headers.get('llm_provider-x-request-id')).toMatch(/\S/)
    expect([...headers.keys()].filter(name => name.includes('cookie'))).toEqual([])
  })

  test("tells the key's limits and budget", async () => {
    const key = await rig.newKey({ rpm_limit: 10, tpm_limit: 1_000_000, max_budget: 2 })
    const { headers } = await ask(more, key)
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-litellm-key-rpm-limit': '10',
      'x-litellm-key-tpm-limit': '1000000',
      'x-litellm-key-max-budget': '2',
      'x-litellm-key-spend': kind === 'whole' ? '0.000066' : '0',
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '9',
    })
  })
})

test('retries and fallbacks are counted', async () => {
  upstream.script({ status: 500, times: 2 })
  expect((await ask({})).headers.get('x-litellm-attempted-retries')).toBe('2')
  const fallen = await ask({ model: 'unlucky' })
  expect(fallen.status).toBe(200)
  expect(fallen.headers.get('x-litellm-attempted-fallbacks')).toBe('1')
  expect(fallen.headers.get('x-litellm-model-group')).toBe('gpt-4o')
})

describe('warnings', () => {
  const dropped = { logit_bias: { '50256': -100 }, seed: 7 }

  test('name what drop_params left out, in the head and in the row', async () => {
    const response = await ask({ model: 'claude-sonnet-4-6', ...dropped })
    expect(response.status).toBe(200)
    const line = response.headers.get('x-sluice-warnings')
    expect(line).toContain('dropped logit_bias')
    expect(line).toContain('dropped seed')
    expect((await spendLog(rig, response)).metadata['warnings']).toContainEqual({
      action: 'dropped',
      param: 'logit_bias',
      reason: expect.stringMatching(/\S/),
    })
    expect(upstream.requests.at(-1)?.raw.toString()).not.toContain('logit_bias')
  })

  test('are absent when everything was carried', async () => {
    expect((await ask({ seed: 7 })).headers.get('x-sluice-warnings')).toBeNull()
  })
})
