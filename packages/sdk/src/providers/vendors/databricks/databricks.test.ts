import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Deployment } from '../../../types/deployment.ts'
import type { JsonObject } from '../../../types/json.ts'
import { compatible } from '../../compatible.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { DATABRICKS } from './databricks.ts'

let upstream: Upstream
let caller: ProviderCaller
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => {
  upstream.reset()
  caller = new ProviderCaller(compatible('databricks', DATABRICKS))
})

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const base = () => `${upstream.url}/elsewhere/serving-endpoints`
function options(over: Partial<Deployment> = {}, request: JsonObject = {}) {
  const deployment = { model: 'databricks-claude-sonnet-4-5', apiBase: base(), apiKey: 'dapi-1', ...over }
  return { endpoint: 'chat' as const, deployment, request: { messages, ...request } }
}
const last = () => upstream.requests.at(-1)
const principal = { client_id: 'sp-1', client_secret: 'its-secret' }

describe('credentials', () => {
  test('a personal access token is a bearer token', async () => {
    await caller.whole(options())
    expect(last()).toMatchObject({ path: '/elsewhere/serving-endpoints/chat/completions' })
    expect(last()?.headers.authorization).toBe('Bearer dapi-1')
  })

  test('a service principal’s secret is exchanged at the workspace, once', async () => {
    const own = options({ apiKey: undefined, params: principal })
    await caller.whole(own)
    await caller.whole(own)
    expect(upstream.requests.filter(({ path }) => path === '/oidc/v1/token')).toHaveLength(1)
    const [minted] = upstream.tokens.all
    expect(minted).toMatchObject({ subject: 'sp-1', scope: 'all-apis' })
    expect(last()?.headers.authorization).toBe(`Bearer ${minted?.token}`)
  })

  test('the environment’s secret goes to the workspace it names, and to no other host', async () => {
    const env = { DATABRICKS_CLIENT_ID: 'sp-2', DATABRICKS_CLIENT_SECRET: 'its-secret' }
    caller.environment = env
    const error = await caller.failure(options({ apiKey: undefined }))
    expect(error).toMatchObject({ kind: 'authentication' })
    expect(upstream.requests).toEqual([])
    caller.environment = { ...env, DATABRICKS_API_BASE: base() }
    await caller.whole(options({ apiKey: undefined, apiBase: undefined }))
    expect(upstream.tokens.all).toMatchObject([{ subject: 'sp-2' }])
  })

  test('a wrong secret is an authentication error', async () => {
    const wrong = { ...principal, client_secret: 'bad-key' }
    expect(await caller.failure(options({ apiKey: undefined, params: wrong }))).toMatchObject({
      kind: 'authentication',
      code: 'invalid_client',
    })
  })

  test('a partner’s name goes before ours', async () => {
    caller.environment = { DATABRICKS_USER_AGENT: 'acme/1.0' }
    await caller.whole(options())
    expect(last()?.headers['user-agent']).toMatch(/^acme_sluice\//)
  })
})

describe('Claude', () => {
  const reasoning = {
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'They greet.', signature: 'sig' }],
  }

  test('answers in parts, which become text and signed thinking', async () => {
    const message = { role: 'assistant', content: [reasoning, { type: 'text', text: 'Hello!' }] }
    const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, cache_read_input_tokens: 7 }
    upstream.script({
      body: { id: 'a', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }], usage },
    })
    const reply = await caller.whole(options())
    expect(reply.choices[0]?.message).toMatchObject({
      content: 'Hello!',
      reasoning_content: 'They greet.',
      thinking_blocks: [{ type: 'thinking', thinking: 'They greet.', signature: 'sig' }],
    })
    expect(reply.usage?.prompt_tokens_details?.cached_tokens).toBe(7)
  })

  test('streams in parts', async () => {
    const chunk = (content: unknown, finish_reason: string | null = null) => ({
      id: 'a',
      object: 'chat.completion.chunk',
      model: 'm',
      choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }],
    })
    const thought = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'They', signature: '' }] }
    upstream.script({
      events: [chunk([thought]), chunk([reasoning]), chunk('Hi'), chunk('', 'stop'), '[DONE]'],
    })
    const deltas = (await caller.stream(options())).map(({ choices }) => choices[0]?.delta)
    expect(deltas[0]).toMatchObject({ content: null, reasoning_content: 'They' })
    expect(deltas[1]).toMatchObject({ thinking_blocks: [{ signature: 'sig' }] })
    expect(deltas[2]).toMatchObject({ content: 'Hi' })
  })

  test('is told to think as Anthropic says it, and gets its thinking and cache marks back', async () => {
    const blocks = [{ type: 'thinking', thinking: 'They greet.', signature: 'sig' }]
    const cached = { type: 'text', text: 'Go on', cache_control: { type: 'ephemeral' } }
    const history = [
      ...messages,
      { role: 'assistant', content: 'Hello!', thinking_blocks: blocks },
      { role: 'user', content: [cached] },
    ]
    await caller.failure(options({}, { messages: history, reasoning_effort: 'high', max_tokens: 500 }))
    const body = JSON.parse(last()?.raw.toString() ?? '')
    expect(body).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 4096 }, max_tokens: 4596 })
    expect(body).not.toHaveProperty('reasoning_effort')
    expect(body.messages).toEqual([
      messages[0],
      { role: 'assistant', content: [reasoning, { type: 'text', text: 'Hello!' }] },
      { role: 'user', content: [cached] },
    ])
  })

  test('takes a schema and no JSON mode without one', async () => {
    const json_schema = { name: 'a', schema: { type: 'object', properties: {} } }
    await caller.whole(options({}, { response_format: { type: 'json_schema', json_schema } }))
    expect(last()?.body).toMatchObject({ response_format: { json_schema } })
    expect(await caller.failure(options({}, { response_format: { type: 'json_object' } }))).toMatchObject({
      kind: 'unsupported_params',
      param: 'response_format',
    })
  })
})

/** Source: https://docs.databricks.com/api/workspace/introduction#error-codes */
describe('errors', () => {
  test.each([
    [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: "Endpoint 'x' does not exist." }, 'not_found'],
    [
      429,
      { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'Exceeded workspace output tokens.' },
      'rate_limit',
    ],
    [403, { error_code: 'PERMISSION_DENIED', message: 'You do not have permission.' }, 'permission'],
    [401, { error_code: 401, message: 'Credential was not sent.' }, 'authentication'],
    [400, { error_code: 'BAD_REQUEST', message: 'The input is too long for the model.' }, 'context_window'],
    [400, { error_code: 'BAD_REQUEST', message: 'Bad parameter.' }, 'bad_request'],
    [503, { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Try again.' }, 'unavailable'],
  ])('%i %j', async (status, body, kind) => {
    upstream.script({ status, body })
    expect(await caller.failure(options())).toMatchObject({ kind, status, message: body.message })
  })
})
