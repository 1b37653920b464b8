import { startUpstream } from '@sluice/testkit'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { post, type Rig, startRig } from '../gateway.ts'

const upstream = await startUpstream()
const at = { api_base: `${upstream.url}/v1`, api_key: 'vendor-key' }
const google = { api_base: upstream.url, api_key: 'vendor-key' }
const drop = { drop_params: true }

const models = [
  { model_name: 'talker', litellm_params: { model: 'openai/gpt-4o', ...at } },
  { model_name: 'talker-dropping', litellm_params: { model: 'openai/gpt-4o', ...at, ...drop } },
  {
    model_name: 'talker-without',
    litellm_params: {
      model: 'openai/gpt-4o',
      ...at,
      additional_drop_params: ['top_k', 'tools[*].function.strict'],
      extra_body: { seed: 3 },
    },
  },
  {
    model_name: 'talker-allowing',
    litellm_params: { model: 'openai/gpt-4o', ...at, allowed_openai_params: ['top_k'] },
  },
  { model_name: 'vectors', litellm_params: { model: 'openai/text-embedding-ada-002', ...at } },
  {
    model_name: 'vectors-dropping',
    litellm_params: { model: 'openai/text-embedding-ada-002', ...at, ...drop },
  },
  { model_name: 'painter', litellm_params: { model: 'gemini/imagen-4.0-generate-001', ...google } },
  {
    model_name: 'painter-dropping',
    litellm_params: { model: 'gemini/imagen-4.0-generate-001', ...google, ...drop },
  },
]

const strict = await startRig({ upstream, models })
const lenient = await startRig({ upstream, models, config: { litellm_settings: { drop_params: true } } })
afterEach(() => upstream.reset())
afterAll(async () => {
  await Promise.all([strict.close(), lenient.close()])
  await upstream.close()
})

interface Case {
  readonly path: string
  readonly model: string
  readonly body: object
  /** Refused by this model's provider. */
  readonly param: string
  readonly value: unknown
}

const cases: Readonly<Record<string, Case>> = {
  'a chat': {
    path: '/v1/chat/completions',
    model: 'talker',
    body: { messages: [{ role: 'user', content: 'Hello' }] },
    param: 'top_k',
    value: 4,
  },
  embeddings: {
    path: '/v1/embeddings',
    model: 'vectors',
    body: { input: 'Hello' },
    param: 'dimensions',
    value: 8,
  },
  'an image': {
    path: '/v1/images/generations',
    model: 'painter',
    body: { prompt: 'An otter' },
    param: 'style',
    value: 'vivid',
  },
}

const ask = (rig: Rig, { path, model, body, param, value }: Case, more: object = {}) =>
  post(rig.gateway, path, { model, ...body, [param]: value, ...more }, rig.gateway.masterKey)
const sent = () => upstream.requests.at(-1)?.body as Record<string, unknown>

describe.each(Object.entries(cases))(
  '%s with a parameter that its provider does not take',
  (_name, asked) => {
    test('is refused, and nothing is sent', async () => {
      const response = await ask(strict, asked)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        error: {
          param: asked.param,
          message: expect.stringContaining('drop_params'),
        },
      })
      expect(upstream.requests).toEqual([])
    })

    test.each<[string, () => Promise<Response>]>([
      ['the request', () => ask(strict, asked, drop)],
      ['the deployment', () => ask(strict, { ...asked, model: `${asked.model}-dropping` })],
      ['the gateway', () => ask(lenient, asked)],
    ])('goes out without it where %s says drop_params', async (_who, call) => {
      const response = await call()
      expect(response.status).toBe(200)
      expect(JSON.stringify(sent())).not.toContain(`"${asked.param}"`)
      expect(response.headers.get('x-sluice-warnings') ?? '').toContain(asked.param)
    })

    test('goes out with it where the request allows it', async () => {
      // What the vendor says to it is the vendor's to say.
      await ask(strict, asked, { allowed_openai_params: [asked.param] })
      expect(JSON.stringify(sent())).toContain(`"${asked.param}"`)
    })

    test('goes out without it where the request says that it is not to be sent', async () => {
      expect((await ask(strict, asked, { additional_drop_params: [asked.param] })).status).toBe(200)
      expect(JSON.stringify(sent())).not.toContain(`"${asked.param}"`)
    })

    test('a request may be stricter than its gateway', async () => {
      expect((await ask(lenient, asked, { drop_params: false })).status).toBe(400)
    })
  },
)

test('a deployment names what is never sent, what always is, and what is added last', async () => {
  const tool = { type: 'function', function: { name: 'look', parameters: { type: 'object' }, strict: true } }
  const chat = { ...(cases['a chat'] as Case), model: 'talker-without' }
  expect((await ask(strict, chat, { tools: [tool], seed: 1 })).status).toBe(200)
  expect(sent()).toMatchObject({ seed: 3, tools: [{ function: { name: 'look' } }] })
  expect(JSON.stringify(sent())).not.toMatch(/top_k|strict/)
  await ask(strict, { ...chat, model: 'talker-allowing' })
  expect(sent()).toMatchObject({ top_k: 4 })
})

test('extra_body of a request goes into the body, in front of any vendor', async () => {
  const chat = { ...(cases['a chat'] as Case), param: 'extra_body', value: { grammar: 'root ::= "a"' } }
  await ask(strict, chat)
  expect(sent()).toMatchObject({ grammar: 'root ::= "a"' })
  expect(sent()).not.toHaveProperty('extra_body')
})

test('an image keeps what a vendor alone knows', async () => {
  const painted = { ...(cases['an image'] as Case), param: 'personGeneration', value: 'dont_allow' }
  expect((await ask(strict, painted)).status).toBe(200)
  expect(JSON.stringify(sent())).toContain('dont_allow')
})
