import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CallHost } from '../../../steps/shapes.ts'
import type { Deployment } from '../../../types/deployment.ts'
import type { JsonObject } from '../../../types/json.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { azure } from './azure.ts'
import { azureText } from './azure-text.ts'
import { azurePath } from './azure-versions.ts'

let upstream: Upstream
let caller: ProviderCaller
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => {
  upstream.reset()
  caller = new ProviderCaller(azure)
  setEnvironment({})
})

function setEnvironment(more: Readonly<Record<string, string>>): void {
  caller.environment = {
    AZURE_AUTHORITY_HOST: upstream.url,
    SLUICE_ENTRA_AUTHORITIES: `x, ${upstream.url}`,
    ...more,
  }
}

const messages = [{ role: 'user' as const, content: 'Hello there' }]

function deployment(over: Partial<Deployment>): Deployment {
  return { id: 'd', group: 'g', provider: 'azure', model: 'gpt-4o', apiBase: upstream.url, ...over }
}

function options(over: Partial<Deployment>, request: JsonObject = {}) {
  return { endpoint: 'chat' as const, deployment: deployment(over), request: { messages, ...request } }
}

const chat = (over: Partial<Deployment>, request?: JsonObject, host?: CallHost) =>
  caller.whole(options(over, request), host)
const failure = (over: Partial<Deployment>, request?: JsonObject) => caller.failure(options(over, request))
const last = () => upstream.requests.at(-1)
/** Tokens are kept for the whole process, so that tests have clients of their own. */
const app = { tenant_id: 'contoso.test', client_id: 'app', client_secret: 'a-secret-of-the-app' }

describe('signing in', () => {
  test('a key goes in api-key, and wins over what the environment says', async () => {
    setEnvironment({ AZURE_AD_TOKEN: 'unused' })
    await chat({ apiKey: 'k-1' })
    expect(last()?.headers).toMatchObject({ 'api-key': 'k-1' })
    expect(last()?.headers).not.toHaveProperty('authorization')
  })

  test('a client secret is exchanged once for many calls at a time, and not shown to the model', async () => {
    await Promise.all([chat({ params: app }), chat({ params: app })])
    await chat({ params: app })
    const exchanges = upstream.requests.filter(({ path }) => path.endsWith('/token'))
    expect(exchanges.map(({ path }) => path)).toEqual(['/contoso.test/oauth2/v2.0/token'])
    const [minted] = upstream.tokens.all
    expect(minted).toMatchObject({ subject: 'app', scope: 'https://cognitiveservices.azure.com/.default' })
    expect(last()?.headers.authorization).toBe(`Bearer ${minted?.token}`)
    expect(last()?.raw.toString()).not.toContain('secret')
  })

  test('a token near its end is renewed before it is refused', async () => {
    const params = { ...app, client_id: 'long-running' }
    await chat({ params })
    const { host } = caller
    const now = () => Date.now() + 3_400_000
    await chat({ params }, {}, { ...host, signing: { ...host.signing, now } })
    expect(upstream.tokens.all).toHaveLength(2)
  })

  test('workload identity shows the federated token of its file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'azure-')), 'token')
    writeFileSync(file, 'a.federated.token\n')
    const own = { AZURE_TENANT_ID: 't-1', AZURE_CLIENT_ID: 'workload', AZURE_FEDERATED_TOKEN_FILE: file }
    setEnvironment(own)
    await chat({})
    const exchange = upstream.requests.find(({ path }) => path === '/t-1/oauth2/v2.0/token')
    expect(new URLSearchParams(exchange?.raw.toString()).get('client_assertion')).toBe('a.federated.token')
    expect(upstream.tokens.all).toMatchObject([{ subject: 'workload' }])
  })

  test('a managed identity is asked where App Service says', async () => {
    setEnvironment({
      IDENTITY_ENDPOINT: `${upstream.url}/msi/token`,
      IDENTITY_HEADER: 'the-header',
      AZURE_CLIENT_ID: 'user-assigned',
    })
    await chat({})
    expect(upstream.tokens.all).toMatchObject([
      { subject: 'user-assigned', scope: 'https://cognitiveservices.azure.com' },
    ])
  })

  test('the address of virtual machines is asked only when the operator says so', async () => {
    const asked: string[] = []
    const { host } = caller
    const exchange: typeof host.signing.exchange = async ({ url, headers }) => {
      asked.push(url)
      expect(headers).toEqual({ metadata: 'true' })
      const body = JSON.stringify({ access_token: 'a-token', expires_on: '4102444800' })
      return { status: 200, headers: {}, body: Buffer.from(body) }
    }
    const recording = { ...host, signing: { ...host.signing, exchange } }
    await expect(chat({}, {}, recording)).rejects.toMatchObject({
      kind: 'authentication',
      message: expect.stringContaining('AZURE_TOKEN_CREDENTIALS'),
    })
    expect(asked).toEqual([])
    setEnvironment({ AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential', AZURE_CLIENT_ID: 'on-a-machine' })
    await chat({}, {}, recording).catch(() => {})
    expect(asked).toEqual([
      'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=on-a-machine',
    ])
  })

  test('a wrong secret is an authentication error in Entra’s words, without the secret', async () => {
    const error = await failure({ params: { ...app, client_secret: 'bad-key' } })
    expect(error).toMatchObject({ kind: 'authentication', status: 401, code: 'invalid_client' })
    expect(error?.message).toContain('AADSTS7000215')
    expect(error?.message).not.toContain('bad-key')
  })

  test('trouble at Entra is a retryable error, not a wrong key', async () => {
    upstream.script({ status: 503 })
    const error = await failure({ params: { ...app, client_id: 'other' } })
    expect(error).toMatchObject({ kind: 'unavailable', retryable: true })
  })

  test('secrets go to Microsoft or to authorities the operator lists, and nowhere else', async () => {
    setEnvironment({ SLUICE_ENTRA_AUTHORITIES: '' })
    const error = await failure({ params: { ...app, client_id: 'third' } })
    expect(error?.message).toMatch(/AZURE_AUTHORITY_HOST: .* is none of Microsoft's/)
    caller.environment = {}
    const traversing = await failure({ params: { ...app, tenant_id: '../evil' } })
    expect(traversing?.message).toContain('tenant_id')
    expect(upstream.requests).toEqual([])
  })

  test('a token of another identity provider is exchanged for Entra’s', async () => {
    setEnvironment({ THE_TOKEN: 'a.jwt.of-another' })
    const params = { tenant_id: 't-2', client_id: 'federated', azure_ad_token: 'oidc/env/THE_TOKEN' }
    await chat({ apiKey: undefined, params })
    const exchange = upstream.requests.find(({ path }) => path === '/t-2/oauth2/v2.0/token')
    expect(new URLSearchParams(exchange?.raw.toString()).get('client_assertion')).toBe('a.jwt.of-another')
    expect(last()?.headers.authorization).toBe(`Bearer ${upstream.tokens.all[0]?.token}`)
    const nameless = await failure({ params: { azure_ad_token: 'oidc/env/THE_TOKEN' } })
    expect(nameless).toMatchObject({ kind: 'authentication' })
    expect(nameless.message).toContain('tenant_id and client_id')
  })

  test('the scope can be another', async () => {
    const params = {
      ...app,
      client_id: 'scoped',
      azure_scope: 'https://cognitiveservices.azure.com.test/.default',
    }
    await chat({ params })
    expect(upstream.tokens.all).toMatchObject([{ scope: params.azure_scope }])
  })

  test('a user name and password are refused with a remedy', async () => {
    const error = await failure({ params: { azure_username: 'u', azure_password: 'p' } })
    expect(error).toMatchObject({ kind: 'bad_request', param: 'azure_username' })
    expect(error?.message).toContain('client_secret')
  })

  test('a token that Entra did not mint is refused by the service', async () => {
    expect(await failure({ params: { azure_ad_token: 'made-up' } })).toMatchObject({
      kind: 'authentication',
    })
  })
})

describe('addresses', () => {
  test.each<[Partial<Deployment>, string]>([
    [{ apiVersion: '2024-10-21' }, '/openai/deployments/my%2Fgpt/chat/completions?api-version=2024-10-21'],
    [{ apiVersion: 'v1' }, '/openai/v1/chat/completions'],
    [{ apiVersion: 'latest' }, '/openai/v1/chat/completions'],
    [{ apiVersion: 'preview' }, '/openai/v1/chat/completions?api-version=preview'],
    [{ apiBase: 'https://r.openai.azure.com/openai/v1/' }, '/chat/completions'],
    [
      { apiBase: 'https://r.openai.azure.com/openai/deployments/d', apiVersion: '2024-10-21' },
      '/chat/completions?api-version=2024-10-21',
    ],
  ])('%j', (over, path) => {
    const model = 'my/gpt'
    expect(azurePath('/chat/completions')({ model, deployment: { ...deployment({ model }), ...over } })).toBe(
      path,
    )
  })

  test('a base with a query is refused with its remedy', () => {
    const apiBase = 'https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=1'
    expect(() => azurePath('/x')({ model: 'd', deployment: deployment({ apiBase }) })).toThrow(/api_version/)
  })

  test('AZURE_API_VERSION stands in for the deployment’s own', async () => {
    setEnvironment({ AZURE_API_VERSION: '2024-06-01' })
    await chat({ apiKey: 'k-1' })
    expect(last()?.query.get('api-version')).toBe('2024-06-01')
    await chat({ apiKey: 'k-1', apiVersion: '2024-10-21' })
    expect(last()?.query.get('api-version')).toBe('2024-10-21')
  })

  test('on the v1 route the body names the deployment', async () => {
    await chat({ apiKey: 'k-1', apiVersion: 'v1', model: 'gpt5_series/mine' })
    expect(last()).toMatchObject({ path: '/openai/v1/chat/completions', body: { model: 'mine' } })
  })
})

describe('what a model takes', () => {
  test.each<[Partial<Deployment>, JsonObject, string]>([
    [{ model: 'gpt-5-mini' }, { temperature: 0.2 }, 'temperature'],
    [
      { model: 'prod-o3' },
      { top_p: 0.5, parallel_tool_calls: false, tools: [] },
      'top_p, parallel_tool_calls',
    ],
    [{ model: 'mine', baseModel: 'azure/gpt-5' }, { reasoning_effort: 'none' }, 'reasoning_effort'],
    [{ model: 'o_series/mine' }, { logprobs: true }, 'logprobs'],
    [{ model: 'gpt5_series/mine' }, { presence_penalty: 1 }, 'presence_penalty'],
    [{ model: 'gpt-5.1' }, { reasoning_effort: 'low', temperature: 0.2 }, 'temperature'],
    [{ model: 'gpt-4o' }, { reasoning_effort: 'low' }, 'reasoning_effort'],
    [{ apiVersion: '2024-02-01' }, { tool_choice: 'required', tools: [] }, 'tool_choice'],
    [
      { apiVersion: '2024-06-01' },
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } },
      'response_format',
    ],
  ])('%j refuses %j', async (over, request, params) => {
    const error = await failure({ apiKey: 'k-1', ...over }, request)
    expect(error).toMatchObject({ kind: 'unsupported_params', param: params.split(',')[0] })
    expect(error?.message).toContain(params)
    expect(upstream.requests).toEqual([])
  })

  test.each<[Partial<Deployment>, JsonObject, JsonObject]>([
    [{ model: 'gpt-5' }, { max_tokens: 50, temperature: 1 }, { max_completion_tokens: 50, temperature: 1 }],
    [{ model: 'gpt-5' }, { reasoning_effort: 'minimal', verbosity: 'low' }, { reasoning_effort: 'minimal' }],
    [{ model: 'gpt-5.1' }, { temperature: 0.2 }, { temperature: 0.2 }],
    [{ model: 'foo3' }, { temperature: 0.2 }, { temperature: 0.2 }],
    [{ model: 'mine', baseModel: 'gpt-4o' }, { max_tokens: 5 }, { max_tokens: 5 }],
  ])('%j takes %j', async (over, request, sent) => {
    await chat({ apiKey: 'k-1', apiVersion: 'v1', ...over }, request)
    expect(last()?.body).toMatchObject(sent)
  })
})

describe('content filters', () => {
  test('results are kept on the reply', async () => {
    const reply = await chat({ apiKey: 'k-1' })
    expect(reply.prompt_filter_results).toMatchObject([{ prompt_index: 0 }])
  })

  test('a refused prompt is a content policy error that says what was found', async () => {
    upstream.script({ failure: 'content-policy' })
    const error = await failure({ apiKey: 'k-1' })
    expect(error).toMatchObject({
      kind: 'content_policy',
      providerSpecificFields: {
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: { violence: { filtered: true, severity: 'medium' } },
        },
      },
    })
  })
})

test('azure_text writes on from a prompt at the deployment', async () => {
  const reply = await new ProviderCaller(azureText).whole({
    endpoint: 'text_completion',
    deployment: deployment({ model: 'my-instruct', apiKey: 'k-1', apiVersion: '2024-10-21' }),
    request: { prompt: 'Hello there' },
    clientFormat: 'openai-completions',
  })
  expect(reply.choices[0]?.text).toMatch(/\S/)
  expect(last()?.path).toBe('/openai/deployments/my-instruct/completions')
})
