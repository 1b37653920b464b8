import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completion } from '../api/calls/completion.ts'
import { embedding } from '../api/calls/embedding.ts'
import { sdkHost } from '../api/host.ts'
import { call } from '../call.ts'
import { endpoints } from '../endpoints/registry.ts'
import type { Deployment } from '../types/deployment.ts'
import { bind, findBinding, urlOf } from './bind.ts'
import type { Provider } from './provider.ts'
import { providers } from './registry.ts'
import { baseOf, type Door, doorOf } from './testing/doors.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())

const SECRET = 'sk-contract-0123456789'
const remote = [...providers.values()].filter(provider => provider.answer === undefined)

/** Providers of formats that the testkit does not speak have tests of their own. */
const called = remote.filter(provider => doorOf(provider))

function lastRequest() {
  const last = upstream.requests.at(-1)
  if (last === undefined) throw new Error('Nothing arrived.')
  return last
}

/** A traded key is never seen: the wire itself verifies the token or the signature it became. */
function expectSigned(door: Door | undefined): void {
  if (door?.key) return expectKeptSecret(door.key.good(upstream))
  const { headers } = lastRequest()
  const signed = [headers.authorization, headers['x-api-key'], headers['api-key'], headers['x-goog-api-key']]
  signed.push(headers.api_key)
  expect(signed).toSatisfy((values: unknown[]) =>
    [`Bearer ${SECRET}`, `Token ${SECRET}`, SECRET].some(shown => values.includes(shown)),
  )
  expectKeptSecret(SECRET)
}

function expectKeptSecret(secret: string): void {
  expect(lastRequest().raw.toString()).not.toContain(secret)
  expect(lastRequest().query.toString()).not.toContain(secret)
}

test('names are unique, and the registry knows each provider by its own', () => {
  for (const [name, provider] of providers) expect(provider.name).toBe(name)
  expect(providers.size).toBeGreaterThanOrEqual(60)
})

describe.each([...providers])('%s: its facts', (name, provider) => {
  test('it has a title, documentation and example models without doubles', () => {
    expect(provider.title).not.toBe('')
    if (provider.answer === undefined) expect(new URL(provider.docs).protocol).toBe('https:')
    const examples = provider.exampleModels ?? []
    expect(new Set(examples).size).toBe(examples.length)
  })

  test('its environment variables are named as such, and a required key has one', () => {
    const names = [...provider.credentials.env, ...(provider.baseUrlEnv ?? [])]
    for (const variable of names) expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/)
    if (provider.credentials.required) expect(provider.credentials.env).not.toEqual([])
  })

  test('its base URL is absolute, and encrypted unless it is this machine; or it asks for api_base', () => {
    if (provider.answer) return
    const deployment: Deployment = { id: 'd', group: 'g', provider: name, model: 'm' }
    let base = provider.baseUrl
    if (typeof base === 'function') {
      try {
        base = base(deployment)
      } catch (error) {
        expect(String(error)).toContain('api_base')
        return
      }
    }
    const { protocol, hostname, search } = new URL(base)
    expect(protocol).toBe(hostname === 'localhost' || hostname === '127.0.0.1' ? 'http:' : 'https:')
    expect(search).toBe('')
    expect(base.endsWith('/')).toBe(false)
  })

  test('its endpoints exist, each with a codec that fits', () => {
    for (const [endpoint, bindings] of Object.entries(provider.endpoints)) {
      expect(endpoints).toHaveProperty(endpoint)
      expect(bindings.length).toBeGreaterThan(0)
      for (const { codec } of bindings) expect(codec.endpoint).toBe(endpoint)
    }
  })

  test('its parameter rules are about parameters that are not plainly supported', () => {
    for (const [param, rule] of Object.entries(provider.params ?? {})) {
      expect(param).toMatch(/^[a-z][a-z0-9_]*$/)
      if (typeof rule === 'object' && 'rename' in rule) expect(rule.rename).not.toBe(param)
    }
  })
})

describe.each(called.map(provider => [provider.name, provider] as const))(
  '%s: its calls',
  (name, provider) => {
    const keyOf = () => door?.key?.good(upstream) ?? SECRET
    const options = () => ({
      apiKey: keyOf(),
      apiBase: baseOf(provider, 'chat', upstream),
      numRetries: 0,
    })
    const messages = [{ role: 'user' as const, content: 'Hello there' }]
    const door = doorOf(provider)
    const model = door?.model ?? 'm'
    const prompt = door?.promptTokens ?? 2
    const params = () => door?.params?.(upstream)
    const chat = { model: `${name}/${model}`, messages, max_tokens: 100 }
    const asked = () => ({ ...chat, ...params() })
    const codec = provider.endpoints.chat?.[0]?.codec

    if (codec)
      test('a chat, whole', async () => {
        const reply = await completion(asked(), options())
        expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
        expect(reply.choices[0]?.finish_reason).toBe('stop')
        expect(reply.sluice).toMatchObject({ provider: name, model, usageEstimated: door?.usage === false })
        if (door?.usage !== false)
          expect(reply.usage).toMatchObject({
            prompt_tokens: prompt,
            completion_tokens: 4,
            total_tokens: prompt + 4,
          })
        const others = reply.sluice.warnings.filter(({ param }) => param !== 'max_tokens')
        expect(others).toEqual([])
        expect(lastRequest().path).toMatch(door?.chat as RegExp)
        expectSigned(door)
      })

    if (codec?.upstream.decodeStream)
      test('a chat, streamed', async () => {
        const stream = await completion({ ...asked(), stream: true as const }, options())
        let text = ''
        let finish: string | null = null
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? ''
          finish = chunk.choices[0]?.finish_reason ?? finish
        }
        expect({ text, finish }).toEqual({ text: 'You said: Hello there', finish: 'stop' })
        const facts = await stream.result
        const asksForUsage = (lastRequest().body as { stream_options?: unknown }).stream_options !== undefined
        if (door?.usage !== false && (asksForUsage || codec?.format !== 'openai-chat'))
          expect(facts).toMatchObject({
            usageEstimated: false,
            usage: { prompt_tokens: prompt, completion_tokens: 4 },
          })
        else expect(facts.usage?.completion_tokens).toBeGreaterThan(0)
        expectSigned(door)
      })

    if (findBinding(provider, 'count_tokens', undefined, 'm'))
      test('a token count', async () => {
        const apiBase = baseOf(provider, 'count_tokens', upstream)
        const reply = await call(
          {
            endpoint: 'count_tokens',
            clientFormat: 'openai-chat',
            request: { ...asked(), model: 'm' },
            deployment: { id: 'd', group: 'g', provider: name, model: 'm', apiKey: SECRET, apiBase },
            id: 'call-1',
            now: Date.now(),
            strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
            timeoutMs: 5_000,
            warn() {},
          },
          sdkHost(),
        )
        expect(reply).toMatchObject({ kind: 'whole', response: { input_tokens: 2, tokenizer: 'provider' } })
        expectSigned(door)
      })

    if (codec)
      test('a wrong key is an authentication error that names the provider and not the key', async () => {
        const apiKey = door?.key?.bad(upstream) ?? 'bad-key'
        const refused = completion(asked(), { ...options(), apiKey })
        const error = await refused.then(
          () => undefined,
          (thrown: Error) => thrown,
        )
        expect(error).toMatchObject({ provider: name, retryable: false })
        expect(['AuthenticationError', 'PermissionDeniedError']).toContain(error?.name)
      })

    if (door?.embeds !== false && findBinding(provider, 'embedding', undefined, model))
      test('an embedding; `encoding_format: null` broke vLLM and is not sent', async () => {
        const reply = await embedding(
          { ...params(), model: `${name}/${model}`, input: ['Hello there', 'you'], encoding_format: null },
          { ...options(), apiBase: baseOf(provider, 'embedding', upstream) },
        )
        expect(reply.data.map(({ index }) => index)).toEqual([0, 1])
        expect(reply.data[0]?.embedding.length).toBeGreaterThan(1)
        expect(reply.sluice.provider).toBe(name)
        expect(JSON.stringify(lastRequest().body)).not.toContain('encoding_format')
        expectSigned(door)
      })

    if (codec)
      test('Beta headers sent to the wrong provider: only a format’s own providers hear its words', async () => {
        const sent = completion(
          {
            ...asked(),
            messages: [
              {
                role: 'user',
                content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', ttl: '1h' } }],
              },
              {
                role: 'assistant',
                content: 'Yo',
                thinking_blocks: [{ type: 'thinking', thinking: 'h', signature: 's' }],
              },
              { role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] },
            ],
          },
          { ...options(), dropParams: true },
        )
        const before = upstream.requests.length
        await sent.catch(() => {})
        for (const { headers } of upstream.requests.slice(before))
          for (const header of Object.keys(headers))
            if (codec?.format !== 'anthropic-messages') expect(header).not.toMatch(/^anthropic/)
      })
  },
)

test('every deployment of Azure has a path of its own, and its version in the query', () => {
  const azure = providers.get('azure') as Provider
  const deployment: Deployment = {
    id: 'd',
    group: 'g',
    provider: 'azure',
    model: 'my gpt/4o',
    apiBase: 'https://r.openai.azure.com/',
    apiVersion: '2024-10-21',
  }
  const at = { model: deployment.model, stream: false, deployment }
  expect(urlOf(azure, bind(azure, 'chat', undefined, 'm'), at, undefined)).toBe(
    'https://r.openai.azure.com/openai/deployments/my%20gpt%2F4o/chat/completions?api-version=2024-10-21',
  )
})
