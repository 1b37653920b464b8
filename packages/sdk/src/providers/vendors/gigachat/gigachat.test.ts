import { readFileSync } from 'node:fs'
import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gigachatChat } from '../../../codecs/gigachat-chat/codec.ts'
import { endpoints } from '../../../endpoints/registry.ts'
import { createSseReader } from '../../../transport/framing/sse.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { gigachat } from './gigachat.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream({ wires: ['gigachat'] })
})
afterAll(() => upstream.close())

const info = {
  ...{ id: 'c1', now: 0, model: 'm', stream: false },
  deployment: { id: 'd', group: 'g', provider: 'gigachat', model: 'm' },
  warn() {},
}
const read = (name: string) =>
  readFileSync(new URL(`../../../codecs/gigachat-chat/fixtures/${name}`, import.meta.url))
const messages = [{ role: 'user' as const, content: 'Do both' }]
const deployment = (more = {}) => ({
  model: 'GigaChat-2-Max',
  apiBase: upstream.baseUrl('gigachat'),
  apiKey: 'c2VjcmV0LXNlY3JldA==',
  params: { gigachat_auth_url: `${upstream.url}/gigachat/api/v2/oauth`, ...more },
})
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ type: 'function', function: { name: 'weather', parameters: schema } }]

describe('replies', () => {
  test('a call has its arguments as text, an id, and the state that GigaChat wants back', () => {
    const reply = gigachatChat.upstream.decodeResponse(JSON.parse(read('reply-call.json').toString()), info)
    expect(reply.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [
          {
            id: 'call_c1_0',
            function: { name: 'weather_forecast', arguments: '{"location":"Манжерок","num_days":10}' },
          },
        ],
        provider_specific_fields: { functions_state_id: '0199e210-2f13-744c-8fe5-c9a19fe27db7' },
      },
    })
    expect(reply.usage).toEqual({
      prompt_tokens: 283,
      completion_tokens: 35,
      total_tokens: 318,
      prompt_tokens_details: { cached_tokens: 5 },
    })
  })

  test.each([
    ['stream-text.sse', 'stop', 'Императорские пингвины 🐧'],
    ['stream-call.sse', 'tool_calls', null],
  ])('%s', (name, finish_reason, content) => {
    const decoder = gigachatChat.upstream.decodeStream?.({ ...info, stream: true })
    const chunks = createSseReader()(read(name)).flatMap(event => [...(decoder?.push(event) ?? [])])
    const reply = endpoints.chat.fold?.(chunks)
    expect(reply?.choices[0]).toMatchObject({ finish_reason })
    expect(reply?.choices[0]?.message.content || null).toBe(content)
    expect(reply?.usage).toMatchObject({ prompt_tokens: 59, completion_tokens: 31 })
  })

  test('a topic that is forbidden is a content filter', () => {
    const choices = [
      { index: 0, message: { role: 'assistant', content: 'Нет.' }, finish_reason: 'blacklist' },
    ]
    expect(gigachatChat.upstream.decodeResponse({ choices }, info).choices[0]?.finish_reason).toBe(
      'content_filter',
    )
  })
})

describe('calls', () => {
  test('one token serves many calls; it is asked for by scope, with an id of its own', async () => {
    upstream.reset()
    const caller = new ProviderCaller(gigachat)
    caller.environment = { GIGACHAT_SCOPE: 'GIGACHAT_API_B2B' }
    const options = { endpoint: 'chat' as const, deployment: deployment(), request: { messages } }
    await caller.whole(options)
    await caller.stream(options)
    expect(upstream.tokens.all.map(({ scope }) => scope)).toEqual(['GIGACHAT_API_B2B'])
  })

  test('functions there and back, state included', async () => {
    const caller = new ProviderCaller(gigachat)
    const options = { endpoint: 'chat' as const, deployment: deployment() }
    const first = await caller.whole({ ...options, request: { messages, tools, temperature: 0 } })
    const said = first.choices[0]?.message
    const call = said?.tool_calls?.[0]
    expect(call?.function.name).toBe('weather')
    const history = [...messages, { ...said, role: 'assistant' as const }]
    const result = { role: 'tool' as const, tool_call_id: call?.id ?? '', content: '21 degrees' }
    const answer = await caller.whole({ ...options, request: { messages: [...history, result], tools } })
    expect(answer.choices[0]?.message.content).toBe('The tool answered: {"result":"21 degrees"}')
    expect(upstream.requests.at(-1)?.body).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          function_call: { name: 'weather' },
          functions_state_id: expect.any(String) as string,
        },
        { role: 'function', name: 'weather' },
      ],
    })
    expect(caller.warnings.map(({ param }) => param)).toContain('messages[2].content')
  })

  test('a schema is asked for by way of a function', async () => {
    const caller = new ProviderCaller(gigachat)
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'x', schema } }
    const reply = await caller.whole({
      endpoint: 'chat',
      deployment: deployment(),
      request: { messages, response_format },
    })
    expect(JSON.parse(reply.choices[0]?.message.content ?? '')).toHaveProperty('city')
    expect(reply.choices[0]?.finish_reason).toBe('stop')
  })

  test('tokens of embeddings are told for each text, and added', async () => {
    const caller = new ProviderCaller(gigachat)
    const reply = await caller.whole({
      endpoint: 'embedding',
      deployment: { ...deployment(), model: 'Embeddings' },
      request: { input: ['one', 'two words'] },
    })
    expect(reply.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 })
  })

  test('a result without its call is noted, and an image refused with the remedy', async () => {
    const caller = new ProviderCaller(gigachat)
    const stray = { role: 'tool' as const, tool_call_id: 'x', content: '{}' }
    await caller.whole({
      endpoint: 'chat',
      deployment: deployment(),
      request: { messages: [...messages, stray] },
    })
    expect(caller.warnings).toContainEqual(
      expect.objectContaining({ action: 'dropped', param: 'messages[1].content' }),
    )
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } }
    const request = { messages: [{ role: 'user' as const, content: [image] }] }
    const error = await caller.failure({ endpoint: 'chat', deployment: deployment(), request })
    expect(error).toMatchObject({
      kind: 'unsupported_params',
      message: expect.stringContaining('POST /files') as string,
    })
  })
})
