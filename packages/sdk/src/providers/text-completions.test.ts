import { describe, expect, test } from 'vitest'
import { encodeWithReceipts } from '../codecs/receipts/receipts.ts'
import type { Deployment } from '../types/deployment.ts'
import { bind, urlOf } from './bind.ts'
import type { Provider } from './provider.ts'
import { providers } from './registry.ts'

/** Where a text completion goes, and in which format. */
function target(name: string, model = 'm') {
  const provider = providers.get(name) as Provider
  const deployment: Deployment = {
    id: 'd',
    group: 'g',
    provider: name,
    model,
    apiBase: 'https://h.example/v1',
  }
  const binding = bind(provider, 'text_completion', 'openai-completions', model)
  const url = urlOf(provider, binding, { model, stream: false, deployment }, undefined)
  return [binding.codec.format, url.slice('https://h.example/v1'.length)]
}

test.each(
  (
    'together_ai fireworks_ai hosted_vllm meta_llama llamafile featherless_ai nebius dashscope moonshot publicai ' +
    'synthetic apertis nano-gpt poe chutes v0 lambda_ai hyperbolic wandb lm_studio nvidia_nim deepseek compactifai ' +
    'litellm_proxy custom_openai openai_like text-completion-openai'
  ).split(' '),
)('%s has text completions of its own', name => {
  expect(target(name)).toEqual(['openai-completions', '/completions'])
})

describe('the model decides', () => {
  test.each([
    ['openai', 'gpt-3.5-turbo-instruct', 'openai-completions', '/completions'],
    ['openai', 'davinci-002', 'openai-completions', '/completions'],
    ['openai', 'gpt-4o', 'openai-chat', '/chat/completions'],
    ['mistral', 'codestral-latest', 'openai-completions', '/fim/completions'],
    ['mistral', 'mistral-large-latest', 'openai-chat', '/chat/completions'],
    ['codestral', 'codestral-latest', 'openai-completions', '/fim/completions'],
    ['text-completion-codestral', 'codestral-latest', 'openai-completions', '/fim/completions'],
  ])('at %s for %s', (name, model, format, path) => {
    expect(target(name, model)).toEqual([format, path])
  })
})

test('everybody who chats completes texts too', () => {
  for (const [name, provider] of providers)
    if (provider.endpoints.chat)
      expect([name, bind(provider, 'text_completion', undefined, 'm').codec.endpoint]).toEqual([
        name,
        'text_completion',
      ]) // prettier-ignore
})

test('a text completion is encoded by every chat that stands in for it', () => {
  const request = { model: 'm', prompt: 'Once' }
  const info = { id: 'i', now: 0, model: 'm', stream: false, warn() {} }
  for (const [name, provider] of providers) {
    if (!provider.endpoints.chat || provider.endpoints.text_completion) continue
    const deployment: Deployment = { id: 'd', group: 'g', provider: name, model: 'm', apiBase: 'https://h' }
    const { codec } = bind(provider, 'text_completion', undefined, 'm')
    expect(() => encodeWithReceipts(codec, request, { ...info, deployment }), name).not.toThrow(TypeError)
  }
})

test('the bridge of a provider is made once', () => {
  const provider = providers.get('anthropic') as Provider
  const bound = () => bind(provider, 'text_completion', undefined, 'm')
  expect(bound()).toBe(bound())
  expect(() => bind(provider, 'rerank', undefined, 'm')).toThrow(/has no rerank endpoint/)
})
