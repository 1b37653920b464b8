import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Deployment } from '../../../types/deployment.ts'
import type { JsonObject } from '../../../types/json.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { azureAi } from './azure-ai.ts'
import { claudePath, foundryPath, isServerless } from './azure-ai-paths.ts'

let upstream: Upstream
let caller: ProviderCaller
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => {
  upstream.reset()
  caller = new ProviderCaller(azureAi)
  caller.environment = { AZURE_AUTHORITY_HOST: upstream.url, SLUICE_ENTRA_AUTHORITIES: upstream.url }
})

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const last = () => upstream.requests.at(-1)

function options(model: string, over: Partial<Deployment> = {}, request: JsonObject = {}) {
  const deployment = { model, apiBase: upstream.url, apiKey: 'k-1', ...over }
  return { endpoint: 'chat' as const, deployment, request: { messages, ...request } }
}
/** Tokens are kept for the whole process, so that each test has a client of its own. */
const keyless = (client_id: string) => ({
  apiKey: undefined,
  params: { tenant_id: 't-1', client_id, client_secret: 'a-secret' },
})

describe('models that speak OpenAI’s format', () => {
  test('are named in the body of the inference API', async () => {
    const reply = await caller.whole(options('Llama-3.3-70B-Instruct', {}, { max_completion_tokens: 50 }))
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(last()).toMatchObject({
      path: '/models/chat/completions',
      body: { model: 'Llama-3.3-70B-Instruct', max_tokens: 50 },
    })
    expect(last()?.query.get('api-version')).toBe('2024-05-01-preview')
    expect(last()?.headers).toMatchObject({ 'api-key': 'k-1' })
    expect(last()?.headers).not.toHaveProperty('extra-parameters')
  })

  test('are told to hand on parameters the service does not know', async () => {
    await caller.failure(options('Llama-3.3-70B-Instruct', {}, { safe_prompt: true }))
    expect(last()?.headers).toMatchObject({ 'extra-parameters': 'pass-through' })
  })

  test('take a token of Entra ID', async () => {
    await caller.whole(options('gpt-5', keyless('inference'), { max_tokens: 5 }))
    expect(last()?.headers.authorization).toBe(`Bearer ${upstream.tokens.all[0]?.token}`)
    expect(last()?.body).toMatchObject({ max_completion_tokens: 5 })
  })

  const at = (apiBase: string, apiVersion?: string) => ({
    model: 'm',
    deployment: {
      ...options('m').deployment,
      id: 'd',
      group: 'g',
      provider: 'azure_ai',
      apiBase,
      apiVersion,
    },
  })
  test.each([
    ['https://r.services.ai.azure.com', undefined, '/models/chat/completions?api-version=2024-05-01-preview'],
    ['https://r.services.ai.azure.com/models', '2025-04-01', '/chat/completions?api-version=2025-04-01'],
    ['https://r.services.ai.azure.com', 'v1', '/openai/v1/chat/completions'],
    ['https://r.services.ai.azure.com/openai/v1/', undefined, '/chat/completions'],
    ['https://l.eastus2.models.ai.azure.com', undefined, '/v1/chat/completions'],
    [
      'https://r.openai.azure.com',
      '2024-10-21',
      '/openai/deployments/m/chat/completions?api-version=2024-10-21',
    ],
  ])('are found below %s (version %s)', (base, version, path) => {
    expect(foundryPath('/chat/completions')(at(base, version))).toBe(path)
  })

  test('serverless hosts want the key as a bearer token', () => {
    expect(isServerless('https://l.eastus2.models.ai.azure.com/v1/chat/completions')).toBe(true)
    expect(isServerless('https://models.ai.azure.com.evil.test/')).toBe(false)
  })

  test('base and path meet for Claude with and without /anthropic', () => {
    expect(claudePath('/v1/messages')(at('https://r.services.ai.azure.com'))).toBe('/anthropic/v1/messages')
    expect(claudePath('/v1/messages')(at('https://r.services.ai.azure.com/anthropic/'))).toBe('/v1/messages')
  })
})

describe('Claude', () => {
  test('speaks Anthropic’s format below /anthropic, whole, streamed and counted', async () => {
    const tools = [{ type: 'memory_20250818', name: 'memory' }]
    const reply = await caller.whole(options('claude-sonnet-4-6', {}, { tools }))
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(last()).toMatchObject({ path: '/anthropic/v1/messages', body: { model: 'claude-sonnet-4-6' } })
    expect(last()?.headers).toMatchObject({
      'x-api-key': 'k-1',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-management-2025-06-27',
    })
    const events = await caller.stream(options('claude-sonnet-4-6'))
    expect(events.map(event => event.choices[0]?.delta.content ?? '').join('')).toBe('You said: Hello there')
    const counted = { ...options('claude-sonnet-4-6'), endpoint: 'count_tokens' as const }
    expect(await caller.whole(counted)).toMatchObject({ input_tokens: 2 })
  })

  test('takes a token of Entra ID that is still good', async () => {
    const token = keyless('messages')
    await caller.whole(options('claude-sonnet-4-6', token))
    expect(last()?.headers.authorization).toMatch(/^Bearer entra-/)
    upstream.tokens.clear()
    expect(await caller.failure(options('claude-sonnet-4-6', token))).toMatchObject({
      kind: 'authentication',
    })
  })
})

describe('embeddings', () => {
  const embed = (input: string[]) => ({
    endpoint: 'embedding' as const,
    deployment: options('Cohere-embed-v3-english').deployment,
    request: { input },
  })

  test('of texts', async () => {
    expect((await caller.whole(embed(['a', 'b']))).data).toHaveLength(2)
    expect(last()?.path).toBe('/models/embeddings')
  })

  test('of images go to a path of their own, and are not mixed with texts', async () => {
    const image = 'data:image/png;base64,AAAA'
    await caller.failure(embed([image]))
    expect(last()).toMatchObject({ path: '/models/images/embeddings' })
    expect(JSON.parse(last()?.raw.toString() ?? '')).toMatchObject({ input: [{ image }] })
    expect(await caller.failure(embed([image, 'a']))).toMatchObject({ kind: 'bad_request', param: 'input' })
  })
})

describe('agents', () => {
  const project = () => `${upstream.url}/api/projects/p`
  const agent = (client: string, request: JsonObject = {}) =>
    options('agents/asst_1', { ...keyless(client), apiBase: project() }, request)

  test('run a thread, are looked at until they are done, and answer with its messages', async () => {
    const reply = await caller.whole(
      agent('a', { messages: [{ role: 'system', content: 'Be brief.' }, ...messages], temperature: 0.5 }),
    )
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    const [first] = upstream.requests.filter(({ path }) => path.endsWith('/threads/runs'))
    expect(first?.body).toEqual({
      assistant_id: 'asst_1',
      thread: { messages },
      additional_instructions: 'Be brief.',
      temperature: 0.5,
    })
    expect(upstream.tokens.all).toMatchObject([{ scope: 'https://ai.azure.com/.default' }])
  })

  test('that fail say why', async () => {
    upstream.script({ match: { path: /runs$/ }, job: { runningPolls: 0, error: 'It broke.' } })
    const error = await caller.failure(agent('b'))
    expect(error).toMatchObject({ kind: 'bad_gateway', code: 'server_error' })
    expect(error.message).toContain('failed: It broke.')
  })

  test('take texts only, and need the endpoint of their project', async () => {
    const content = [{ type: 'image_url', image_url: { url: 'https://a.test/b.png' } }]
    expect(await caller.failure(agent('c', { messages: [{ role: 'user', content }] }))).toMatchObject({
      kind: 'unsupported_params',
      param: 'messages[0].content[0]',
    })
    caller.environment = { ...caller.environment, AZURE_AI_API_BASE: project() }
    const nowhere = options('agents/asst_1', { ...keyless('d'), apiBase: undefined })
    expect(await caller.failure(nowhere)).toMatchObject({ kind: 'bad_request', param: 'api_base' })
  })
})
