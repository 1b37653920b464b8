import Anthropic from '@anthropic-ai/sdk'
import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deployment, type Rig, startRig } from '../gateway.ts'

let upstream: Upstream
let rig: Rig
const hello = [{ role: 'user' as const, content: 'Hello' }]
const groups = ['main', 'second', 'third', 'roomy', 'lenient', 'ring-1', 'ring-2', 'anywhere', 'lost']

beforeAll(async () => {
  upstream = await startUpstream()
  rig = await startRig({
    upstream,
    models: groups.map(group => deployment(upstream, 'openai', group, { id: `${group}-id` })),
    config: {
      router_settings: {
        model_group_alias: { 'also-ring-1': 'ring-1' },
        fallbacks: [
          { main: ['second'] },
          { second: ['third'] },
          { 'ring-1': ['also-ring-1', 'ring-2'] },
          { 'ring-2': ['ring-1', 'also-ring-1', 'ring-2'] },
        ],
        context_window_fallbacks: [{ main: ['roomy'] }],
        content_policy_fallbacks: [{ main: ['lenient'] }],
        default_fallbacks: ['anywhere'],
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
  client(apiKey)
    .chat.completions.create({ model, messages: hello, ...extra })
    .withResponse()
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const fail = (model: string, failure: 'server' | 'context' | 'content-policy' | 'invalid' = 'server') =>
  upstream.script({ failure, match: { model } })
const refusal = async (promise: Promise<unknown>): Promise<APIError> => {
  const error = await promise.catch((thrown: unknown) => thrown)
  if (error instanceof APIError) return error
  throw new Error(`Expected a refusal, got ${JSON.stringify(error)}.`)
}

describe('a call falls back', () => {
  test('over several levels, and the answer says how far', async () => {
    for (const model of ['main', 'second']) fail(model)
    const { response } = await ask('main')
    // The list of the group, then the default; then what the next group brings.
    expect(asked()).toEqual(['main', 'second', 'anywhere'])
    expect(response.headers.get('x-litellm-attempted-fallbacks')).toBe('2')
    expect(response.headers.get('x-litellm-model-group')).toBe('anywhere')
    upstream.reset()
    for (const model of ['main', 'second', 'anywhere']) fail(model)
    await ask('main')
    expect(asked()).toEqual(['main', 'second', 'anywhere', 'third'])
  })

  test('to no group twice, whatever it is called', async () => {
    for (const model of ['ring-1', 'ring-2', 'anywhere'])
      upstream.script({ status: 500, match: { model }, times: 9 })
    expect((await refusal(ask('ring-1'))).status).toBe(500)
    expect(asked()).toEqual(['ring-1', 'ring-2', 'anywhere'])
  })

  test('where its context does not fit, and then as after any failure', async () => {
    fail('main', 'context')
    await ask('main')
    expect(asked()).toEqual(['main', 'roomy'])
    upstream.reset()
    fail('main', 'context')
    fail('roomy', 'context')
    await ask('main')
    expect(asked()).toEqual(['main', 'roomy', 'second'])
  })

  test('where its content is refused, and then as after any failure', async () => {
    fail('main', 'content-policy')
    fail('lenient')
    await ask('main')
    expect(asked()).toEqual(['main', 'lenient', 'second'])
  })

  test('by default where the group has no list', async () => {
    fail('lost')
    await ask('lost')
    expect(asked()).toEqual(['lost', 'anywhere'])
  })

  test('not with a request that is wrong, and not when it says so', async () => {
    fail('main', 'invalid')
    expect((await refusal(ask('main'))).status).toBe(400)
    fail('main')
    expect((await refusal(ask('main', { disable_fallbacks: true }))).status).toBe(500)
    expect(asked()).toEqual(['main', 'main'])
  })

  test('to what the request names, with what it asks there instead', async () => {
    fail('main')
    await ask('main', {
      max_tokens: 50,
      fallbacks: [{ model: 'third', max_tokens: 7, messages: [{ role: 'user', content: 'Shorter' }] }],
    })
    expect(asked()).toEqual(['main', 'third'])
    expect(upstream.requests[1]?.body).toMatchObject({
      max_tokens: 7,
      messages: [{ role: 'user', content: 'Shorter' }],
    })
  })

  test("of Anthropic's client, whole and streamed", async () => {
    const anthropic = new Anthropic({
      apiKey: rig.gateway.masterKey,
      baseURL: rig.gateway.url,
      maxRetries: 0,
    })
    const body = { model: 'main', max_tokens: 50, messages: hello }
    fail('main')
    expect((await anthropic.messages.create(body)).content).toMatchObject([{ text: 'You said: Hello' }])
    fail('main')
    expect(await anthropic.messages.stream(body).finalText()).toBe('You said: Hello')
    expect(asked()).toEqual(['main', 'second', 'main', 'second'])
  })
})

describe('failing on purpose', () => {
  test.each([
    ['mock_testing_fallbacks', 'second'],
    ['mock_testing_context_window_fallbacks', 'roomy'],
    ['mock_testing_content_policy_fallbacks', 'lenient'],
    ['mock_testing_rate_limit_error', 'second'],
  ])('%s leads the administrator to %s', async (name, group) => {
    await ask('main', { [name]: true })
    expect(asked()).toEqual([group])
    const key = await rig.newKey()
    expect((await refusal(ask('main', { [name]: true }, key))).status).toBe(403)
    await ask('main', { [name]: false }, key)
    expect(asked()).toEqual([group, 'main'])
  })
})
