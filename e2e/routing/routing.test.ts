import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { member, pixel, type Rig, startRig } from '../gateway.ts'

let rig: Rig
let key: string
const hello = [{ role: 'user' as const, content: 'Hello' }]

beforeAll(async () => {
  const upstream = await import('@sluice/testkit').then(kit => kit.startUpstream())
  const one = (group: string, id: string, params: object = {}, info: object = {}) =>
    member(upstream, group, id, params, info)
  rig = await startRig({
    upstream,
    models: [
      ...[one('pair', 'left', { order: 1 }), one('pair', 'right', { order: 2 })],
      ...[one('resting', 'rest-a'), one('resting', 'rest-b')],
      ...[one('spare', 'spare-1'), one('closed', 'closed-1', {}, { blocked: true })],
      ...[one('sight', 'blind-1', {}, { supports_vision: false })],
      one('sight', 'seeing-1', { region_name: 'eu' }, { supports_vision: true }),
      ...[one('small', 'small-1', {}, { max_input_tokens: 20 }), one('large', 'large-1')],
      ...[one('tagged', 'free-1', { tags: ['free'] }), one('tagged', 'paid-1', { tags: ['paid'] })],
    ],
    config: {
      router_settings: {
        ...{ num_retries: 2, disable_cooldowns: false, cooldown_time: 30, routing_strategy: 'p2c' },
        ...{ enable_pre_call_checks: true, enable_tag_filtering: true },
        context_window_fallbacks: [{ small: ['large'] }],
      },
    },
  })
  key = await rig.newKey({ models: ['pair', 'resting', 'small', 'tagged', 'closed', 'sight'] })
})
beforeEach(() => rig.upstream.reset())
afterAll(async () => {
  await rig.close()
  await rig.upstream.close()
})

const client = (apiKey = key) => new OpenAI({ apiKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
const asked = () => rig.upstream.requests.map(({ body }) => (body as { model: string }).model)
const ask = (model: string, extra: object = {}, apiKey = key) =>
  client(apiKey).chat.completions.create({ model, messages: hello, ...extra })
const refusal = async (promise: Promise<unknown>): Promise<APIError> => {
  const error = await promise.catch((thrown: unknown) => thrown)
  if (error instanceof APIError) return error
  throw new Error(`Expected a refusal, got ${JSON.stringify(error)}.`)
}

describe('an OpenAI client', () => {
  test('gets its answer, whole or streamed, though the first deployment fails', async () => {
    rig.upstream.script({ status: 500, match: { model: 'left' }, times: 2 })
    expect((await ask('pair')).choices[0]?.message.content).toBe('You said: Hello')
    let text = ''
    for await (const chunk of await client().chat.completions.create({
      model: 'pair',
      messages: hello,
      stream: true,
    }))
      text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('You said: Hello')
    expect(asked()).toEqual(['left', 'right', 'left', 'right'])
  })

  test('is told when all rest, for how long, and why', async () => {
    rig.upstream.script({ failure: 'rate-limit', retryAfterSeconds: 40, match: { model: 'rest-a' } })
    rig.upstream.script({ failure: 'rate-limit', retryAfterSeconds: 50, match: { model: 'rest-b' } })
    await refusal(ask('resting'))
    const error = await refusal(ask('resting'))
    expect(error.status).toBe(429)
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(30)
    expect(error.message).toMatch(
      /No deployments available for selected model, Try again in \d+ seconds\. Passed model=resting/,
    )
    expect(error.message).toMatch(/rest-a: it rests for \d+ ms after RateLimitError; rest-b: it rests/)
    expect(asked().sort()).toEqual(['rest-a', 'rest-b'])
  })

  test('is served by a larger model when the prompt does not fit', async () => {
    const messages = [{ role: 'user' as const, content: 'many words '.repeat(200) }]
    await ask('small', { messages })
    await ask('small')
    expect(asked()).toEqual(['large-1', 'small-1'])
  })

  test('is served by a deployment that can do what it asks, in its region, or hears who cannot and why', async () => {
    const image_url = { url: `data:image/png;base64,${pixel}` }
    const messages = [{ role: 'user' as const, content: [{ type: 'image_url' as const, image_url }] }]
    const asking = { model: 'sight', messages }
    for (let n = 0; n < 4; n++) await client().chat.completions.create(asking)
    expect(new Set(asked())).toEqual(new Set(['seeing-1']))
    const { response } = await client()
      .chat.completions.create(asking, { headers: { 'x-sluice-explain': 'true' } })
      .withResponse()
    expect(response.headers.get('x-sluice-route')).toMatch(/blind-1.*supports_vision/)
    rig.upstream.reset()
    for (let n = 0; n < 4; n++) await ask('sight', { allowed_model_region: 'eu' })
    expect(new Set(asked())).toEqual(new Set(['seeing-1']))
    const error = await refusal(ask('sight', { allowed_model_region: 'us' }))
    expect(error.status).toBe(400)
    expect(error.message).toMatch(/blind-1: .*seeing-1: /)
  })

  test('reaches the deployments of its tags, and no others', async () => {
    await ask('tagged', { tags: ['paid'] })
    await ask('tagged', { tags: ['free'] })
    expect(asked()).toEqual(['paid-1', 'free-1'])
    expect(await refusal(ask('tagged', { tags: ['none'] }))).toMatchObject({ status: 403 })
  })

  test('does not reach a blocked deployment', async () => {
    expect(await refusal(ask('closed'))).toMatchObject({ status: 503 })
    expect(asked()).toEqual([])
  })
})

describe('what a key may not do by naming fallbacks', () => {
  test.each([
    ['fallbacks', ['spare']],
    ['fallbacks', [{ model: 'spare', max_tokens: 3 }]],
    ['fallbacks', [{ pair: ['spare'] }]],
    ['context_window_fallbacks', [{ pair: ['spare'] }]],
    ['content_policy_fallbacks', ['spare']],
  ])('reach a model it is not allowed: %s %j', async (name, value) => {
    expect(await refusal(ask('pair', { [name]: value }))).toMatchObject({ status: 403 })
    expect(asked()).toEqual([])
  })

  test.each([
    ['fallbacks', ['spare']],
    ['fallbacks', [{ pair: [{ model: 'spare', max_tokens: 3 }] }]],
    ['fallbacks', [{ cheap: ['spare'] }]],
  ])('reach the model that an alias of its key takes the place of: %s %j', async (name, value) => {
    const held = await rig.newKey({ models: ['pair', 'tagged'], aliases: { spare: 'tagged', cheap: 'pair' } })
    rig.upstream.script({
      status: 500,
      times: 3,
      match: ({ body }) => /left|right/.test(JSON.stringify(body)),
    })
    await ask('cheap', { [name]: value, num_retries: 1 }, held)
    expect(asked()).not.toContain('spare-1')
    expect(asked().at(-1)).toMatch(/^(free|paid)-1$/)
  })

  test.each([{ models: ['gpt-5'] }, { route: 'fallback' }])(
    'let the provider choose another model: %j',
    async params => {
      const error = await refusal(ask('pair', { fallbacks: [{ model: 'tagged', ...params }] }))
      expect(error).toMatchObject({ status: 403 })
      expect(asked()).toEqual([])
    },
  )

  test('send a fallback with a key of its own', async () => {
    const error = await refusal(ask('pair', { fallbacks: [{ model: 'pair', api_key: 'sk-mine' }] }))
    expect(error).toMatchObject({ status: 400 })
  })

  test('fail on purpose: that is for the holder of the master key', async () => {
    const extra = { mock_testing_fallbacks: true, fallbacks: ['spare'] }
    expect(await refusal(ask('pair', { mock_testing_fallbacks: true }))).toMatchObject({ status: 403 })
    await ask('pair', extra, rig.gateway.masterKey)
    expect(asked()).toEqual(['spare-1'])
  })
})
