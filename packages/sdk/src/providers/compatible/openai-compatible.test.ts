import { describe, expect, it } from 'vitest'
import { sdkHost } from '../../api/host.ts'
import type { CallInfo } from '../../codecs/codec.ts'
import { chat } from '../../endpoints/chat.ts'
import { createError } from '../../errors.ts'
import type { ChatRequest } from '../../types/chat.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { Warning } from '../../types/warning.ts'
import { bind, urlOf } from '../bind.ts'
import { compatible } from '../compatible.ts'
import { applyParamRules } from '../params/param-rules.ts'
import type { Provider } from '../provider.ts'
import { doorOf } from '../testing/doors.ts'
import { openaiCompatible } from './openai-compatible.ts'

const signingHost = sdkHost().signing

const deploymentOf = (provider: string, more: Partial<Deployment> = {}): Deployment => ({
  id: 'd',
  group: 'g',
  provider,
  model: 'm',
  ...more,
})

function provider(name: string): Provider {
  const found = openaiCompatible.find(each => each.name === name)
  if (!found) throw createError({ kind: 'unknown_provider', message: name })
  return found
}

/** What the wire body looks like after the rules and the codec, and what was said about it. */
function bodyAt(name: string, request: Partial<ChatRequest>, dropParams = false) {
  const target = provider(name)
  const binding = bind(target, 'chat', undefined, 'm')
  const deployment = deploymentOf(name)
  const warnings: Warning[] = []
  const warn = (warning: Warning) => void warnings.push(warning)
  const full: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...request }
  const allowed = applyParamRules(
    full,
    { endpoint: chat, codec: binding.codec, provider: target, deployment, model: 'm' },
    { dropParams, additionalDropParams: [], allowedOpenaiParams: [] },
    warn,
  )
  const info: CallInfo = { id: 'id', now: 0, model: 'm', stream: request.stream === true, deployment, warn }
  return { body: binding.codec.upstream.encodeRequest(allowed, info).body, warnings }
}

describe('every row', () => {
  it('is one of many, under a name of its own', () => {
    expect(openaiCompatible.length).toBeGreaterThanOrEqual(25)
    expect(new Set(openaiCompatible.map(each => each.name)).size).toBe(openaiCompatible.length)
  })

  it.each(openaiCompatible.map(each => [each.name, each] as const))('%s is callable', (name, each) => {
    expect(each.title).not.toBe('')
    expect(new URL(each.docs).protocol).toBe('https:')
    if (each.credentials.required) expect(each.credentials.env.length).toBeGreaterThan(0)
    const model = doorOf(each)?.model ?? 'm'
    const binding = bind(each, 'chat', 'openai-chat', model)
    const asks = typeof each.baseUrl !== 'string' && !each.baseUrlEnv?.includes('BASETEN_API_BASE')
    const deployment = deploymentOf(name, { model, ...(asks && { apiBase: 'https://own.example/v1' }) })
    const url = new URL(urlOf(each, binding, { model, stream: false, deployment }, undefined))
    expect(url.pathname.endsWith('/chat/completions')).toBe(true)
    const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1'
    expect(url.protocol).toBe(local ? 'http:' : 'https:')
    if (local) expect(each.credentials.required).toBe(false)
  })

  it('signs with a bearer token', async () => {
    const request = { method: 'POST' as const, url: '', headers: {} as Record<string, string> }
    await provider('groq').credentials.sign(request, 'gsk-1', deploymentOf('groq'), signingHost)
    expect(request.headers.authorization).toBe('Bearer gsk-1')
  })
})

describe('base addresses', () => {
  it.each([
    ['groq', 'https://api.groq.com/openai/v1/chat/completions'],
    ['deepseek', 'https://api.deepseek.com/beta/chat/completions'],
    ['openrouter', 'https://openrouter.ai/api/v1/chat/completions'],
    ['together_ai', 'https://api.together.xyz/v1/chat/completions'],
  ])('%s is reached at %s', (name, url) => {
    const each = provider(name)
    const at = { model: 'm', stream: false, deployment: deploymentOf(name) }
    expect(urlOf(each, bind(each, 'chat', undefined, 'm'), at, undefined)).toBe(url)
  })

  it.each([
    ['datarobot', undefined, 'https://app.datarobot.com/api/v2/genai/llmgw/chat/completions'],
    ['datarobot', 'https://eu.example', 'https://eu.example/api/v2/genai/llmgw/chat/completions'],
    [
      'datarobot',
      'https://eu.example/api/v2/deployments/1',
      'https://eu.example/api/v2/deployments/1/chat/completions',
    ],
    ['gradient_ai', 'https://a.agents.do-ai.run', 'https://a.agents.do-ai.run/api/v1/chat/completions'],
    ['heroku', 'https://us.inference.heroku.com', 'https://us.inference.heroku.com/v1/chat/completions'],
    [
      'docker_model_runner',
      'http://localhost:22088/engines/llama.cpp',
      'http://localhost:22088/engines/llama.cpp/v1/chat/completions',
    ],
    [
      'docker_model_runner',
      'http://localhost:12434/engines/v1',
      'http://localhost:12434/engines/v1/chat/completions',
    ],
    ['baseten', undefined, 'https://inference.baseten.co/v1/chat/completions'],
  ])('%s at %s', (name, base, url) => {
    const each = provider(name)
    const at = { model: 'm', stream: false, deployment: deploymentOf(name) }
    expect(urlOf(each, bind(each, 'chat', undefined, 'm'), at, base)).toBe(url)
  })

  it('a dedicated Baseten model has an address of its own', () => {
    const each = provider('baseten')
    const deployment = deploymentOf('baseten', { model: 'abcd1234' })
    expect(
      urlOf(
        each,
        bind(each, 'chat', undefined, 'abcd1234'),
        { model: 'abcd1234', stream: false, deployment },
        undefined,
      ),
    ).toBe('https://model-abcd1234.api.baseten.co/environments/production/sync/v1/chat/completions')
  })

  it.each(['hosted_vllm', 'litellm_proxy', 'databricks', 'openai_like', 'custom_openai'])(
    '%s asks for api_base when nobody gave one',
    name => {
      const each = provider(name)
      const at = { model: 'm', stream: false, deployment: deploymentOf(name) }
      expect(() => urlOf(each, bind(each, 'chat', undefined, 'm'), at, undefined)).toThrow(
        /^api_base: .*set api_base/,
      )
    },
  )
})

describe('parameters', () => {
  it('renames what Mistral calls by another name, and sends nothing Mistral forbids', () => {
    const { body, warnings } = bodyAt('mistral', {
      seed: 7,
      max_completion_tokens: 5,
      stream: true,
      stream_options: { include_usage: true },
      user: 'u',
      metadata: { a: '1' },
    })
    expect(body).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      random_seed: 7,
      max_tokens: 5,
      stream: true,
    })
    expect(warnings.map(warning => warning.param).sort()).toEqual([
      'max_completion_tokens',
      'metadata',
      'seed',
      'user',
    ])
  })

  it('refuses what Groq refuses, by name, unless told to drop it', () => {
    expect(() => bodyAt('groq', { logprobs: true, n: 2 })).toThrow(/logprobs, n/)
    expect(bodyAt('groq', { n: 1 }).body).not.toHaveProperty('n')
    expect(bodyAt('groq', { logprobs: true }, true).body).not.toHaveProperty('logprobs')
  })

  it('clamps Moonshot’s temperature', () => {
    expect(bodyAt('moonshot', { temperature: 1.7 }).body.temperature).toBe(1)
    expect(bodyAt('moonshot', { temperature: 0.2 }).body.temperature).toBe(0.2)
  })

  it('leaves a request alone that goes through another gateway', () => {
    const request = { store: true, metadata: { a: '1' }, seed: 1, logit_bias: { 1: 2 } }
    expect(bodyAt('litellm_proxy', request).body).toMatchObject(request)
  })

  it('sends thinking back to DeepSeek and nobody else', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'a', reasoning_content: 'hm' },
    ]
    expect(bodyAt('deepseek', { messages }).body.messages).toEqual(messages)
    expect(JSON.stringify(bodyAt('xai', { messages }).body)).not.toContain('hm')
  })
})

it('makes a provider of a row', () => {
  const made = compatible('x', {
    title: 'X',
    docs: 'https://x.example',
    baseUrl: 'https://x.example',
    env: ['X_KEY'],
  })
  expect(made.endpoints.embedding).toBeUndefined()
  expect(made.credentials.env).toEqual(['X_KEY'])
  expect(made.params).toEqual({ store: 'drop', metadata: 'drop' })
})
