import { readFileSync } from 'node:fs'
import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sapOrchestration } from '../../../codecs/sap-orchestration/codec.ts'
import { decodeError } from '../../../codecs/sap-orchestration/errors.ts'
import { endpoints } from '../../../endpoints/registry.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { sap } from './sap.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream({ wires: ['tokens', 'sap'] })
})
afterAll(() => upstream.close())

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const environment = () => ({
  AICORE_CLIENT_ID: 'sb-1',
  AICORE_CLIENT_SECRET: 'secret-0123456789',
  AICORE_AUTH_URL: `${upstream.url}/oauth/token`,
  AICORE_BASE_URL: `${upstream.url}/v2`,
  AICORE_RESOURCE_GROUP: 'team-a',
})
const fixture = (name: string): unknown =>
  JSON.parse(
    readFileSync(new URL(`../../../codecs/sap-orchestration/fixtures/${name}`, import.meta.url), 'utf8'),
  )
const caller = () => {
  const made = new ProviderCaller(sap)
  made.environment = environment()
  return made
}

describe('the deployment', () => {
  test('without an address the newest running orchestration is looked up, once, as is the token', async () => {
    upstream.reset()
    const options = { endpoint: 'chat' as const, deployment: { model: 'gpt-4o' }, request: { messages } }
    const one = caller()
    expect((await one.whole(options)).choices[0]?.message.content).toBe('You said: Hello there')
    await one.stream(options)
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/oauth/token',
      '/v2/lm/deployments',
      '/v2/inference/deployments/d1/v2/completion',
      '/v2/inference/deployments/d1/v2/completion',
    ])
    expect(upstream.requests.slice(1).map(({ headers }) => headers['ai-resource-group'])).toEqual(
      Array.from({ length: 3 }, () => 'team-a'),
    )
  })

  test('a deployment’s own client wins over the environment’s, and brings its own resource group', async () => {
    const params = {
      client_id: 'sb-own',
      client_secret: 'own-0123456789',
      auth_url: upstream.url,
      deployment_url: `${upstream.url}/v2/inference/deployments/d9`,
      resource_group: 'team-b',
    }
    await caller().whole({ endpoint: 'chat', deployment: { model: 'gpt-4o', params }, request: { messages } })
    const { path, headers } = upstream.requests.at(-1) ?? {}
    expect([path, headers?.['ai-resource-group']]).toEqual([
      '/v2/inference/deployments/d9/v2/completion',
      'team-b',
    ])
    expect(upstream.tokens.all.at(-1)?.subject).toBe('sb-own')
  })

  test('credentials that are missing or refused are named, and the secret is not', async () => {
    const request = { messages }
    const none = await new ProviderCaller(sap).failure({
      endpoint: 'chat',
      deployment: { model: 'm' },
      request,
    })
    expect(none).toMatchObject({ kind: 'authentication' })
    expect(none.message).toContain('AICORE_SERVICE_KEY')
    const bad = caller()
    bad.environment = { ...environment(), AICORE_CLIENT_SECRET: 'bad-key' }
    const error = await bad.failure({ endpoint: 'chat', deployment: { model: 'm' }, request })
    expect(error.kind).toBe('authentication')
    expect(error.message).not.toContain('bad-key')
  })
})

test('modules, placeholders and fallbacks of the service go where it wants them, all else to the model', async () => {
  const info = {
    ...{
      id: 'c',
      now: 0,
      model: 'gpt-4o',
      stream: true,
      deployment: { id: 'd', group: 'g', provider: 'sap', model: 'm' },
    },
    warn() {},
  }
  const filtering = { input: { filters: [] } }
  const request = {
    model: 'gpt-4o',
    messages,
    temperature: 0.5,
    filtering,
    model_version: '2024-08-06',
    placeholder_values: { cv: 'text' },
    fallback_sap_modules: [{ model: 'sap/gemini-2.5-flash', messages }],
  }
  expect(sapOrchestration.upstream.encodeRequest(request, info).body).toEqual({
    config: {
      modules: [
        {
          prompt_templating: {
            prompt: { template: messages },
            model: {
              name: 'gpt-4o',
              version: '2024-08-06',
              params: { temperature: 0.5, stream_options: { include_usage: true } },
            },
          },
          filtering,
        },
        { prompt_templating: { prompt: { template: messages }, model: { name: 'gemini-2.5-flash' } } },
      ],
      stream: { enabled: true },
    },
    placeholder_values: { cv: 'text' },
  })
})

test('the result is the last module’s, not the model’s', () => {
  const info = {
    ...{
      id: 'c',
      now: 0,
      model: 'm',
      stream: false,
      deployment: { id: 'd', group: 'g', provider: 'sap', model: 'm' },
    },
    warn() {},
  }
  expect(sapOrchestration.upstream.decodeResponse(fixture('reply-translated.json'), info)).toMatchObject({
    choices: [{ message: { content: 'Hallo' } }],
    usage: { prompt_tokens: 1621, completion_tokens: 196 },
  })
})

test('a filter’s refusal is one of policy, and the module is named', () => {
  expect(decodeError(400, fixture('error-filtered.json'))).toMatchObject({
    kind: 'content_policy',
    message: expect.stringContaining('Filtering Module - Input Filter') as string,
  })
})

test('tools are called, streamed as whole', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
  const tools = ['get_weather', 'find'].map(name => ({
    type: 'function',
    function: { name, parameters: schema },
  }))
  const request = { messages: [{ role: 'user' as const, content: 'Do both' }], tools }
  const chunks = await caller().stream({ endpoint: 'chat', deployment: { model: 'gpt-4o' }, request })
  expect(endpoints.chat.fold?.(chunks)?.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ function: { name: 'get_weather' } }, { function: { name: 'find' } }] },
  })
})
