import { describe, expect, test } from 'vitest'
import type { Deployment } from '../../types/deployment.ts'
import { bind, findBinding, urlOf } from '../bind.ts'
import type { Provider } from '../provider.ts'
import { providers } from '../registry.ts'
import { cannedAnswer, echoAnswer } from '../vendors/mock/mock-answers.ts'
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
    ['imagen-4.0-generate-001', 'vertex_ai', 'imagen-4.0-generate-001'],
    ['text-embedding-005', 'vertex_ai', 'text-embedding-005'],
    ['mistral-large-latest', 'mistral', 'mistral-large-latest'],
    ['dall-e-3', 'openai', 'dall-e-3'],
    ['whisper-1', 'openai', 'whisper-1'],
    ['tts-1-hd', 'openai', 'tts-1-hd'],
    ['gpt-image-1', 'openai', 'gpt-image-1'],
    ['omni-moderation-latest', 'openai', 'omni-moderation-latest'],
    ['sora-2', 'openai', 'sora-2'],
    ['text-embedding-3-small', 'openai', 'text-embedding-3-small'],
    ['anthropic.claude-sonnet-4-5-v1:0', 'bedrock', 'anthropic.claude-sonnet-4-5-v1:0'],
    ['us.amazon.nova-pro-v1:0', 'bedrock', 'us.amazon.nova-pro-v1:0'],
    ['claude-2.1', 'anthropic_text', 'claude-2.1'],
    ['anthropic/claude-2.1', 'anthropic_text', 'claude-2.1'],
    ['anthropic/claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
    ['command-r-plus', 'cohere_chat', 'command-r-plus'],
    ['cohere/command-r', 'cohere_chat', 'command-r'],
    ['cohere/embed-english-v3.0', 'cohere', 'embed-english-v3.0'],
    ['rerank-english-v3.0', 'cohere', 'rerank-english-v3.0'],
    ['azure/command-r-plus', 'openai', 'command-r-plus'],
    ['azure/my-gpt', 'azure', 'my-gpt'],
    ['jamba-large', 'ai21', 'jamba-large'],
    ['sabia-3', 'maritalk', 'sabia-3'],
    [`meta/llama:${'0a'.repeat(32)}`, 'meta', `llama:${'0a'.repeat(32)}`],
    [`owner/llama:${'0a'.repeat(32)}`, 'replicate', `owner/llama:${'0a'.repeat(32)}`],
  ])('%s is at %s', (name, provider, model) => {
    expect(resolveModel(name, providers)).toEqual({ provider, model })
  })

  test.each([
    ['https://api.groq.com/openai/v1', 'groq'],
    ['api.perplexity.ai', 'perplexity'],
    ['https://api.together.ai/v1', 'together_ai'],
    ['https://api.deepseek.com/v1', 'deepseek'],
    ['https://api.openai.com/v1', 'openai'],
    ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'dashscope'],
  ])('a model without a provider is at home at %s', (apiBase, provider) => {
    const model = 'meta-llama/some-model'
    expect(resolveModel(model, providers, undefined, apiBase)).toEqual({ provider, model })
  })

  test('an address says nothing where a prefix does, nor one that only looks like a vendor’s', () => {
    const groq = 'https://api.groq.com/openai/v1'
    expect(resolveModel('deepseek/x', providers, undefined, groq).provider).toBe('deepseek')
    expect(resolveModel('gpt-4o', providers, undefined, 'https://proxy.example/v1').provider).toBe('openai')
    for (const other of [
      'https://api.groq.com.evil.example/v1',
      'https://evil.example/api.groq.com',
      'http://localhost:1234/v1',
    ])
      expect(() => resolveModel('some-model', providers, undefined, other)).toThrow(/names no known provider/)
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
