import { CohereClientV2, CohereError } from 'cohere-ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startUpstream, type Upstream } from '../upstream.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())

const clientWith = (token: string) => new CohereClientV2({ token, environment: upstream.url, maxRetries: 0 })
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  },
]
const messages = [{ role: 'user' as const, content: 'Hello there' }]

test('the official client chats', async () => {
  const reply = await clientWith('k').chat({
    model: 'command-a-03-2025',
    messages,
    thinking: { type: 'enabled' },
  })
  expect(reply.finishReason).toBe('COMPLETE')
  expect(reply.message.content).toEqual([
    { type: 'thinking', thinking: 'Thinking about: Hello there' },
    { type: 'text', text: 'You said: Hello there' },
  ])
  expect(reply.usage?.tokens).toMatchObject({ inputTokens: 2 })
})

test('the official client streams text with its citation, and calls with their plan', async () => {
  const types = async (request: object) => {
    const seen: string[] = []
    const stream = await clientWith('k').chatStream({ model: 'command-a-03-2025', messages, ...request })
    for await (const event of stream) seen.push(event.type)
    return seen
  }
  expect(await types({ documents: ['Greetings.'] })).toEqual([
    'message-start',
    'content-start',
    ...Array<string>(4).fill('content-delta'),
    'citation-start',
    'citation-end',
    'content-end',
    'message-end',
  ])
  const calls = await types({ tools })
  expect(calls.slice(0, 4)).toEqual([
    'message-start',
    'tool-plan-delta',
    'tool-call-start',
    'tool-call-delta',
  ])
  expect(calls.slice(-2)).toEqual(['tool-call-end', 'message-end'])
})

test('the official client embeds and reranks', async () => {
  const client = clientWith('k')
  const { embeddings } = await client.embed({
    model: 'embed-v4.0',
    texts: ['Hello', 'you'],
    inputType: 'search_query',
    embeddingTypes: ['float', 'int8'],
    outputDimension: 64,
  })
  expect(embeddings.float?.map(vector => vector.length)).toEqual([64, 64])
  expect(embeddings.int8).toHaveLength(2)
  const { results } = await client.rerank({
    model: 'rerank-v3.5',
    query: 'red cars',
    documents: ['blue boats', 'red cars', 'red boats'],
    topN: 2,
  })
  expect(results).toEqual([
    { index: 1, relevanceScore: 0.99 },
    { index: 2, relevanceScore: 0.5 },
  ])
})

test('refusals are Cohere’s', async () => {
  const refused = clientWith('bad-key').chat({ model: 'm', messages })
  await expect(refused).rejects.toThrow(CohereError)
  await expect(refused).rejects.toMatchObject({ statusCode: 401, body: { message: 'invalid api token' } })
  await expect(clientWith('k').chat({ model: 'm', messages, p: 1 })).rejects.toMatchObject({
    statusCode: 422,
  })
})
