import { describe, expect, test } from 'vitest'
import type { Deployment } from '../types/deployment.ts'
import { bind, findBinding, urlOf } from './bind.ts'
import { cannedAnswer, echoAnswer } from './mock-answers.ts'
import type { Provider } from './provider.ts'
import { providers } from './registry.ts'
import { resolveModel } from './resolve.ts'

describe('resolveModel', () => {
  test.each([
    ['openai/gpt-4o', 'openai', 'gpt-4o'],
    ['groq/llama-3.3-70b', 'groq', 'llama-3.3-70b'],
    ['openrouter/anthropic/claude-x', 'openrouter', 'anthropic/claude-x'],
    ['huggingface/meta/llama:fast', 'huggingface', 'meta/llama:fast'],
    ['gpt-4o', 'openai', 'gpt-4o'],
    ['o3-mini', 'openai', 'o3-mini'],
    ['ft:gpt-4o:me::1', 'openai', 'ft:gpt-4o:me::1'],
    ['claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
    ['gemini-2.5-pro', 'gemini', 'gemini-2.5-pro'],
    ['mistral-large-latest', 'mistral', 'mistral-large-latest'],
  ])('%s is at %s', (name, provider, model) => {
    expect(resolveModel(name, providers)).toEqual({ provider, model })
  })

  test('a given provider wins, and its prefix is not part of the model', () => {
    expect(resolveModel('gpt-4o', providers, 'groq')).toEqual({ provider: 'groq', model: 'gpt-4o' })
    expect(resolveModel('groq/x/y', providers, 'groq')).toEqual({ provider: 'groq', model: 'x/y' })
    expect(() => resolveModel('x', providers, 'nope')).toThrow(/custom_llm_provider: "nope"/)
  })

  test.each(['nonsense', 'nope/model', '', '/', 'openai/', '/gpt', 'constructor/x', '__proto__/x'])(
    '"%s" is of no known provider',
    name => {
      expect(() => resolveModel(name, providers)).toThrow(
        expect.objectContaining({ name: 'UnknownProviderError', param: 'model' }),
      )
    },
  )
})

describe('bind', () => {
  const openai = providers.get('openai') as Provider
  const anthropic = providers.get('anthropic') as Provider

  test('takes the client’s own format where the provider has it, else the first', () => {
    const [chat] = anthropic.endpoints.chat ?? []
    const both: Provider = {
      ...openai,
      endpoints: { chat: [...(openai.endpoints.chat ?? []), ...(anthropic.endpoints.chat ?? [])] },
    }
    expect(findBinding(both, 'chat', 'anthropic-messages', 'm')).toBe(chat)
    expect(findBinding(both, 'chat', 'gemini', 'm')?.codec.format).toBe('openai-chat')
    expect(findBinding(both, 'chat', undefined, 'm')?.codec.format).toBe('openai-chat')
  })

  test('an endpoint the provider does not have is the caller’s mistake', () => {
    expect(() => bind(anthropic, 'embedding', undefined, 'm')).toThrow(
      'Anthropic has no embedding endpoint. Choose a model of a provider that has one.',
    )
  })

  const at = (apiBase?: string): { model: string; stream: boolean; deployment: Deployment } => ({
    model: 'm',
    stream: false,
    deployment: { id: 'd', group: 'g', provider: 'openai', model: 'm', apiBase },
  })

  test.each([
    [undefined, undefined, 'https://api.openai.com/v1/chat/completions'],
    [undefined, 'https://env.test/v1', 'https://env.test/v1/chat/completions'],
    ['https://own.test/v1', 'https://env.test/v1', 'https://own.test/v1/chat/completions'],
    ['https://own.test/v1/', undefined, 'https://own.test/v1/chat/completions'],
    ['https://own.test/v1/chat/completions', undefined, 'https://own.test/v1/chat/completions'],
    ['http://localhost:1', undefined, 'http://localhost:1/chat/completions'],
  ])('base %s, environment %s', (apiBase, environment, url) => {
    expect(urlOf(openai, bind(openai, 'chat', undefined, 'm'), at(apiBase), environment)).toBe(url)
  })

  test.each(['own.test/v1', 'file:///x', '', '//own.test'])('base "%s" is refused', apiBase => {
    expect(() => urlOf(openai, bind(openai, 'chat', undefined, 'm'), at(apiBase), undefined)).toThrow(
      /^api_base: .* must be an absolute http\(s\) URL/,
    )
  })
})

describe('mock answers', () => {
  const info = {
    id: 'c',
    now: 5000,
    model: 'm',
    deployment: { id: 'd', group: 'g', provider: 'mock', model: 'm' },
  }
  const chat = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }

  test('echo says back the last text, and gives equal texts equal vectors of length one', () => {
    expect(echoAnswer('chat', chat, info)).toMatchObject({
      choices: [{ message: { content: 'You said: Hi' } }],
    })
    const { data } = echoAnswer('embedding', { model: 'm', input: ['a', 'a', 'b'], dimensions: 8 }, info)
    const vectors = data.map(({ embedding }) => embedding as number[])
    expect(vectors[0]).toEqual(vectors[1])
    expect(vectors[0]).not.toEqual(vectors[2])
    expect(Math.hypot(...(vectors[2] as number[]))).toBeCloseTo(1)
  })

  test('a canned reply may be a text, a whole reply or an error', () => {
    expect(cannedAnswer('x')('chat', chat, info)).toMatchObject({ choices: [{ message: { content: 'x' } }] })
    const whole = { id: 'w', choices: [] }
    expect(cannedAnswer(whole)('chat', chat, info)).toBe(whole)
    expect(() => cannedAnswer('litellm.RateLimitError')('chat', chat, info)).toThrow(
      expect.objectContaining({ name: 'RateLimitError', provider: 'mock' }),
    )
    expect(() => cannedAnswer(7)('chat', chat, info)).toThrow(/^mock_response: must be a string/)
  })
})
