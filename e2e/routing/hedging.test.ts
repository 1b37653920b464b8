import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { member, price, type Rig, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

let upstream: Upstream
let rig: Rig
const ask = { model: 'pair', messages: [{ role: 'user' as const, content: 'Hello' }] }

beforeAll(async () => {
  upstream = await startUpstream()
  const one = (id: string, weight: number) => member(upstream, 'pair', id, { weight })
  rig = await startRig({
    upstream,
    // Weight 0 is drawn only where nobody else is left: the second is a spare.
    models: [one('first', 1), one('second', 0)],
    config: { router_settings: { hedging: { percentile: 0.5, max_share: 1 } } },
  })
  for (let index = 0; index < 20; index++) await client().chat.completions.create(ask)
  for (let index = 0; index < 20; index++)
    for await (const _ of await client().chat.completions.create({ ...ask, stream: true }));
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const client = () =>
  new OpenAI({ apiKey: rig.gateway.masterKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })

test('a slow answer is overtaken by a second request, the first is cancelled, and both are paid for', async () => {
  upstream.script({ latencyMs: 60_000, match: { model: 'first' } })
  const startedAt = performance.now()
  const { data, response } = await client().chat.completions.create(ask).withResponse()
  expect(performance.now() - startedAt).toBeLessThan(30_000)
  expect(data.choices[0]?.message.content).toBe('You said: Hello')
  expect(response.headers.get('x-litellm-model-id')).toBe('second')
  expect(response.headers.get('x-litellm-attempted-retries')).toBe('0')
  await upstream.until(() => upstream.aborted.length === 1)
  const row = await spendLog(rig, response)
  const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = data.usage ?? {}
  const hedged = row.prompt_tokens - prompt
  expect(hedged).toBeGreaterThan(0)
  expect(row.spend).toBeCloseTo((prompt + hedged) * price.input + completion * price.output, 9)
  expect(row.metadata.routing).toMatchObject({
    visits: [
      {
        attempts: [
          { deployment: 'first', cancelled: true },
          { deployment: 'second', hedge: true },
        ],
      },
    ],
  })
})

test('so is a stream that is slow to begin', async () => {
  upstream.script({ latencyMs: 60_000, match: { model: 'first' } })
  const startedAt = performance.now()
  let text = ''
  for await (const chunk of await client().chat.completions.create({ ...ask, stream: true }))
    text += chunk.choices[0]?.delta.content ?? ''
  expect(performance.now() - startedAt).toBeLessThan(30_000)
  expect(text).toBe('You said: Hello')
  await upstream.until(() => upstream.aborted.length === 1)
})

test('a client that hangs up ends both requests within 50 ms', async () => {
  const delays: number[] = []
  for (let round = 0; round < 5; round++) {
    upstream.reset()
    upstream.script({ latencyMs: 10_000, times: 2 })
    const control = new AbortController()
    const call = client().chat.completions.create(ask, { signal: control.signal })
    call.catch(() => {})
    await upstream.until(() => upstream.requests.length === 2)
    const at = Date.now()
    control.abort()
    await upstream.until(() => upstream.aborted.length === 2)
    delays.push(Math.max(...upstream.aborted.map(({ at: when }) => when)) - at)
  }
  expect(delays.sort((a, b) => a - b)[2]).toBeLessThan(50)
})
