import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Provider } from '../provider.ts'
import { providers } from '../registry.ts'
import { ProviderCaller } from '../testing/provider-caller.ts'

const provider = providers.get('litellm_proxy') as Provider

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream({ wires: ['openai', 'rerank'] })
})
afterAll(() => upstream.close())

const deployment = (model: string) => ({ model, apiBase: upstream.baseUrl('openai'), apiKey: 'sk-1' })
const asked = () => upstream.requests.at(-1)?.path

test('it has every endpoint that a proxy serves in OpenAI’s shape', () => {
  expect(Object.keys(provider.endpoints).sort()).toEqual([
    ...[
      'chat',
      'embedding',
      'image_edit',
      'image_generation',
      'image_variation',
      'moderation',
      'ocr',
      'rerank',
    ],
    ...['speech', 'text_completion', 'transcription', 'translation'],
    ...['video_content', 'video_delete', 'video_generation', 'video_list', 'video_remix', 'video_status'],
  ])
})

test('chat, Responses, text, images, speech, moderation and rerank arrive at their doors', async () => {
  const caller = new ProviderCaller(provider)
  const messages = [{ role: 'user' as const, content: 'Hello there' }]
  const said = await caller.whole({
    endpoint: 'chat',
    deployment: deployment('gpt-4o'),
    request: { messages },
  })
  expect([said.choices[0]?.message.content, asked()]).toEqual([
    'You said: Hello there',
    '/v1/chat/completions',
  ])
  const responded = await caller.whole({
    endpoint: 'chat',
    deployment: deployment('responses/gpt-5'),
    request: { messages },
  })
  expect([responded.choices[0]?.message.content, asked()]).toEqual(['You said: Hello there', '/v1/responses'])
  await caller.whole({
    endpoint: 'text_completion',
    deployment: deployment('m'),
    request: { prompt: 'Hello' },
  })
  expect(asked()).toBe('/v1/completions')
  await caller.whole({
    endpoint: 'image_generation',
    deployment: deployment('dall-e-3'),
    request: { prompt: 'A cat' },
  })
  expect(asked()).toBe('/v1/images/generations')
  await caller.whole({
    endpoint: 'moderation',
    deployment: deployment('omni-moderation-latest'),
    request: { input: 'Hi' },
  })
  expect(asked()).toBe('/v1/moderations')
  await caller.whole({
    endpoint: 'rerank',
    deployment: deployment('m'),
    request: { query: 'a', documents: ['a', 'b'] },
  })
  expect(asked()).toBe('/v1/rerank')
})
