import { AzureOpenAI } from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { chatModels, post, providers, startRig } from '../gateway.ts'

const rig = await startRig()
afterAll(() => rig.close())
const { gateway } = rig
const messages = [{ role: 'user' as const, content: 'Hello there' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello there' }] }]

describe.each(providers)('the Azure client, answered by %s', provider => {
  const client = new AzureOpenAI({
    apiKey: gateway.masterKey,
    endpoint: gateway.url,
    apiVersion: '2024-10-21',
    deployment: chatModels[provider],
    maxRetries: 0,
  })

  test('finds the model in the path, whole and streamed', async () => {
    // Azure's clients send the name of the model they think is behind it; the path decides.
    const request = { model: 'gpt-4o-mini', messages }
    const whole = await client.chat.completions.create(request)
    expect(whole.choices[0]?.message.content).toBe('You said: Hello there')
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    expect(streamed.choices[0]?.message.content).toBe('You said: Hello there')
    expect(JSON.stringify(rig.upstream.requests.at(-1)?.body) + rig.upstream.requests.at(-1)?.path).toContain(
      chatModels[provider],
    )
  })
})

test.each([
  ['/v1/chat/completions', { model: 'gpt-4o', messages }],
  ['/chat/completions', { model: 'gpt-4o', messages }],
  ['/engines/gpt-4o/chat/completions', { messages }],
  ['/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', { messages }],
  ['/v1/embeddings', { model: 'text-embedding-3-small', input: 'text' }],
  ['/embeddings', { model: 'text-embedding-3-small', input: 'text' }],
  ['/engines/text-embedding-3-small/embeddings', { input: 'text' }],
  ['/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21', { input: 'text' }],
  ['/v1/completions', { model: 'gpt-4o', prompt: 'Hello there' }],
  ['/openai/deployments/gpt-4o/completions?api-version=2024-10-21', { prompt: 'Hello there' }],
  ['/v1/messages', { model: 'gpt-4o', max_tokens: 9, messages }],
  ['/v1/messages?beta=true', { model: 'gpt-4o', max_tokens: 9, messages }],
  ['/v1/messages/count_tokens', { model: 'gpt-4o', messages }],
  ['/v1beta/models/gpt-4o:generateContent', { contents }],
  ['/v1beta/models/gpt-4o:streamGenerateContent?alt=sse', { contents }],
  ['/v1beta/models/gpt-4o:countTokens', { contents }],
  ['/models/gpt-4o:generateContent', { contents }],
  ['/v1/models/gpt-4o:generateContent', { contents }],
])('POST %s answers', async (path, body) => {
  const response = await post(gateway, path, body, gateway.masterKey)
  expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/\S/)])
})

test('a model whose name holds a slash is found in a path', async () => {
  const response = await post(
    gateway,
    '/v1beta/models/openai/gpt-4.1:generateContent',
    { contents },
    gateway.masterKey,
  )
  expect(response.status).toBe(200)
  const escaped = await post(
    gateway,
    '/openai/deployments/openai%2Fgpt-4.1/chat/completions',
    { messages },
    gateway.masterKey,
  )
  expect(escaped.status).toBe(200)
})

test('a path that is not escaped well, or does not exist, is refused in words', async () => {
  for (const path of ['/openai/deployments/%E0%A4%A/chat/completions', '/v1/nothing']) {
    const response = await post(gateway, path, { messages }, gateway.masterKey)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(/\S/) } })
  }
})
