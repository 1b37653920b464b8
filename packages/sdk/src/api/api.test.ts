import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { rejectionOf, SECRET } from '../testing/ask.ts'
import type { ChatChunk, ChatRequest } from '../types/chat.ts'
import type { JsonObject } from '../types/json.ts'
import { completion } from './calls/completion.ts'
import { embedding } from './calls/embedding.ts'
import { type MessagesEvent, messages } from './calls/messages.ts'
import { supportedParams } from './capabilities.ts'
import { completionCost, countTokens, streamChunkBuilder } from './models.ts'
import type { CallFacts, WithFacts } from './result.ts'
import { Router, type RouterOptions } from './router.ts'
import type { Stream } from './stream.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(() => upstream.close())

const at = () => ({ apiKey: SECRET, apiBase: `${upstream.url}/v1`, numRetries: 0 })
const ask = (over: Partial<ChatRequest> = {}): ChatRequest & { stream?: false } => ({
  model: 'openai/gpt-4o',
  messages: [{ role: 'user', content: 'Hello there' }],
  ...over,
  stream: false,
})
const askStream = (over: Partial<ChatRequest> = {}) => ({ ...ask(over), stream: true as const })
const lastBody = () => upstream.requests.at(-1)?.body as JsonObject

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = []
  for await (const event of stream) events.push(event)
  return events
}

describe('completion', () => {
  test('answers whole, with usage, cost and warnings beside it and not in its JSON', async () => {
    const reply = await completion(ask({ top_k: 3 }), { ...at(), dropParams: true })
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(reply.sluice).toMatchObject({
      provider: 'openai',
      model: 'gpt-4o',
      usage: { prompt_tokens: 2, completion_tokens: 4 },
      usageEstimated: false,
      cost: { state: 'known' },
      retries: 0,
      warnings: [{ action: 'dropped', param: 'top_k' }],
    })
    expect(reply.sluice.costUsd).toBeCloseTo((2 * 2.5 + 4 * 10) / 1e6, 12)
    expect(reply.sluice.headers['x-request-id']).toBeTruthy()
    expect(JSON.stringify(reply)).not.toContain('sluice')
  })

  test('streams, and tells what it cost when the stream is over', async () => {
    const stream = await completion(askStream(), at())
    const chunks = await collect(stream)
    expect(streamChunkBuilder(chunks)).toMatchObject({
      choices: [{ message: { content: 'You said: Hello there' }, finish_reason: 'stop' }],
      usage: { total_tokens: 6 },
    })
    expect(await stream.result).toMatchObject({ usageEstimated: false, cost: { state: 'known' } })
  })

  test('leaving `for await` aborts the upstream call, and what was seen is charged', async () => {
    upstream.script({ reply: { events: 2000 }, tokenIntervalMs: 2 })
    const stream = await completion(askStream(), at())
    let seen = 0
    for await (const _ of stream) if (++seen === 3) break
    await upstream.until(() => upstream.aborted.length > 0)
    expect(await stream.result).toMatchObject({ usageEstimated: true })
    expect((await stream.result).usage?.prompt_tokens).toBeGreaterThan(0)
  })

  test('`abort()` ends a stream with an error, and `result` still resolves', async () => {
    upstream.script({ reply: { events: 2000 }, tokenIntervalMs: 2 })
    const stream = await completion(askStream(), at())
    const reading = rejectionOf(
      (async () => {
        for await (const _ of stream) stream.abort()
      })(),
    )
    expect(await reading).toMatchObject({ name: 'APIUserAbortError' })
    expect((await stream.result).provider).toBe('openai')
    await upstream.until(() => upstream.aborted.length > 0)
  })

  test('a signal does the same for a call that still waits', async () => {
    upstream.script({ latencyMs: 60_000 })
    const error = await rejectionOf(completion(ask(), { ...at(), signal: AbortSignal.timeout(50) }))
    expect(error).toMatchObject({ name: 'APIUserAbortError' })
  })

  test('an error in mid-stream is thrown after what came before it', async () => {
    upstream.script({ failAfterEvents: 4 })
    const stream = await completion(askStream(), at())
    const chunks: ChatChunk[] = []
    const error = await rejectionOf(
      (async () => {
        for await (const chunk of stream) chunks.push(chunk)
      })(),
    )
    expect(chunks.length).toBe(4)
    expect(error).toMatchObject({ provider: 'openai' })
    expect(await stream.result).toMatchObject({ usageEstimated: true })
  })

  test('takes LiteLLM’s options in the request, and sends none of them on', async () => {
    const { apiBase } = at()
    const request = {
      ...ask(),
      api_key: SECRET,
      api_base: apiBase,
      num_retries: 0,
      timeout: 5,
      metadata: { a: 1 },
    }
    await completion({
      ...request,
      custom_llm_provider: 'openai',
      tags: ['t'],
      extra_headers: { 'X-Team': 'blue' },
    })
    expect(Object.keys(lastBody()).sort()).toEqual(['messages', 'model'])
    expect(upstream.requests[0]?.headers['x-team']).toBe('blue')
    await expect(completion({ ...ask(), timeout: 'soon' })).rejects.toThrow(
      /^timeout: must be a number of seconds/,
    )
  })

  test('falls back to the models it is given', async () => {
    upstream.script({ status: 500, match: { model: 'gpt-4o' } })
    const reply = await completion(ask(), { ...at(), fallbacks: ['openai/gpt-4o-mini'] })
    expect(reply.sluice).toMatchObject({ model: 'gpt-4o-mini', retries: 0, fallbacks: 1 })
  })

  test('an unknown price is unknown and not 0', async () => {
    const reply = await completion(ask({ model: 'openai/made-up-model' }), at())
    expect(reply.sluice.cost.state).toBe('unknown')
    expect(reply.sluice.costUsd).toBeUndefined()
    const own = { modelInfo: { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 } }
    const priced = await completion(ask({ model: 'openai/made-up-model' }), { ...at(), ...own })
    expect(priced.sluice.costUsd).toBeCloseTo(10e-6, 12)
  })

  test('a model of no known provider says how to write one', async () => {
    const error = await rejectionOf(completion(ask({ model: 'nonsense' }), at()))
    expect(error).toMatchObject({ name: 'UnknownProviderError', param: 'model' })
    expect(String(error)).toContain('provider/model')
  })
})

describe('mock_response', () => {
  test('is the answer, whole and streamed, without a network', async () => {
    const reply = await completion(ask({ mock_response: 'canned' }))
    expect(reply.choices[0]?.message.content).toBe('canned')
    const chunks = await collect(await completion(askStream(), { mockResponse: 'canned' }))
    expect(streamChunkBuilder(chunks).choices[0]?.message.content).toBe('canned')
    expect(upstream.requests).toHaveLength(0)
  })

  test.each([
    ['litellm.RateLimitError', 'RateLimitError', 429],
    ['litellm.Timeout', 'APITimeoutError', 504],
    ['litellm.ContextWindowExceededError', 'ContextWindowExceededError', 400],
    ['litellm.InternalServerError', 'InternalServerError', 500],
  ])('%s fails as that error', async (mockResponse, name, status) => {
    const error = await rejectionOf(completion(ask(), { mockResponse, numRetries: 0 }))
    expect(error).toMatchObject({ name, status, provider: 'openai', model: 'gpt-4o' })
  })

  test('a name that is no error is a text', async () => {
    const reply = await completion(ask(), { mockResponse: 'litellm.constructor' })
    expect(reply.choices[0]?.message.content).toBe('litellm.constructor')
  })
})

test('embedding answers with vectors and their cost', async () => {
  const reply = await embedding(
    { model: 'openai/text-embedding-3-small', input: ['a b', 'c'], dimensions: 8 },
    at(),
  )
  expect(reply.data.map(({ embedding: vector }) => vector.length)).toEqual([8, 8])
  expect(reply.sluice).toMatchObject({
    usage: { prompt_tokens: 3, completion_tokens: 0 },
    cost: { state: 'known' },
  })
  const error = await rejectionOf(embedding({ model: 'anthropic/claude-x', input: 'a' }, at()))
  expect(error).toMatchObject({ name: 'BadRequestError' })
  expect(String(error)).toContain('no embedding endpoint')
})

describe('messages', () => {
  const said = {
    model: 'openai/gpt-4o',
    max_tokens: 50,
    system: 'Be brief.',
    messages: [{ role: 'user', content: 'Hello there' }],
  }

  test('asks an OpenAI provider in Anthropic’s shape, whole', async () => {
    const reply = (await messages(said, at())) as WithFacts<JsonObject>
    expect(reply).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'You said: Hello there' }],
      stop_reason: 'end_turn',
      usage: { output_tokens: 4 },
    })
    expect(lastBody()).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
    })
    expect(reply.sluice.cost.state).toBe('known')
  })

  test('… and streamed, event by event as Anthropic sends them', async () => {
    const stream = (await messages({ ...said, stream: true }, at())) as Stream<MessagesEvent, CallFacts>
    const events = await collect(stream)
    expect(events[0]?.type).toBe('message_start')
    expect(events.at(-1)?.type).toBe('message_stop')
    const text = events.map(({ delta }) => (delta as { text?: string } | undefined)?.text ?? '').join('')
    expect(text).toBe('You said: Hello there')
    expect(await stream.result).toMatchObject({ usage: { completion_tokens: 4 }, usageEstimated: false })
  })

  test('a marked prompt is carried to a provider without marks with a warning', async () => {
    const marked = { type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }
    const body = { ...said, messages: [{ role: 'user', content: [marked] }] }
    const reply = (await messages(body, at())) as WithFacts<JsonObject>
    expect(reply.sluice.warnings.map(({ param }) => param)).toEqual(['messages[1].content[0].cache_control'])
  })

  test('leaving the stream aborts the upstream call', async () => {
    upstream.script({ reply: { events: 2000 }, tokenIntervalMs: 2 })
    const stream = (await messages({ ...said, stream: true }, at())) as Stream<MessagesEvent, CallFacts>
    for await (const _ of stream) break
    await upstream.until(() => upstream.aborted.length > 0)
    expect((await stream.result).provider).toBe('openai')
  })

  test('a wrong request is refused by field', async () => {
    await expect(
      messages({ model: 'openai/gpt-4o', max_tokens: 0, messages: [] } as never, at()),
    ).rejects.toThrow(/max_tokens|messages/)
  })
})

describe('Router', () => {
  const router = (settings: Partial<RouterOptions> = {}) => {
    const litellm = { api_key: SECRET, api_base: `${upstream.url}/v1` }
    return new Router({
      modelList: [
        { model_name: 'fast', litellm_params: { model: 'openai/a', order: 1, ...litellm } },
        {
          model_name: 'fast',
          litellm_params: { model: 'openai/b', order: 2, drop_params: true, ...litellm },
        },
        { model_name: 'canned', litellm_params: { model: 'openai/c', mock_response: 'canned' } },
        { model_name: 'vectors', litellm_params: { model: 'openai/text-embedding-3-small', ...litellm } },
      ],
      fallbacks: new Map([['fast', ['canned']]]),
      ...settings,
    })
  }
  const request = { ...ask(), model: 'fast' }

  test('balances, retries elsewhere and tells how often', async () => {
    upstream.script({ failure: 'rate-limit', match: { model: 'a' } })
    const reply = await router().completion(request)
    expect(reply.sluice).toMatchObject({ model: 'b', retries: 1 })
  })

  test('falls back, streams and embeds', async () => {
    upstream.script({ status: 500, times: 9 })
    expect((await router().completion(request)).choices[0]?.message.content).toBe('canned')
    upstream.reset()
    const chunks = await collect(await router().completion({ ...request, stream: true }))
    expect(streamChunkBuilder(chunks).choices[0]?.message.content).toBe('You said: Hello there')
    expect((await router().embedding({ model: 'vectors', input: 'x' })).data).toHaveLength(1)
    expect(router().modelNames()).toEqual(['fast', 'canned', 'vectors'])
  })

  test('goes on elsewhere with a stream that breaks, if it may; leaving the loop ends that too', async () => {
    const first = { match: { model: 'a' }, reply: { text: 'One two three four' }, failAfterEvents: 3 }
    upstream.script(first)
    upstream.script({ match: { model: 'b' }, reply: { text: 'three four' } })
    const routed = router({ streamContinuation: true })
    const stream = await routed.completion({ ...request, stream: true })
    const chunks = await collect(stream)
    expect(streamChunkBuilder(chunks).choices[0]?.message).toMatchObject({
      content: 'One two three four',
      provider_specific_fields: { sluice_continuation: { after_characters: 8 } },
    })
    expect((await stream.result).usage?.completion_tokens).toBe(4)
    upstream.script(first)
    upstream.script({ match: { model: 'b' }, reply: { events: 99 }, tokenIntervalMs: 20 })
    let text = ''
    for await (const { choices } of await routed.completion({ ...request, stream: true })) {
      text += choices[0]?.delta.content ?? ''
      if (text.length > 20) break
    }
    await upstream.until(() => upstream.aborted.length === 1)
  })

  test('a deployment’s own strictness holds for it alone', async () => {
    upstream.script({ failure: 'rate-limit', match: { model: 'a' } })
    await expect(router().completion({ ...request, top_k: 3 })).rejects.toThrow(/top_k/)
    expect(upstream.requests).toHaveLength(0)
  })

  test('extra body fields of a call leave a canned deployment canned', async () => {
    const reply = await router().completion({ ...request, model: 'canned' }, { extraBody: { seed: 1 } })
    expect(reply.choices[0]?.message.content).toBe('canned')
  })
})

describe('a router serves every endpoint', () => {
  const at = { api_key: SECRET, api_base: 'http://127.0.0.1:9' }
  const router = new Router({
    modelList: [
      {
        model_name: 'any',
        litellm_params: { model: 'openai/gpt-4o', timeout: 5, ...at },
        model_info: { id: 'one' },
      },
      { model_name: 'any/search', litellm_params: { model: 'openai/gpt-4o', timeout: 5, ...at } },
    ],
    retries: 0,
  })
  const calls = Object.keys(router).filter(name => typeof router[name as keyof Router] === 'function')

  test.each(calls)('%s asks its deployments', async name => {
    const file = { filename: 'a.wav', contentType: 'audio/wav', bytes: Buffer.from('RIFF') }
    const request = {
      ...{
        model: 'any',
        search_provider: 'any',
        messages: [{ role: 'user', content: 'Hi' }],
        max_tokens: 5,
        prompt: 'x',
        input: 'x',
      },
      ...{
        voice: 'alloy',
        file,
        image: name === 'imageEdit' ? [file] : file,
        query: 'q',
        documents: ['d'],
        video_id: 'video_1',
      },
      document: { type: 'document_url', document_url: 'https://example.com/a.pdf' },
    }
    const call = router[name as 'ocr'] as (request: object) => Promise<unknown>
    const error = await call(request).catch((thrown: unknown) => thrown)
    // Nobody listens there, or the provider has no such endpoint: either way this deployment was asked.
    expect(error).toMatchObject({ provider: 'openai', model: 'gpt-4o' })
  })

  test('and tells the state of each', () => {
    expect(router.state()).toMatchObject([{ deploymentId: 'one', inFlight: 0 }, {}])
  })
})

describe('about models', () => {
  test('supportedParams names what a provider can express', () => {
    expect(supportedParams('openai/gpt-4o')).toEqual(expect.arrayContaining(['logit_bias', 'tools', 'seed']))
    expect(supportedParams('openai/gpt-4o')).not.toContain('top_k')
    expect(supportedParams('anthropic/claude-x')).toEqual(
      expect.arrayContaining(['top_k', 'tools', 'thinking']),
    )
    expect(supportedParams('anthropic/claude-x')).not.toContain('logprobs')
    expect(supportedParams('groq/x')).not.toContain('logprobs')
    expect(supportedParams('openai/text-embedding-3-small', 'embedding')).toEqual([
      'dimensions',
      'encoding_format',
      'user',
    ])
  })

  test('completionCost adds up, and does not know what it does not know', () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
    expect(completionCost({ model: 'gpt-4o', usage })).toMatchObject({ state: 'known', nanoUsd: 3_500_000 })
    expect(completionCost({ model: 'openai/made-up', usage })).toMatchObject({ state: 'unknown' })
    expect(completionCost({ model: 'gpt-4o' })).toMatchObject({ state: 'unknown' })
  })

  test('countTokens says how it counted', async () => {
    expect(await countTokens({ model: 'openai/gpt-4o', text: 'Hello there' })).toMatchObject({ tokens: 2 })
    expect((await countTokens({ model: 'anthropic/claude-x', text: 'Hello there' })).method).toBe('estimate')
  })
})
