import { Readable } from 'node:stream'
import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI, { APIError, toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { member, type Rig, startRig } from '../gateway.ts'

let upstream: Upstream
let rig: Rig
const hello = [{ role: 'user' as const, content: 'Hello' }]
/** Groups of two; what happens in one test is no other one's business. */
const pairs = [
  'pair',
  'policy',
  'outage',
  'slow',
  'idle',
  'credential',
  'probe',
  'vectors',
  'pictures',
  'voices',
]

const policy = { RateLimitErrorRetries: 0, InternalServerErrorRetries: 1, DefaultRetries: 0 }

beforeAll(async () => {
  upstream = await startUpstream()
  const one = (group: string, id: string, params: object = {}) => member(upstream, group, id, params)
  // What one test wants to see resting must not wake up meanwhile.
  const long = (group: string) => (group === 'credential' ? { cooldown_time: 60 } : {})
  rig = await startRig({
    upstream,
    models: [
      ...pairs.flatMap(group => [
        one(group, `${group}-1`, { order: 1, ...long(group) }),
        one(group, `${group}-2`, { order: 2, ...long(group) }),
      ]),
      one('lone', 'lone-1'),
      ...[one('credential', 'credential-3', { order: 1, api_key: 'key-credential-1', cooldown_time: 60 })],
      one('elsewhere', 'credential-4', { api_key: 'key-credential-1' }),
    ],
    config: {
      router_settings: {
        ...{ num_retries: 1, disable_cooldowns: false, cooldown_time: 0.5, routing_strategy: 'p2c' },
        model_group_retry_policy: { policy, outage: policy },
      },
    },
  })
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const client = () =>
  new OpenAI({ apiKey: rig.gateway.masterKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
const ask = (model: string, extra: object = {}, headers: Record<string, string> = {}) =>
  client().chat.completions.create({ model, messages: hello, ...extra }, { headers })
const asked = () =>
  upstream.requests.map(({ body, form }) =>
    form ? form.texts('model')[0] : (body as { model: string }).model,
  )
async function circuitOf(id: string): Promise<string | undefined> {
  const { deployments } = (await (await rig.admin('/router/state')).json()) as {
    deployments: { model_id: string; circuit: string }[]
  }
  return deployments.find(({ model_id }) => model_id === id)?.circuit
}
const refusal = async (promise: Promise<unknown>): Promise<APIError> => {
  const error = await promise.catch((thrown: unknown) => thrown)
  if (error instanceof APIError) return error
  throw new Error(`Expected a refusal, got ${JSON.stringify(error)}.`)
}

describe('a call is tried again', () => {
  test('as often as the policy says for the class of error', async () => {
    upstream.script({ failure: 'rate-limit', match: { model: 'policy-1' } })
    expect((await refusal(ask('policy'))).status).toBe(429)
    expect(asked()).toEqual(['policy-1'])
    upstream.reset()
    upstream.script({ failure: 'server', match: { model: 'outage-1' } })
    await ask('outage')
    expect(asked()).toEqual(['outage-1', 'outage-2'])
    upstream.reset()
    for (const model of ['outage-1', 'outage-2'])
      upstream.script({ failure: 'unavailable', match: { model } })
    expect((await refusal(ask('outage'))).status).toBe(503)
    expect(asked()).toHaveLength(1)
  })

  test.each(['invalid', 'content-policy', 'context'] as const)('never after %s', async failure => {
    upstream.script({ failure, match: { model: 'pair-1' } })
    expect((await refusal(ask('pair'))).status).toBe(400)
    expect(asked()).toEqual(['pair-1'])
  })

  test('after a refused key at another deployment, never at the same one', async () => {
    upstream.script({ failure: 'unauthorized', times: 5, match: { model: 'lone-1' } })
    // Not 401: the caller's own key is good.
    expect((await refusal(ask('lone', { num_retries: 3 }))).status).toBe(502)
    expect(asked()).toEqual(['lone-1'])
  })

  test('not when the wait that was asked for outlasts the caller’s timeout', async () => {
    upstream.script({ failure: 'rate-limit', retryAfterSeconds: 20, times: 5, match: { model: 'lone-1' } })
    const before = performance.now()
    const error = await refusal(ask('lone', {}, { 'x-litellm-timeout': '15' }))
    expect(error.status).toBe(429)
    expect(Number(error.headers?.get('retry-after'))).toBe(20)
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(asked()).toEqual(['lone-1'])
  })
})

test('a refused key takes out everything that signs with it, and not the model', async () => {
  upstream.script({ failure: 'unauthorized', times: 1, match: { model: 'credential-1' } })
  upstream.script({ failure: 'unauthorized', times: 1, match: { model: 'credential-3' } })
  await ask('credential', { num_retries: 2 })
  expect(asked()).toHaveLength(2)
  expect(asked()[1]).toBe('credential-2')
  expect(await circuitOf('credential-3')).toBe('open')
  expect(await circuitOf('credential-4')).toBe('open')
  expect(await circuitOf('credential-2')).toBe('closed')
  upstream.reset()
  await ask('credential')
  expect(asked()).toEqual(['credential-2'])
})

test('of many calls at once exactly one tries out whether a deployment is well again', async () => {
  upstream.script({ failure: 'rate-limit', retryAfterSeconds: 1, match: { model: 'probe-1' } })
  await ask('probe', { num_retries: 2 })
  await eventually('it may be tried again', async () => {
    return (await circuitOf('probe-1')) === 'half-open'
  })
  upstream.reset()
  // Slower than all the others are together, however slow the machine is.
  upstream.script({ latencyMs: 4_000, times: 1, match: { model: 'probe-1' } })
  await Promise.all(Array.from({ length: 20 }, () => ask('probe', { num_retries: 2 })))
  expect(asked().filter(model => model === 'probe-1')).toHaveLength(1)
})

describe('a deployment that is too slow', () => {
  test('to answer in the call’s time is left, and its socket freed', async () => {
    upstream.script({ latencyMs: 30_000, match: { model: 'slow-1' } })
    const error = await refusal(ask('slow', { num_retries: 0 }, { 'x-litellm-timeout': '0.3' }))
    expect(error.status).toBe(504)
    await upstream.until(() => upstream.aborted.length === 1)
  })

  test('with its first token is left for the next one', async () => {
    upstream.script({ firstTokenMs: 30_000, match: { model: 'slow-1' } })
    const stream = await client().chat.completions.create(
      { model: 'slow', messages: hello, stream: true },
      { headers: { 'x-litellm-stream-timeout': '0.3' } },
    )
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('You said: Hello')
    expect(asked()).toEqual(['slow-1', 'slow-2'])
    await upstream.until(() => upstream.aborted.length === 1)
  })

  test('between two tokens ends its stream in an error; before output the next one is asked', async () => {
    const streamOf = (cutAfterBytes: number) => {
      upstream.script({ cutAfterBytes, cutMode: 'hang', match: { path: /chat/ } })
      return client().chat.completions.create({
        ...{ model: 'idle', messages: hello, stream: true as const },
        ...({ stream_idle_timeout: 0.3 } as object),
      })
    }
    let text = ''
    for await (const chunk of await streamOf(30)) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('You said: Hello')
    expect(asked()).toEqual(['idle-1', 'idle-2'])
    const read = async () => {
      for await (const _ of await streamOf(700)) continue
    }
    expect(String(await read().catch((error: unknown) => error))).toMatch(/silent|stall|idle|timed? ?out/i)
    await upstream.until(() => upstream.aborted.length === 2)
  })
})

describe('other endpoints are tried again and fall back as chats do', () => {
  test('embeddings', async () => {
    upstream.script({ status: 500, match: { model: 'vectors-1' } })
    await client().embeddings.create({ model: 'vectors', input: 'Hello' })
    expect(asked()).toEqual(['vectors-1', 'vectors-2'])
  })

  test('pictures', async () => {
    upstream.script({ status: 503, match: { model: 'pictures-1' } })
    await client().images.generate({ model: 'pictures', prompt: 'A tree' })
    expect(asked()).toEqual(['pictures-1', 'pictures-2'])
  })

  test('speech, and recordings, whose file is sent again', async () => {
    upstream.script({ status: 500, match: { model: 'voices-1' } })
    await client().audio.speech.create({ model: 'voices', voice: 'alloy', input: 'Hello' })
    expect(asked()).toEqual(['voices-1', 'voices-2'])
    upstream.reset()
    upstream.script({ status: 500, match: { model: 'voices-1' } })
    const file = await toFile(Readable.from([Buffer.alloc(3_000)]), 'a.wav')
    const { text } = await client().audio.transcriptions.create({ model: 'voices', file })
    expect(text).toBe('I hear 3000 bytes of a.wav.')
    expect(asked()).toEqual(['voices-1', 'voices-2'])
  })

  test('by fallbacks of their own request', async () => {
    upstream.script({ status: 500, times: 2, match: ({ body }) => /vectors/.test(JSON.stringify(body)) })
    const body = { model: 'vectors', input: 'Hello', fallbacks: ['pair'] }
    await client().embeddings.create(body)
    expect(asked()).toEqual(['vectors-1', 'vectors-2', 'pair-1'])
  })
})
