import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completion } from '../../api/calls/completion.ts'
import { embedding } from '../../api/calls/embedding.ts'
import { rerank } from '../../api/calls/rerank.ts'
import type { RunOptions } from '../../api/run.ts'
import { endpoints } from '../../endpoints/registry.ts'
import type { ChatChunk, ChatRequest } from '../../types/chat.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())

const options = (more?: RunOptions): RunOptions => ({
  apiBase: upstream.baseUrl('cohere'),
  apiKey: 'key-0123456789',
  numRetries: 0,
  ...more,
})
const model = 'cohere/command-a-03-2025'
const messages: ChatRequest['messages'] = [{ role: 'user', content: 'Hello there' }]
const tools = [
  {
    type: 'function',
    function: { name: 'clock', parameters: { type: 'object', properties: { zone: { type: 'string' } } } },
  },
]

async function folded(request: ChatRequest & { stream?: false }) {
  const chunks: ChatChunk[] = []
  for await (const chunk of await completion({ ...request, stream: true }, options())) chunks.push(chunk)
  return endpoints.chat.fold?.(chunks).choices[0]?.message
}

test('documents are cited, whole and streamed', async () => {
  const request = { model, messages, documents: [{ id: 'd1', data: { text: 'Greetings.' } }] }
  const cited = [
    { type: 'url_citation', url_citation: { start_index: 0, end_index: 3, url: 'source:d1', title: '' } },
  ]
  const whole = await completion(request, options())
  expect(whole.choices[0]?.message.annotations).toEqual(cited)
  expect((await folded(request))?.annotations).toEqual(cited)
})

test('a conversation with tools: the plan and the calls go back as they came', async () => {
  const asked = { model, messages, tools }
  for (const message of [(await completion(asked, options())).choices[0]?.message, await folded(asked)]) {
    expect(message).toMatchObject({
      reasoning_content: 'I will use clock.',
      tool_calls: [{ function: { name: 'clock', arguments: '{"zone":"some zone"}' } }],
    })
    const call = message?.tool_calls?.[0]
    if (message === undefined || call === undefined) throw new Error('No call.')
    const answered = await completion(
      {
        ...asked,
        messages: [...messages, message, { role: 'tool', tool_call_id: call.id, content: 'noon' }],
      },
      options(),
    )
    expect(answered.choices[0]?.message.content).toBe('The tool answered: noon')
    expect(upstream.requests.at(-1)?.body).toMatchObject({
      messages: [{}, { role: 'assistant', tool_plan: 'I will use clock.' }, {}],
    })
  }
})

test('thinking, images and schemas', async () => {
  const thought = await completion({ model, messages, reasoning_effort: 'low' }, options())
  expect(thought.choices[0]?.message.reasoning_content).toBe('Thinking about: Hello there')
  const seen = await completion(
    {
      model,
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
        },
      ],
    },
    options(),
  )
  expect(seen.choices[0]?.message.content).toMatch(/an image of 8 bytes/)
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }
  const json = await completion(
    { model, messages, response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } },
    options(),
  )
  expect(typeof (JSON.parse(json.choices[0]?.message.content ?? '') as { a: unknown }).a).toBe('number')
})

test('embeddings in numbers and base64, and rerank', async () => {
  const numbers = await embedding({ model: 'cohere/embed-v4.0', input: 'Hi', dimensions: 4 }, options())
  const base64 = await embedding(
    { model: 'cohere/embed-v4.0', input: 'Hi', dimensions: 4, encoding_format: 'base64' },
    options(),
  )
  expect(numbers.data[0]?.embedding).toHaveLength(4)
  expect(Buffer.from(String(base64.data[0]?.embedding), 'base64')).toHaveLength(16)
  const ranked = await rerank(
    { model: 'cohere/rerank-v3.5', query: 'red cars', documents: ['boats', 'red cars'], top_n: 1 },
    options(),
  )
  expect(ranked.results.map(({ index }) => index)).toEqual([1])
})

test.each([
  ['testkit-context', 'ContextWindowExceededError'],
  ['testkit-content-policy', 'ContentPolicyViolationError'],
  ['testkit-429', 'RateLimitError'],
  ['testkit-quota', 'InsufficientQuotaError'],
])('%s is a %s', async (name, error) => {
  const refused = completion({ model: `cohere/${name}`, messages }, options())
  await expect(refused).rejects.toMatchObject({ name: error, provider: 'cohere' })
})

test('an error in the middle of a stream ends it', async () => {
  const stream = await completion(
    { model: 'cohere/testkit-error-event-3', messages, stream: true },
    options(),
  )
  const drain = async () => {
    for await (const _chunk of stream);
  }
  await expect(drain()).rejects.toThrow(/overloaded/)
})

test('API v1 is refused with the remedy', async () => {
  await expect(completion({ model: 'cohere_chat/v1/command-r', messages }, options())).rejects.toThrow(
    /Leave "v1\/" out/,
  )
  await completion({ model: 'cohere_chat/v2/command-r', messages }, options())
  expect(upstream.requests.at(-1)?.body).toMatchObject({ model: 'command-r' })
})
