import { startUpstream } from '@sluice/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { deployment, post, startRig } from '../gateway.ts'

const upstream = await startUpstream()
const rig = await startRig({
  upstream,
  models: [
    deployment(upstream, 'openai', 'judge', {}, 'omni-moderation-latest'),
    {
      model_name: 'searcher',
      litellm_params: { model: 'cohere/rerank-v3.5', api_base: upstream.url, api_key: 'vendor-key' },
      model_info: { input_cost_per_query: 0.002 },
    },
  ],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const messages = [{ role: 'user', content: 'Hello there' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello there' }] }]
const content = { parts: [{ text: 'Hello there' }] }
const embedding = 'text-embedding-3-small'

/** Every door to a model. A limit that one of them forgets is a hole. */
const doors: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', { model: 'gpt-4o', messages }],
  ['/v1/chat/completions', { model: 'gpt-4o', messages, stream: true }],
  ['/chat/completions', { model: 'gpt-4o', messages }],
  ['/openai/deployments/gpt-4o/chat/completions', { messages }],
  ['/engines/gpt-4o/chat/completions', { messages }],
  ['/v1/messages', { model: 'gpt-4o', max_tokens: 9, messages }],
  ['/v1/messages', { model: 'gpt-4o', max_tokens: 9, messages, stream: true }],
  ['/v1/messages/count_tokens', { model: 'claude-sonnet-4-6', messages }],
  ['/v1beta/models/gpt-4o:generateContent', { contents }],
  ['/v1beta/models/gpt-4o:streamGenerateContent?alt=sse', { contents }],
  ['/v1beta/models/gemini-2.5-flash:countTokens', { contents }],
  ['/v1/models/gpt-4o:generateContent', { contents }],
  [`/v1beta/models/${embedding}:embedContent`, { content }],
  [
    `/v1beta/models/${embedding}:batchEmbedContents`,
    { requests: [{ model: `models/${embedding}`, content }] },
  ],
  ['/v1/embeddings', { model: embedding, input: 'text' }],
  ['/embeddings', { model: embedding, input: 'text' }],
  [`/openai/deployments/${embedding}/embeddings`, { input: 'text' }],
  ['/v1/completions', { model: 'gpt-4o', prompt: 'Hello there' }],
  ['/v1/completions', { model: 'gpt-4o', prompt: 'Hello there', stream: true }],
  ['/completions', { model: 'gpt-4o', prompt: 'Hello there' }],
  ['/engines/gpt-4o/completions', { prompt: 'Hello there' }],
  ['/v1/moderations', { model: 'judge', input: 'text' }],
  ['/moderations', { model: 'judge', input: 'text' }],
  ['/rerank', { model: 'searcher', query: 'text', documents: ['text'] }],
  ['/v1/rerank', { model: 'searcher', query: 'text', documents: ['text'] }],
  ['/v2/rerank', { model: 'searcher', query: 'text', documents: ['text'] }],
]
const limits = {
  'a spent budget': [{ max_budget: 0 }, 429],
  'no requests a minute': [{ rpm_limit: 0 }, 429],
  'no tokens a minute': [{ tpm_limit: 0 }, 429],
  'no parallel requests': [{ max_parallel_requests: 0 }, 429],
  'no such model': [{ models: ['another'] }, 403],
  'no such route': [{ allowed_routes: ['/images/generations'] }, 403],
  'a block': [{ blocked: true }, 401],
} as const
const keys = Object.fromEntries(
  await Promise.all(
    Object.entries(limits).map(async ([name, [fields]]) => [name, await rig.newKey(fields)] as const),
  ),
)
const free = await rig.newKey()

describe.each(doors)('POST %s', (path, body) => {
  test('answers a key without limits', async () => {
    expect((await post(rig.gateway, path, body, free)).status).toBe(200)
  })

  test.each(Object.entries(limits))('is shut by %s', async (name, [, status]) => {
    const before = rig.upstream.requests.length
    const response = await post(rig.gateway, path, body, keys[name] ?? '')
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { error: { message: expect.any(String) } },
    ])
    expect(rig.upstream.requests).toHaveLength(before)
  })
})
