import { describe, expect, test } from 'vitest'
import type { CallInfo } from '../../../codecs/codec.ts'
import { watsonxGeneration } from '../../../codecs/watsonx-generation/codec.ts'
import type { OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import { textCompletion } from '../../../endpoints/text-completion.ts'
import { createSseReader } from '../../../transport/framing/sse.ts'
import type { Deployment } from '../../../types/deployment.ts'
import type { JsonObject } from '../../../types/json.ts'
import { bind, urlOf } from '../../bind.ts'
import { watsonx } from './watsonx.ts'

const model = 'ibm/granite-3-3-8b-instruct'
const deployment: Deployment = {
  id: 'd',
  group: 'g',
  provider: 'watsonx',
  model,
  params: { watsonx_region_name: 'eu-de', project_id: 'p1' },
}
const infoOf = (own: Deployment = deployment): CallInfo => ({
  id: 'c1',
  now: 1_700_000_000_000,
  model: own.model,
  stream: false,
  deployment: own,
  warn() {},
})
const codecOf = () => bind(watsonx, 'chat', undefined, model).codec.upstream

describe('signing', () => {
  const outgoing = (body: JsonObject): OutgoingRequest => ({
    method: 'POST',
    url: 'https://eu-de.ml.cloud.ibm.com/ml/v1/text/chat?version=2024-03-13',
    headers: {},
    body: JSON.stringify(body),
  })
  function hostWith(
    environment: Record<string, string>,
    asked: OutgoingRequest[] = [],
    status = 200,
  ): SigningHost {
    const reply =
      status === 200
        ? { access_token: `iam-${asked.length}`, expires_in: 3600 }
        : { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' }
    return {
      now: () => 1_700_000_000_000,
      secret: names => names.map(name => environment[name]).find(value => value !== undefined),
      exchange: async request => {
        asked.push(request)
        return { status, headers: {}, body: Buffer.from(JSON.stringify(reply)) }
      },
    }
  }
  const sign = watsonx.credentials.sign

  test('an API key is traded for a token, once', async () => {
    const asked: OutgoingRequest[] = []
    const host = hostWith({}, asked)
    const [first, second] = [outgoing({ project_id: 'p' }), outgoing({ project_id: 'p' })]
    await Promise.all([sign(first, 'key-1', deployment, host), sign(second, 'key-1', deployment, host)])
    expect(asked.map(({ url, body }) => [url, body])).toEqual([
      [
        'https://iam.cloud.ibm.com/identity/token',
        'grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=key-1',
      ],
    ])
    expect(first.headers.authorization).toBe('Bearer iam-0')
    expect(second.headers.authorization).toBe('Bearer iam-0')
  })

  test('a token and a Zen key go as they are', async () => {
    const request = outgoing({ space_id: 's' })
    await sign(request, undefined, deployment, hostWith({ WATSONX_TOKEN: 't' }))
    expect(request.headers.authorization).toBe('Bearer t')
    const zen = outgoing({ space_id: 's' })
    await sign(zen, undefined, deployment, hostWith({ WATSONX_ZENAPIKEY: 'z' }))
    expect(zen.headers.authorization).toBe('ZenApiKey z')
  })

  test('a body without a place gets the environment’s, or is refused', async () => {
    const request = outgoing({ model_id: model })
    await sign(request, undefined, deployment, hostWith({ WATSONX_TOKEN: 't', WATSONX_PROJECT_ID: 'p9' }))
    expect(JSON.parse(String(request.body))).toEqual({ model_id: model, project_id: 'p9' })
    const nowhere = sign(outgoing({}), undefined, deployment, hostWith({ WATSONX_TOKEN: 't' }))
    await expect(nowhere).rejects.toThrow(/WATSONX_PROJECT_ID/)
  })

  test('a wrong key and no key are told as such', async () => {
    const refused = sign(outgoing({ project_id: 'p' }), 'bad', deployment, hostWith({}, [], 400))
    await expect(refused).rejects.toMatchObject({ kind: 'authentication', code: 'BXNIM0415E' })
    const without = sign(outgoing({ project_id: 'p' }), undefined, deployment, hostWith({}))
    await expect(without).rejects.toThrow(/WATSONX_APIKEY/)
  })
})

test('URLs: regions, versions, streams, deployments', () => {
  const chat = bind(watsonx, 'chat', undefined, model)
  const at = { model, stream: false, deployment }
  expect(urlOf(watsonx, chat, at, undefined)).toBe(
    'https://eu-de.ml.cloud.ibm.com/ml/v1/text/chat?version=2024-03-13',
  )
  const own = { ...deployment, apiBase: 'https://cpd.example/', apiVersion: '2025-02-11' }
  expect(urlOf(watsonx, chat, { model: 'deployment/d 1', stream: true, deployment: own }, undefined)).toBe(
    'https://cpd.example/ml/v1/deployments/d%201/text/chat_stream?version=2025-02-11',
  )
})

test('a region cannot name another host', () => {
  const chat = bind(watsonx, 'chat', undefined, model)
  const own = { ...deployment, params: { watsonx_region_name: 'evil.example/' } }
  expect(() => urlOf(watsonx, chat, { model, stream: false, deployment: own }, undefined)).toThrow(
    /is no region/,
  )
})

describe('chat', () => {
  const messages = [{ role: 'user' as const, content: 'Hi' }]

  test('the model and a choice in words have IBM’s names', () => {
    const { body } = codecOf().encodeRequest(
      { model, messages, tool_choice: 'required', max_completion_tokens: 5, stream: true, time_limit: 1000 },
      { ...infoOf(), stream: true },
    )
    expect(body).toEqual({
      model_id: model,
      project_id: 'p1',
      messages,
      max_tokens: 5,
      tool_choice_option: 'required',
      time_limit: 1000,
    })
    const named = { type: 'function', function: { name: 'clock' } }
    expect(
      codecOf().encodeRequest({ model, messages, tool_choice: named }, infoOf()).body.tool_choice,
    ).toEqual(named)
  })

  test('a deployment names neither model nor project', () => {
    const own = { ...deployment, model: 'deployment/d1' }
    expect(codecOf().encodeRequest({ model, messages }, infoOf(own)).body).toEqual({ messages })
  })

  test('a stream as IBM frames it', () => {
    const text = [
      'id: 1\nevent: message\ndata: {}\n\n',
      `id: 2\nevent: message\ndata: {"id":"chat-1","model_id":"${model}","created":1,"choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant","content":"Hi"}}]}\n\n`,
      `id: 3\nevent: message\ndata: {"id":"chat-1","model_id":"${model}","created":1,"choices":[{"index":0,"finish_reason":"stop","delta":{"content":""}}]}\n\n`,
      `id: 4\nevent: message\ndata: {"id":"chat-1","model_id":"${model}","created":1,"choices":[],"usage":{"completion_tokens":2,"prompt_tokens":3,"total_tokens":5}}\n\n`,
      'id: 5\nevent: close\ndata: {}\n\n',
    ].join('')
    const decoder = codecOf().decodeStream?.(infoOf())
    const chunks = createSseReader()(Buffer.from(text)).flatMap(event => [...(decoder?.push(event) ?? [])])
    expect([...(decoder?.end() ?? [])]).toEqual([])
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['Hi', '', undefined])
    expect(chunks[0]?.model).toBe(model)
    expect(chunks.at(-1)?.usage?.total_tokens).toBe(5)
  })

  test.each([
    [403, 'token_quota_reached', 'insufficient_quota'],
    [401, 'authentication_token_expired', 'authentication'],
    [404, 'model_not_supported', 'not_found'],
  ])('%i %s', (status, code, kind) => {
    const body = { errors: [{ code, message: 'No.' }], trace: 't', status_code: status }
    expect(codecOf().decodeError?.(status, body)).toMatchObject({ kind, code, message: 'No.' })
  })
})

describe('text generation', () => {
  const { upstream } = watsonxGeneration

  test('request', () => {
    const request = { model, prompt: 'Once', max_tokens: 5, temperature: 0.5, stop: 'END', min_new_tokens: 1 }
    expect(upstream.encodeRequest(request, infoOf()).body).toEqual({
      model_id: model,
      project_id: 'p1',
      input: 'Once',
      parameters: {
        min_new_tokens: 1,
        max_new_tokens: 5,
        stop_sequences: ['END'],
        temperature: 0.5,
        decoding_method: 'sample',
      },
    })
  })

  test('reply and stream', () => {
    const result = {
      generated_text: ' upon',
      generated_token_count: 2,
      input_token_count: 1,
      stop_reason: 'max_tokens',
    }
    expect(upstream.decodeResponse({ results: [result] }, infoOf())).toMatchObject({
      choices: [{ text: ' upon', finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    })
    const lines = [
      { generated_text: '', generated_token_count: 0, input_token_count: 4, stop_reason: 'not_finished' },
      {
        generated_text: ' upon',
        generated_token_count: 1,
        input_token_count: 0,
        stop_reason: 'not_finished',
      },
      { generated_text: ' a', generated_token_count: 2, input_token_count: 0, stop_reason: 'eos_token' },
    ]
    const decode = (from: readonly JsonObject[]) => {
      const decoder = upstream.decodeStream?.(infoOf())
      const events = from.flatMap(one => [
        ...(decoder?.push({ data: JSON.stringify({ results: [one] }) }) ?? []),
      ])
      return [...events, ...(decoder?.end() ?? [])]
    }
    expect(textCompletion.fold?.(decode(lines))).toMatchObject({
      choices: [{ text: ' upon a', finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
    })
    expect(() => decode(lines.slice(0, 2))).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
    expect(() => decode([{ ...result, stop_reason: 'error' }])).toThrow(/broke the answer off/)
  })
})

test('embeddings and rerank', () => {
  const embedding = bind(watsonx, 'embedding', undefined, model).codec.upstream
  expect(embedding.encodeRequest({ model, input: 'Hi', truncate_input_tokens: 9 }, infoOf()).body).toEqual({
    model_id: model,
    project_id: 'p1',
    inputs: ['Hi'],
    parameters: { truncate_input_tokens: 9 },
  })
  expect(
    embedding.decodeResponse({ results: [{ embedding: [1] }], input_token_count: 2 }, infoOf()),
  ).toMatchObject({
    data: [{ index: 0, embedding: [1] }],
    usage: { prompt_tokens: 2 },
  })
  const rerank = bind(watsonx, 'rerank', undefined, model).codec.upstream
  expect(rerank.encodeRequest({ model, query: 'q', documents: ['a', { text: 'b' }] }, infoOf()).body).toEqual(
    {
      model_id: model,
      project_id: 'p1',
      query: 'q',
      inputs: [{ text: 'a' }, { text: 'b' }],
    },
  )
  expect(
    rerank.decodeResponse(
      {
        results: [
          { index: 0, score: -1 },
          { index: 1, score: 2 },
        ],
        input_token_count: 3,
      },
      infoOf(),
    ).results,
  ).toEqual([
    { index: 1, relevance_score: 2 },
    { index: 0, relevance_score: -1 },
  ])
})
