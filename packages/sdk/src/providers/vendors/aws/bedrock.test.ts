import { startUpstream, testAwsKeys, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { completion } from '../../../api/calls/completion.ts'
import { embedding } from '../../../api/calls/embedding.ts'
import { messages as anthropicMessages } from '../../../api/calls/messages.ts'
import { sdkHost } from '../../../api/host.ts'
import { call } from '../../../call.ts'
import type { ChatRequest, ChatTool } from '../../../types/chat.ts'
import type { RequestOf } from '../../../types/endpoint-map.ts'
import type { JsonObject } from '../../../types/json.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
beforeEach(() => {
  vi.unstubAllEnvs()
  upstream.reset()
})
afterAll(() => upstream.close())

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
const weather: ChatTool = {
  type: 'function',
  function: {
    name: 'weather.get',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
const hello: ChatRequest['messages'] = [{ role: 'user', content: 'Hello there' }]

function keys(more: JsonObject = {}): JsonObject {
  return {
    aws_access_key_id: testAwsKeys.accessKeyId,
    aws_secret_access_key: testAwsKeys.secretAccessKey,
    aws_region_name: 'us-east-1',
    ...more,
  }
}

const options = () => ({ apiBase: upstream.url, numRetries: 0 })

function ask(model: string, request: Partial<ChatRequest> = {}, params = keys()) {
  return completion(
    { messages: hello, ...params, ...request, model: `bedrock/${model}`, stream: false },
    options(),
  )
}

function lastRequest() {
  const last = upstream.requests.at(-1)
  if (last === undefined) throw new Error('Nothing arrived.')
  return last
}

async function streamed(model: string, request: Partial<ChatRequest> = {}) {
  const stream = await completion(
    { messages: hello, ...keys(), ...request, model: `bedrock/${model}`, stream: true },
    options(),
  )
  let text = ''
  let finish: string | null = null
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    finish = chunk.choices[0]?.finish_reason ?? finish
  }
  return { text, finish, facts: await stream.result }
}

describe('Converse', () => {
  test('a signed call, whole and streamed', async () => {
    const reply = await ask(CLAUDE)
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(reply.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
    expect(lastRequest().path).toBe(`/model/${encodeURIComponent(CLAUDE)}/converse`)
    expect(lastRequest().headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /)
    const { text, finish, facts } = await streamed(CLAUDE)
    expect({ text, finish }).toEqual({ text: 'You said: Hello there', finish: 'stop' })
    expect(facts).toMatchObject({ usageEstimated: false, usage: { prompt_tokens: 2, completion_tokens: 4 } })
    expect(lastRequest().path).toMatch(/\/converse-stream$/)
  })

  test('a role is assumed at the token service, and its keys sign', async () => {
    vi.stubEnv('AWS_STS_ENDPOINT', upstream.url)
    const reply = await ask(CLAUDE, {}, keys({ aws_role_name: 'arn:aws:iam::123456789012:role/caller' }))
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(lastRequest().headers.authorization).toContain('Credential=ASIATESTKIT')
    expect(upstream.requests.filter(({ path }) => path === '/')).toHaveLength(1)
  })

  test('without keys of its own, a container’s identity signs', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_ROLE_ARN', 'AWS_ROLE_NAME'])
      vi.stubEnv(name, '')
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${upstream.url}/aws/container-credentials`)
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials')
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config')
    const reply = await ask(CLAUDE, {}, { aws_region_name: 'us-east-1' })
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(lastRequest().headers.authorization).toContain('Credential=ASIATESTKIT')
  })

  test('a tool whose name AWS refuses is called by the caller’s name, in a stream too', async () => {
    const request = { tools: [weather], tool_choice: 'required' as const }
    const reply = await ask(CLAUDE, request)
    expect(reply.choices[0]?.message.tool_calls?.[0]?.function.name).toBe('weather.get')
    expect(JSON.stringify(lastRequest().body)).not.toContain('"weather.get"')
    const { finish } = await streamed(CLAUDE, request)
    expect(finish).toBe('tool_calls')
  })

  test('a conversation goes on after a call, thinking and signature included', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
    const first = await ask(CLAUDE, { tools: [weather], thinking })
    const message = first.choices[0]?.message
    if (message === undefined) throw new Error('No answer.')
    expect(message.reasoning_content).toBe('Thinking about: Hello there')
    const id = message.tool_calls?.[0]?.id ?? ''
    const second = await ask(CLAUDE, {
      messages: [
        ...hello,
        message as ChatRequest['messages'][number],
        { role: 'tool', tool_call_id: id, content: 'sun' },
      ],
      tools: [weather],
      thinking,
    })
    expect(second.choices[0]?.message.content).toBe('The tool answered: sun')
  })

  test('an image, a schema, and a cached prompt', async () => {
    const png = Buffer.from('image').toString('base64')
    const seen = await ask(CLAUDE, {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
            { type: 'text', text: 'Look' },
          ],
        },
      ],
    })
    expect(seen.choices[0]?.message.content).toBe('I see an image of 5 bytes. You said: Look')
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    for (const model of [CLAUDE, 'amazon.nova-pro-v1:0']) {
      const json = await ask(model, {
        response_format: { type: 'json_schema', json_schema: { name: 'place', schema } },
      })
      expect(JSON.parse(json.choices[0]?.message.content ?? '')).toHaveProperty('city')
      expect(json.choices[0]?.finish_reason).toBe('stop')
    }
    const cached: ChatRequest['messages'] = [
      { role: 'system', content: 'A long prompt.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ...hello,
    ]
    const written = await ask(CLAUDE, { messages: cached })
    expect(written.usage).toMatchObject({ prompt_tokens: 5, cache_creation_input_tokens: 3 })
    const read = await ask(CLAUDE, { messages: cached })
    expect(read.usage?.prompt_tokens_details?.cached_tokens).toBe(3)
  })

  test('a stand-in tool for a schema streams as text', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const { text, finish } = await streamed('amazon.nova-lite-v1:0', {
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema } },
    })
    expect(JSON.parse(text)).toHaveProperty('city')
    expect(finish).toBe('stop')
  })

  test.each([
    ['rate-limit', 'RateLimitError', true],
    ['context', 'ContextWindowExceededError', false],
    ['content-policy', 'ContentPolicyViolationError', false],
    ['unauthorized', 'AuthenticationError', false],
    ['forbidden', 'PermissionDeniedError', false],
    ['not-found', 'NotFoundError', false],
    ['quota', 'RateLimitError', true],
    ['timeout', 'APITimeoutError', true],
    ['overloaded', 'ServiceUnavailableError', true],
  ] as const)('%s is a %s', async (failure, name, retryable) => {
    upstream.script({ failure })
    await expect(ask(CLAUDE)).rejects.toMatchObject({ name, retryable, provider: 'bedrock' })
  })

  test('an exception in the middle of a stream is the error of its kind', async () => {
    upstream.script({ failAfterEvents: 3, failure: 'rate-limit' })
    await expect(streamed(CLAUDE)).rejects.toMatchObject({ name: 'RateLimitError', provider: 'bedrock' })
  })

  test('a wrong secret is an authentication error', async () => {
    const refused = ask(CLAUDE, {}, keys({ aws_secret_access_key: 'another-secret' }))
    await expect(refused).rejects.toMatchObject({ name: 'AuthenticationError' })
  })

  test('what the model cannot do is refused by name', async () => {
    const request = { tools: [weather], tool_choice: 'required' as const }
    await expect(ask('meta.llama3-8b-instruct-v1:0', request)).rejects.toThrow(/tool_choice/)
    await expect(ask('amazon.titan-text-express-v1', { reasoning_effort: 'low' })).rejects.toThrow(
      /reasoning_effort/,
    )
  })

  test('keys are nowhere in the body', async () => {
    await ask(CLAUDE)
    expect(lastRequest().raw.toString()).not.toContain('aws_')
  })
})

describe('InvokeModel', () => {
  test.each([
    ['invoke/anthropic.claude-3-haiku-20240307-v1:0'],
    ['invoke/amazon.nova-lite-v1:0'],
    ['invoke/amazon.titan-text-express-v1'],
    ['invoke/meta.llama3-8b-instruct-v1:0'],
    ['invoke/openai.gpt-oss-20b-1:0'],
  ])('%s, whole and streamed', async model => {
    const reply = await ask(model, { max_tokens: 100 })
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(reply.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
    expect(lastRequest().path).toMatch(/\/invoke$/)
    const { text, finish, facts } = await streamed(model, { max_tokens: 100 })
    expect({ text, finish }).toEqual({ text: 'You said: Hello there', finish: 'stop' })
    expect(facts.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
    expect(lastRequest().path).toMatch(/\/invoke-with-response-stream$/)
  })

  test('a client of Anthropic’s format reaches Claude by its own body', async () => {
    const reply = await anthropicMessages(
      {
        model: `bedrock/${CLAUDE}`,
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Hello there' }],
        ...keys(),
      },
      options(),
    )
    expect(reply).toMatchObject({ content: [{ type: 'text', text: 'You said: Hello there' }] })
    expect(lastRequest().path).toMatch(/\/invoke$/)
    expect(lastRequest().body).toMatchObject({ anthropic_version: 'bedrock-2023-05-31' })
  })
})

test('the betas of a client of Anthropic’s format go into the body, in the platform’s names', async () => {
  await call(
    {
      endpoint: 'chat',
      clientFormat: 'anthropic-messages',
      formatHeaders: { 'anthropic-beta': 'context-1m-2025-08-07,made-up-2020-01-01' },
      request: { model: 'm', messages: hello, max_tokens: 100 },
      deployment: {
        id: 'd',
        group: 'g',
        provider: 'bedrock',
        model: CLAUDE,
        apiBase: upstream.url,
        params: keys(),
      },
      id: 'call-1',
      now: Date.now(),
      strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
      timeoutMs: 5_000,
      warn() {},
    },
    sdkHost(),
  )
  expect(lastRequest().body).toMatchObject({ anthropic_beta: ['context-1m-2025-08-07'] })
  expect(lastRequest().headers).not.toHaveProperty('anthropic-beta')
})

describe('Embeddings', () => {
  const embed = (model: string, more: JsonObject = {}) =>
    embedding(
      { model: `bedrock/${model}`, input: ['Hello there', 'you', 'all'], ...keys(), ...more },
      options(),
    )

  test.each([
    ['amazon.titan-embed-text-v1', 3, 8],
    ['cohere.embed-english-v3', 1, 8],
    ['amazon.nova-2-multimodal-embeddings-v1:0', 3, 3072],
  ])('%s, as many requests as it wants', async (model, requests, dimensions) => {
    const reply = await embed(model)
    expect(reply.data.map(({ index, embedding: vector }) => [index, vector.length])).toEqual([
      [0, dimensions],
      [1, dimensions],
      [2, dimensions],
    ])
    expect(reply.data[0]?.embedding).not.toEqual(reply.data[1]?.embedding)
    expect(reply.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 })
    expect(upstream.requests).toHaveLength(requests)
  })

  test('dimensions go where the model has them, or are refused', async () => {
    const reply = await embed('amazon.titan-embed-text-v2:0', { dimensions: 512 })
    expect(reply.data[0]?.embedding).toHaveLength(512)
    await expect(embed('amazon.titan-embed-text-v1', { dimensions: 512 })).rejects.toThrow(/dimensions/)
  })

  test('an image is embedded by a multimodal model and refused by others', async () => {
    const input = 'data:image/png;base64,aW1hZ2U='
    const reply = await embed('amazon.titan-embed-image-v1', { input })
    expect(reply.data).toHaveLength(1)
    expect(lastRequest().body).toEqual({ inputImage: 'aW1hZ2U=' })
    await expect(embed('amazon.titan-embed-text-v1', { input })).rejects.toThrow(/multimodal/)
  })

  test('a failure in the middle of a batch is the error of its kind', async () => {
    upstream.script({ match: request => JSON.stringify(request.body).includes('you'), failure: 'rate-limit' })
    await expect(embed('amazon.titan-embed-text-v1')).rejects.toMatchObject({ name: 'RateLimitError' })
  })
})

describe('other work', () => {
  test('Claude’s tokens are counted by AWS, under its own id', async () => {
    const counted = await call(
      {
        endpoint: 'count_tokens',
        clientFormat: 'openai-chat',
        request: { model: 'm', messages: hello },
        deployment: deploymentOf(`us.${CLAUDE}`),
        id: 'call-1',
        now: Date.now(),
        strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
        timeoutMs: 5_000,
        warn() {},
      },
      sdkHost(),
    )
    expect(counted).toMatchObject({ response: { input_tokens: 2, tokenizer: 'provider' } })
    expect(lastRequest().path).toBe(`/model/${encodeURIComponent(CLAUDE)}/count-tokens`)
  })

  const deploymentOf = (model: string) => ({
    id: 'd',
    group: 'g',
    provider: 'bedrock',
    model,
    apiBase: upstream.url,
    params: keys(),
  })

  function callOf<E extends 'rerank' | 'image_generation' | 'image_edit'>(
    endpoint: E,
    model: string,
    request: RequestOf<E>,
  ) {
    return call(
      {
        endpoint,
        clientFormat: 'openai-chat',
        request,
        deployment: deploymentOf(model),
        id: 'call-1',
        now: Date.now(),
        strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
        timeoutMs: 5_000,
        warn() {},
      },
      sdkHost(),
    )
  }

  test('documents are reranked, the model named by its ARN in the region', async () => {
    const reply = await callOf('rerank', 'cohere.rerank-v3-5:0', {
      model: 'm',
      query: 'you',
      documents: ['Hello there', { text: 'you' }, { title: 'x', body: 'y' }],
      top_n: 2,
      return_documents: true,
    })
    expect(reply).toMatchObject({
      kind: 'whole',
      response: { results: [{ index: 1, relevance_score: 1, document: { text: 'you' } }, {}] },
    })
    expect(JSON.stringify(lastRequest().body)).toContain(
      '"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"',
    )
  })

  test.each([
    ['amazon.nova-canvas-v1:0', { size: '512x768', n: 2, quality: 'hd' }, 2],
    ['stability.stable-image-ultra-v1:1', { size: '1024x576', output_format: 'png' }, 1],
    ['stability.stable-diffusion-xl-v1', { size: '512x512' }, 1],
  ])('%s draws', async (model, more, count) => {
    const reply = await callOf('image_generation', model, { model: 'm', prompt: 'A red square', ...more })
    expect(reply).toMatchObject({ kind: 'whole' })
    expect('response' in reply && (reply.response as { data: unknown[] }).data).toHaveLength(count)
  })

  test('a picture is varied, or painted into where a mask says', async () => {
    const png = { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('png') }
    const asked = { model: 'm', prompt: 'A red square', image: [png], size: '512x512' }
    const varied = await callOf('image_edit', 'amazon.nova-canvas-v1:0', asked)
    expect(varied).toMatchObject({ kind: 'whole' })
    expect(lastRequest().body).toEqual({
      taskType: 'IMAGE_VARIATION',
      imageVariationParams: { images: ['cG5n'], text: 'A red square' },
      imageGenerationConfig: { width: 512, height: 512 },
    })
    await callOf('image_edit', 'amazon.titan-image-generator-v2:0', {
      ...asked,
      mask: 'data:image/png;base64,AA==',
    })
    expect(lastRequest().body).toMatchObject({
      taskType: 'INPAINTING',
      inPaintingParams: { image: 'cG5n', maskImage: 'AA==', text: 'A red square' },
    })
    await callOf('image_edit', 'stability.sd3-5-large-v1:0', { model: 'm', prompt: 'x', image: [png] })
    expect(lastRequest().body).toEqual({ prompt: 'x', image: 'cG5n', mode: 'image-to-image', strength: 0.7 })
  })

  test('what an image model cannot do is refused by name, a filtered picture is told', async () => {
    const asked = { model: 'm', prompt: 'A red square' }
    await expect(
      callOf('image_generation', 'stability.stable-image-ultra-v1:1', { ...asked, quality: 'hd' }),
    ).rejects.toThrow(/quality/)
    upstream.script({ body: { images: [], finish_reasons: ['Filter reason: prompt'] } })
    await expect(
      callOf('image_generation', 'stability.stable-image-ultra-v1:1', asked),
    ).rejects.toMatchObject({ name: 'ContentPolicyViolationError' })
  })
})
