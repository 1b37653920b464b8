import Anthropic from '@anthropic-ai/sdk'
import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { member, type Rig, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

let upstream: Upstream
let rig: Rig
const hello = [{ role: 'user' as const, content: 'Hello' }]
const EXPLAIN = { headers: { 'x-sluice-explain': 'true' } }

beforeAll(async () => {
  upstream = await startUpstream()
  const one = (group: string, id: string, params: object, dollars: number) =>
    member(upstream, group, id, params, { input_cost_per_token: dollars, output_cost_per_token: dollars })
  rig = await startRig({
    upstream,
    models: [
      // A pair for each test: what one of them makes rest is none of another's business.
      ...['answer', 'error', 'log', 'claude'].flatMap(group => [
        one(group, `${group}-left`, { order: 1 }, 0.000_02),
        one(group, `${group}-right`, { order: 2 }, 0.000_03),
      ]),
      one('spare', 'spare-1', {}, 0.000_01),
    ],
    config: {
      router_settings: {
        ...{ num_retries: 1, disable_cooldowns: false, cooldown_time: 0.2, allowed_fails: 0 },
        fallbacks: [{ answer: ['spare'] }, { error: ['spare'] }],
      },
    },
  })
})
beforeEach(() => rig.upstream.reset())
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const client = () =>
  new OpenAI({ apiKey: rig.gateway.masterKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
const ask = (model: string) =>
  client().chat.completions.create({ model, messages: hello }, EXPLAIN).withResponse()
const routeOf = (line: string | null | undefined) => JSON.parse(line ?? 'null') as Record<string, unknown>

test('an answer says which deployments were tried, what it cost and what it would have cost elsewhere', async () => {
  upstream.script({ failure: 'rate-limit', retryAfterSeconds: 40, match: { model: 'answer-left' } })
  const { response, data } = await ask('answer')
  expect(data.choices[0]?.message.content).toBe('You said: Hello')
  const route = routeOf(response.headers.get('x-sluice-route'))
  expect(route).toMatchObject({
    model: 'answer',
    deployment: 'answer-right',
    visits: [
      {
        group: 'answer',
        candidates: 2,
        ruled_out: [{ deployment: 'answer-left', by: 'circuit' }],
        attempts: [
          { deployment: 'answer-left', status: 429, error: 'RateLimitError' },
          { deployment: 'answer-right' },
        ],
      },
    ],
  })
  const tokens = data.usage?.total_tokens ?? 0
  expect(Number(route.cost)).toBeCloseTo(tokens * 0.000_03, 9)
  expect(route.cheapest).toEqual({ deployment: 'spare-1', cost: String((tokens * 0.000_01).toFixed(5)) })
  expect(response.headers.get('x-litellm-response-cost')).toBe(route.cost)
})

test('an answer that nobody asked to explain says nothing of it', async () => {
  const { response } = await client()
    .chat.completions.create({ model: 'spare', messages: hello })
    .withResponse()
  expect(response.headers.get('x-sluice-route')).toBeNull()
})

test('a stream says at its end what it could not know at its beginning, where no client minds', async () => {
  const asked = { model: 'spare', messages: hello, stream: true } as const
  const stream = await client().chat.completions.create(asked, EXPLAIN)
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  expect(text).toBe('You said: Hello')
  const response = await client().chat.completions.create(asked, EXPLAIN).asResponse()
  expect(routeOf(response.headers.get('x-sluice-route'))).toMatchObject({ deployment: 'spare-1' })
  const comment = /^: route (.*)$/m.exec(await response.text())?.[1]
  expect(Number(routeOf(comment).cost)).toBeGreaterThan(0)
})

test('an error says what was tried, and how it went', async () => {
  upstream.script({ status: 500, match: { model: 'error-left' } })
  upstream.script({ failure: 'rate-limit', retryAfterSeconds: 1, match: { model: 'error-right' } })
  upstream.script({ status: 503, times: 9, match: { model: 'spare-1' } })
  const error = await ask('error').catch((thrown: unknown) => thrown)
  if (!(error instanceof APIError)) throw new Error('Expected an error of the API.')
  expect(error.message).toMatch(
    /Tried error-left \(500 after \d+ ms, rests \d+ m?s\), error-right \(429 after \d+ ms, rests \d+ m?s\), fallback spare: spare-1 \(503 after \d+ ms/,
  )
  expect(routeOf(error.headers?.get('x-sluice-route'))).toMatchObject({
    visits: [{ group: 'error' }, { group: 'spare', because: 'RateLimitError' }],
  })
})

test('the log has it for every call that was not served at once', async () => {
  upstream.script({ status: 500, match: { model: 'log-left' } })
  const response = await client().chat.completions.create({ model: 'log', messages: hello }).asResponse()
  const row = await spendLog(rig, response)
  expect(row.metadata.routing).toMatchObject({
    visits: [{ attempts: [{ deployment: 'log-left' }, { deployment: 'log-right' }] }],
  })
})

test('a header that is neither true nor false is refused by its name', async () => {
  const error = await client()
    .chat.completions.create({ model: 'spare', messages: hello }, { headers: { 'x-sluice-explain': 'yes' } })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ status: 400, param: 'x-sluice-explain' })
})

test("Anthropic's client hears the same, whole, streamed and in errors", async () => {
  const anthropic = new Anthropic({ apiKey: rig.gateway.masterKey, baseURL: rig.gateway.url, maxRetries: 0 })
  const asked = { model: 'claude', max_tokens: 50, messages: hello }
  upstream.script({ failure: 'server', match: { model: 'claude-left' } })
  const { data, response } = await anthropic.messages.create(asked, EXPLAIN).withResponse()
  expect(data.content).toMatchObject([{ text: 'You said: Hello' }])
  expect(routeOf(response.headers.get('x-sluice-route'))).toMatchObject({
    visits: [{ attempts: [{ deployment: 'claude-left' }, { deployment: 'claude-right' }] }],
  })
  const streamed = await anthropic.messages.create({ ...asked, stream: true }, EXPLAIN).withResponse()
  expect(routeOf(streamed.response.headers.get('x-sluice-route'))).toMatchObject({ visits: [{}] })
  const types: string[] = []
  for await (const { type } of streamed.data) types.push(type)
  expect(types.at(-1)).toBe('message_stop')
  upstream.script({ status: 500, times: 9 })
  const error = await anthropic.messages.create(asked, EXPLAIN).catch((thrown: unknown) => thrown)
  if (!(error instanceof Anthropic.APIError)) throw new Error('Expected an error of the API.')
  expect(error.message).toMatch(/Tried claude-(left|right) \(500 after \d+ ms/)
  expect(routeOf(error.headers?.get('x-sluice-route'))).toMatchObject({ visits: [{ group: 'claude' }] })
})
