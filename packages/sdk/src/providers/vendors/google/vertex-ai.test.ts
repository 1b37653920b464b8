import { GoogleGenAI } from '@google/genai'
import { startUpstream, testServiceAccount, type Upstream } from '@sluice/testkit'
import { OAuth2Client } from 'google-auth-library'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { completion } from '../../../api/calls/completion.ts'
import { createHost } from '../../../api/host.ts'
import { type Call, call } from '../../../call.ts'
import { GoogleKeyRing } from '../../../credentials/google/google.ts'
import { createCatalogue } from '../../../models/catalogue.ts'
import type { RoutingHost } from '../../../router/router.ts'
import type { Reply } from '../../../steps/reply.ts'
import { askChat, rejectionOf } from '../../../testing/ask.ts'
import type { ChatChunk, ChatRequest, ChatResponse } from '../../../types/chat.ts'
import type { CountTokensResponse } from '../../../types/count-tokens.ts'
import type { Deployment } from '../../../types/deployment.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../../types/embedding.ts'

let upstream: Upstream
let host: RoutingHost
beforeAll(async () => {
  upstream = await startUpstream()
  const secret = (names: readonly string[]) =>
    names.includes('SLUICE_GOOGLE_TOKEN_ORIGINS') ? upstream.url : undefined
  host = createHost(createCatalogue(), secret, 1024 * 1024)
})
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

let accounts = 0

/** Every test has credentials of its own, because tokens are remembered. */
function deployment(model: string, over: Partial<Deployment> = {}): Deployment {
  const vertex_credentials = { ...testServiceAccount(upstream.url), client_id: `account-${accounts++}` }
  return {
    id: 'd',
    group: 'g',
    provider: 'vertex_ai',
    model,
    apiBase: upstream.url,
    params: { vertex_credentials, vertex_location: 'us-east5' },
    ...over,
  }
}

async function chatOf(of: Deployment, request: Partial<ChatRequest> = {}): Promise<ChatResponse> {
  const reply = await call(askChat(of, request), host)
  return whole(reply)
}

function whole(reply: Reply<'chat'>): ChatResponse {
  if (reply.kind !== 'whole') throw new Error(`A whole reply was expected, not ${reply.kind}.`)
  return reply.response
}

async function streamOf(of: Deployment, request: Partial<ChatRequest> = {}): Promise<ChatChunk[]> {
  const reply = await call(askChat(of, { ...request, stream: true }), host)
  if (reply.kind !== 'stream') throw new Error(`A stream was expected, not ${reply.kind}.`)
  const chunks: ChatChunk[] = []
  await reply.pump(events => void chunks.push(...events))
  return chunks
}

async function other<Response>(
  endpoint: 'count_tokens' | 'embedding',
  of: Deployment,
  request: ChatRequest | EmbeddingRequest,
): Promise<Response> {
  const { endpoint: _, ...ask } = askChat(of)
  const asked = { ...ask, endpoint, request } as unknown as Call<typeof endpoint>
  const reply = await call(asked, host)
  if (reply.kind !== 'whole') throw new Error('A whole reply was expected.')
  return reply.response as Response
}

const last = () => upstream.requests.at(-1)
const textOf = (chunks: readonly ChatChunk[]) =>
  chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')
const MODELS = [
  'gemini-2.5-flash',
  'claude-sonnet-4-5@20250929',
  'mistral-large@2411',
  'jamba-1.5-large@001',
  'meta/llama-3.3-70b-instruct-maas',
  'openai/5464397967697903616',
  '4965075652664360960',
]

test.each(MODELS)('%s answers whole and streamed, with what it cost', async model => {
  const of = deployment(model)
  const reply = await chatOf(of, { max_tokens: 100 })
  expect(reply.choices[0]).toMatchObject({
    message: { content: 'You said: Hello there' },
    finish_reason: 'stop',
  })
  expect(reply.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
  const chunks = await streamOf(of, { max_tokens: 100 })
  expect(textOf(chunks)).toBe('You said: Hello there')
  expect(chunks.findLast(chunk => chunk.usage)?.usage).toMatchObject({ completion_tokens: 4 })
  expect(last()?.path).toContain('/projects/testkit-project/locations/us-east5/')
})

test('the project of the key is used where none is given, and one token serves many calls', async () => {
  const of = deployment('gemini-2.5-flash')
  await Promise.all([chatOf(of), chatOf(of), streamOf(of)])
  await chatOf(of)
  expect(upstream.tokens.all).toHaveLength(1)
  expect(upstream.requests.filter(({ path }) => path === '/token')).toHaveLength(1)
})

test('a token is renewed shortly before it ends', async () => {
  // The token service goes by the real clock, and gives an hour from when it was asked.
  let now = Date.now() - 3_400_000
  const own: RoutingHost = { ...host, signing: { ...host.signing, now: () => now } }
  const of = deployment('gemini-2.5-flash')
  await call(askChat(of), own)
  now += 1_000_000
  await call(askChat(of), own)
  expect(upstream.tokens.all).toHaveLength(1)
  now += 2_400_000
  await call(askChat(of), own)
  expect(upstream.tokens.all).toHaveLength(2)
})

test('short-lived tokens are used for most of their life', async () => {
  upstream.script({ match: { path: '/token' }, lifetimeSeconds: 60, times: 1 })
  const of = deployment('gemini-2.5-flash')
  let later = 0
  const own: RoutingHost = { ...host, signing: { ...host.signing, now: () => Date.now() + later } }
  await call(askChat(of), own)
  later = 30_000
  await call(askChat(of), own)
  expect(upstream.tokens.all).toHaveLength(1)
  later = 50_000
  await call(askChat(of), own)
  expect(upstream.tokens.all).toHaveLength(2)
})

test('a wrong key, a wrong project and a revoked token are told apart, and say no secret', async () => {
  const of = deployment('gemini-2.5-flash')
  const foreign = { ...of, params: { ...of.params, vertex_project: 'not-mine' } }
  expect(await rejectionOf(chatOf(foreign))).toMatchObject({ kind: 'permission', retryable: false })
  for (const { token } of upstream.tokens.all) upstream.tokens.revoke(token)
  expect(await rejectionOf(chatOf(of))).toMatchObject({ kind: 'authentication', provider: 'vertex_ai' })
  const key = await rejectionOf(chatOf(deployment('gemini-2.5-flash', { apiKey: 'bad-key', params: {} })))
  expect(key).toMatchObject({ kind: 'authentication' })
})

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

test.each(['gemini-3-pro-preview', 'claude-sonnet-4-5@20250929', 'meta/llama-3.3-70b-instruct-maas'])(
  '%s calls a tool and reads its result',
  async model => {
    const of = deployment(model)
    const ask: ChatRequest = {
      model: 'asked',
      messages: [{ role: 'user', content: 'What is the weather?' }],
      max_tokens: 200,
      tools,
      tool_choice: 'required',
    }
    const first = await chatOf(of, ask)
    const message = first.choices[0]?.message
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    const [toolCall] = message?.tool_calls ?? []
    expect(toolCall?.function.name).toBe('get_weather')
    const second = await chatOf(of, {
      ...ask,
      tool_choice: 'auto',
      messages: [
        ...ask.messages,
        { ...message, role: 'assistant', content: message?.content ?? null },
        { role: 'tool', tool_call_id: toolCall?.id ?? '', content: 'sunny' },
      ],
    })
    expect(second.choices[0]?.message.content).toContain('sunny')
  },
)

const PIXEL = 'data:image/png;base64,iVBORw0KGgo='

test('pictures go as bytes, and files of Cloud Storage by their address', async () => {
  const of = deployment('gemini-2.5-flash')
  await chatOf(of, {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: PIXEL } },
          { type: 'image_url', image_url: { url: 'gs://bucket/a.png' } },
          { type: 'file', file: { file_id: 'https://host.test/a.pdf' } },
        ],
      },
    ],
  })
  expect(last()?.body).toMatchObject({
    contents: [
      {
        parts: [
          { text: 'What is this?' },
          { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
          { fileData: { mimeType: 'image/png', fileUri: 'gs://bucket/a.png' } },
          { fileData: { mimeType: 'application/pdf', fileUri: 'https://host.test/a.pdf' } },
        ],
      },
    ],
  })
})

test('Claude hears its version and no model; betas go in the header', async () => {
  await chatOf(deployment('anthropic/claude-sonnet-4-5@20250929'), {
    max_tokens: 100,
    betas: ['context-1m-2025-08-07', 'fast-mode-2026-02-01'],
  })
  const { body, headers, path } = last() ?? {}
  expect(path).toMatch(/\/publishers\/anthropic\/models\/claude-sonnet-4-5@20250929:rawPredict$/)
  expect(body).toMatchObject({ anthropic_version: 'vertex-2023-10-16', max_tokens: 100 })
  expect(body).not.toHaveProperty('model')
  expect(headers?.['anthropic-beta']).toBe('context-1m-2025-08-07')
})

test('an Anthropic client’s own betas reach Claude as far as Vertex AI knows them', async () => {
  const formatHeaders = { 'anthropic-beta': 'context-1m-2025-08-07, fast-mode-2026-02-01,made-up-2030-01-01' }
  const over = { clientFormat: 'anthropic-messages', formatHeaders }
  const ask = askChat(deployment('claude-sonnet-4-5'), { max_tokens: 10 }, over)
  await call(ask, host)
  expect(last()?.headers['anthropic-beta']).toBe('context-1m-2025-08-07')
  expect(ask.warnings.map(({ param }) => param)).toEqual([
    'betas.fast-mode-2026-02-01',
    'betas.made-up-2030-01-01',
  ])
})

test('an Anthropic client’s answer passes untouched, its request does not', async () => {
  const body = {
    model: 'claude-sonnet-4-5',
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: 'Hi' }],
    anthropic_version: 'vertex-2023-10-16',
  }
  const ask = askChat(deployment('claude-sonnet-4-5'), body, {
    clientFormat: 'anthropic-messages',
    original: { format: 'anthropic-messages', bytes: Buffer.from(JSON.stringify(body)), body },
  })
  const reply = await call({ ...ask, request: body }, host)
  expect(reply.kind).toBe('relay')
  expect(last()?.body).not.toHaveProperty('model')
  const stream = await call({ ...ask, request: { ...body, stream: true } }, host)
  expect(stream.kind).toBe('relay-stream')
  expect(last()?.path).toMatch(/:streamRawPredict$/)
  if (stream.kind === 'relay-stream') stream.abort()
})

test.each(['gemini-2.5-flash', 'claude-sonnet-4-5@20250929'])('%s counts tokens', async model => {
  const request: ChatRequest = {
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello there' },
    ],
    max_tokens: 10,
  }
  const reply = await other<CountTokensResponse>('count_tokens', deployment(model), request)
  expect(reply).toMatchObject({ input_tokens: 4, tokenizer: 'provider' })
})

test.each([
  ['text-embedding-005', 4],
  ['gemini-embedding-001', 4],
])('%s embeds texts', async (model, tokens) => {
  const reply = await other<EmbeddingResponse>('embedding', deployment(model), {
    model: 'm',
    input: ['Hello there', 'dear you'],
    dimensions: 12,
    input_type: 'search_query',
  })
  expect(reply.data.map(({ embedding }) => embedding.length)).toEqual([12, 12])
  expect(reply.usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens })
  expect(last()?.body).toEqual({
    instances: [
      { content: 'Hello there', task_type: 'RETRIEVAL_QUERY' },
      { content: 'dear you', task_type: 'RETRIEVAL_QUERY' },
    ],
    parameters: { outputDimensionality: 12 },
  })
})

test('a newer model is asked for one text after the other', async () => {
  const of = deployment('gemini-embedding-2-preview')
  const reply = await other<EmbeddingResponse>('embedding', of, {
    model: 'm',
    input: 'Hello there',
    dimensions: 9,
  })
  expect(reply.data.map(({ embedding }) => embedding.length)).toEqual([9])
  expect(reply.usage?.prompt_tokens).toBe(2)
  const two = await other<EmbeddingResponse>('embedding', of, { model: 'm', input: ['a', 'b c'] })
  expect(two.data.map(({ index }) => index)).toEqual([0, 1])
  expect(two.usage?.prompt_tokens).toBe(3)
})

test('texts, pictures and videos share one space of multimodal embeddings', async () => {
  const reply = await other<EmbeddingResponse>('embedding', deployment('multimodalembedding@001'), {
    model: 'm',
    input: ['a cat', PIXEL, 'gs://b/c.jpg', 'gs://b/c.mp4'],
    dimensions: 128,
  })
  expect(reply.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
    [0, 128],
    [1, 128],
    [2, 128],
    [3, 128],
  ])
  expect(last()?.body).toEqual({
    instances: [
      { text: 'a cat' },
      { image: { bytesBase64Encoded: 'iVBORw0KGgo=', mimeType: 'image/png' } },
      { image: { gcsUri: 'gs://b/c.jpg' } },
      { video: { gcsUri: 'gs://b/c.mp4' } },
    ],
    parameters: { dimension: 128 },
  })
})

test('a tuned embedding model answers bare vectors', async () => {
  const reply = await other<EmbeddingResponse>('embedding', deployment('123456'), { model: 'm', input: 'Hi' })
  expect(reply.data.map(({ embedding }) => embedding.length)).toEqual([8])
  expect(last()?.body).toEqual({ instances: [{ inputs: 'Hi' }] })
})

test('a call of one’s own may name project and credentials as LiteLLM’s users do', async () => {
  const refused = completion(
    {
      model: 'vertex_ai/gemini-2.5-flash',
      messages: [{ role: 'user', content: 'Hello there' }],
      vertex_project: 'testkit-project',
      vertex_location: 'eu',
      vertex_credentials: { type: 'service_account' },
    },
    { apiBase: upstream.url, numRetries: 0 },
  )
  const error = await rejectionOf(refused)
  expect(error).toMatchObject({ kind: 'bad_request', param: 'vertex_credentials.client_email' })
  const keyed = await completion(
    {
      model: 'vertex_ai/gemini-2.5-flash',
      messages: [{ role: 'user', content: 'Hello there' }],
      vertex_project: 'testkit-project',
      vertex_location: 'eu',
    },
    { apiKey: 'AQ.key', apiBase: upstream.url, numRetries: 0 },
  )
  expect(keyed.choices[0]?.message.content).toBe('You said: Hello there')
  expect(last()?.path).toContain('/projects/testkit-project/locations/eu/')
  expect(last()?.body).not.toHaveProperty('vertex_project')
})

const ASK = { model: 'gemini-2.5-flash', contents: 'Hello there' }

async function expectAnswers(client: GoogleGenAI): Promise<void> {
  expect((await client.models.generateContent(ASK)).text).toBe('You said: Hello there')
  let text = ''
  for await (const piece of await client.models.generateContentStream(ASK)) text += piece.text ?? ''
  expect(text).toBe('You said: Hello there')
  expect((await client.models.countTokens(ASK)).totalTokens).toBe(2)
  const embedded = await client.models.embedContent({ ...ASK, model: 'text-embedding-005' })
  expect(embedded.embeddings?.[0]?.values).toHaveLength(768)
}

test('the vendor’s own client and ours are understood by the same fake: with a token that we asked for', async () => {
  const account = testServiceAccount(upstream.url)
  const params = { vertex_credentials: account }
  const { token } = await new GoogleKeyRing().tokenFor(deployment('m', { params }), undefined, host.signing)
  const authClient = new OAuth2Client()
  authClient.setCredentials({ access_token: token, expiry_date: Date.now() + 3_600_000 })
  await expectAnswers(
    new GoogleGenAI({
      vertexai: true,
      project: account.project_id,
      location: 'us-central1',
      // The client brings its own copy of the package, whose classes are not the same types.
      googleAuthOptions: { authClient: authClient as never },
      httpOptions: { baseUrl: upstream.url },
    }),
  )
  expect(last()?.headers.authorization).toBe(`Bearer ${token}`)
})

test('the vendor’s own client and ours are understood by the same fake: with a key of express mode', async () => {
  await expectAnswers(
    new GoogleGenAI({ vertexai: true, apiKey: 'AQ.key', httpOptions: { baseUrl: upstream.url } }),
  )
  const reply = await chatOf(deployment('gemini-2.5-flash', { apiKey: 'AQ.key', params: {} }))
  expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
  expect(last()?.path).toBe('/v1/publishers/google/models/gemini-2.5-flash:generateContent')
})
