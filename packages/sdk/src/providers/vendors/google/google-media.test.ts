import { startUpstream, testServiceAccount, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createHost } from '../../../api/host.ts'
import { type Call, call } from '../../../call.ts'
import { decodeVideoId } from '../../../codecs/media/video-id.ts'
import { createCatalogue } from '../../../models/catalogue.ts'
import type { RoutingHost } from '../../../router/router.ts'
import { askChat, rejectionOf } from '../../../testing/ask.ts'
import type { Deployment } from '../../../types/deployment.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../../../types/endpoint-map.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'

let upstream: Upstream
let host: RoutingHost
beforeAll(async () => {
  upstream = await startUpstream()
  const secret = (names: readonly string[]) =>
    names.includes('SLUICE_GOOGLE_TOKEN_ORIGINS') ? upstream.url : undefined
  host = createHost(createCatalogue(), secret, 1024 * 1024)
})
beforeEach(() => {
  upstream.reset()
  warnings = []
  vertex = placed()
})
afterAll(() => upstream.close())

let accounts = 0
let warnings: Warning[] = []
let vertex: Partial<Deployment> = {}

function placed(): Partial<Deployment> {
  const vertex_credentials = { ...testServiceAccount(upstream.url), client_id: `media-${accounts++}` }
  return { provider: 'vertex_ai', params: { vertex_credentials, vertex_location: 'us-central1' } }
}
const gemini: Partial<Deployment> = { provider: 'gemini', apiKey: 'AIza-key-of-google' }

async function ask<E extends EndpointName>(
  endpoint: E,
  at: Partial<Deployment>,
  request: RequestOf<E>,
): Promise<ResponseOf<E>> {
  const { model } = request
  const of: Deployment = { id: 'd', group: 'g', provider: '', model, apiBase: upstream.url, ...at }
  const { endpoint: _, ...rest } = askChat(of, {}, { warn: warning => void warnings.push(warning) })
  const reply = await call({ ...rest, endpoint, request } as unknown as Call<E>, host)
  if (reply.kind !== 'whole') throw new Error('A whole reply was expected.')
  return reply.response
}

/** What comes next from this path. */
function answers(path: RegExp, body: JsonObject): void {
  upstream.script({ match: { path }, body })
}

const last = () => upstream.requests.at(-1)
const pixel = Buffer.from('pixel').toString('base64')
const drawn: JsonObject = {
  candidates: [
    {
      content: { parts: [{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data: pixel } }] },
      finishReason: 'STOP',
    },
  ],
  usageMetadata: {
    promptTokenCount: 5,
    candidatesTokenCount: 1290,
    totalTokenCount: 1295,
    candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
  },
}

test.each([
  ['gemini', () => gemini, '/v1beta/models/'],
  ['vertex', () => vertex, '/v1/projects/testkit-project/locations/us-central1/publishers/google/models/'],
])('Imagen draws at %s, in a ratio near the size', async (_, at, folder) => {
  const reply = await ask('image_generation', at(), {
    model: 'imagen-4.0-generate-001',
    prompt: 'A cat',
    n: 2,
    size: '1792x1024',
    output_format: 'jpeg',
    negativePrompt: 'dogs',
  })
  expect(reply.data).toHaveLength(2)
  expect(reply.data[0]?.b64_json).toBeTypeOf('string')
  expect(last()?.path).toBe(`${folder}imagen-4.0-generate-001:predict`)
  expect(last()?.body).toEqual({
    instances: [{ prompt: 'A cat' }],
    parameters: {
      sampleCount: 2,
      aspectRatio: '16:9',
      outputOptions: { mimeType: 'image/jpeg' },
      negativePrompt: 'dogs',
    },
  })
  expect(warnings).toMatchObject([{ action: 'approximated', param: 'size' }])
})

test('pictures that Imagen held back are recorded, and when all were, the reason is the error', async () => {
  const asked = { model: 'imagen-4.0-generate-001', prompt: 'A cat', n: 2 }
  answers(/:predict$/, {
    predictions: [{ bytesBase64Encoded: pixel }, { raiFilteredReason: 'Too wild.' }],
  })
  expect((await ask('image_generation', gemini, asked)).data).toHaveLength(1)
  expect(warnings).toMatchObject([{ action: 'dropped', param: 'n' }])
  answers(/:predict$/, { predictions: [{ raiFilteredReason: 'Too wild.' }] })
  expect(await rejectionOf(ask('image_generation', gemini, asked))).toMatchObject({
    kind: 'content_policy',
    message: 'Too wild.',
  })
})

test.each([
  ['gemini', () => gemini],
  ['vertex', () => vertex],
])('Gemini draws at %s, and tells its tokens by kind', async (_, at) => {
  answers(/:generateContent$/, drawn)
  const reply = await ask('image_generation', at(), {
    model: 'gemini-3-pro-image-preview',
    prompt: 'A cat',
    size: '2048x2048',
  })
  expect(reply.data).toEqual([{ b64_json: pixel }])
  expect(reply.usage).toMatchObject({
    input_tokens: 5,
    output_tokens: 1290,
    output_tokens_details: { image_tokens: 1290 },
  })
  expect(last()?.body).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'A cat' }] }],
    generationConfig: {
      responseModalities: ['TEXT', 'IMAGE'],
      imageConfig: { aspectRatio: '1:1', imageSize: '2K' },
    },
  })
})

test('Gemini goes on from pictures, uploaded or linked', async () => {
  answers(/:generateContent$/, drawn)
  const upload = { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('pixel') }
  await ask('image_edit', gemini, {
    model: 'gemini-2.5-flash-image',
    prompt: 'With a hat',
    image: [upload, 'https://host.test/b.png'],
  })
  expect(last()?.body).toMatchObject({
    contents: [
      {
        parts: [
          { text: 'With a hat' },
          { inlineData: { mimeType: 'image/png', data: pixel } },
          { fileData: { mimeType: 'image/png', fileUri: 'https://host.test/b.png' } },
        ],
      },
    ],
  })
})

test('a model that writes instead of drawing is quoted', async () => {
  answers(/:generateContent$/, {
    candidates: [{ content: { parts: [{ text: 'I would rather not.' }] }, finishReason: 'STOP' }],
  })
  const error = await rejectionOf(
    ask('image_generation', gemini, { model: 'gemini-2.5-flash-image', prompt: 'A cat' }),
  )
  expect(String(error)).toContain('I would rather not.')
})

test('Imagen on Vertex AI edits where the mask says', async () => {
  const bytes = Buffer.from('pixel')
  const file = { filename: 'a.png', contentType: 'image/png', bytes }
  answers(/:predict$/, { predictions: [{ bytesBase64Encoded: pixel }] })
  await ask('image_edit', vertex, {
    model: 'imagen-3.0-capability-001',
    prompt: 'A hat',
    image: [file],
    mask: file,
  })
  expect(last()?.body).toMatchObject({
    instances: [
      {
        prompt: 'A hat',
        referenceImages: [
          { referenceType: 'REFERENCE_TYPE_RAW', referenceId: 1 },
          { referenceType: 'REFERENCE_TYPE_MASK', referenceId: 2 },
        ],
      },
    ],
    parameters: { editMode: 'EDIT_MODE_INPAINT_INSERTION', sampleCount: 1 },
  })
})

const samples = Buffer.alloc(480)
const spoken: JsonObject = {
  candidates: [
    {
      content: {
        parts: [
          { inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: samples.toString('base64') } },
        ],
      },
      finishReason: 'STOP',
    },
  ],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 25, totalTokenCount: 28 },
}

test('Gemini speaks: samples as they are, or as a WAV file', async () => {
  const asked = { model: 'gemini-2.5-flash-preview-tts', input: 'Hello', voice: 'alloy' }
  answers(/:generateContent$/, spoken)
  const pcm = await ask('speech', gemini, { ...asked, response_format: 'pcm' })
  expect(pcm.audio).toMatchObject({ contentType: 'audio/pcm', bytes: samples })
  expect(pcm.usage).toEqual({ input_tokens: 3, output_tokens: 25, total_tokens: 28 })
  expect(last()?.body).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
    },
  })
  warnings = []
  answers(/:generateContent$/, spoken)
  const wav = await ask('speech', vertex, { ...asked, voice: 'Puck', instructions: 'Whisper' })
  expect(wav.audio.contentType).toBe('audio/wav')
  expect(wav.audio.bytes.subarray(0, 4).toString()).toBe('RIFF')
  expect(wav.audio.bytes.readUInt32LE(24)).toBe(24_000)
  expect(warnings.map(({ param }) => param)).toEqual(['response_format', 'instructions'])
})

test('Google Cloud speaks by Vertex AI’s credentials', async () => {
  const asked = { model: 'chirp', input: 'Hello', voice: 'en-GB-Chirp3-HD-Kore', speed: 1.5 }
  const reply = await ask('speech', vertex, asked)
  expect(reply.audio.contentType).toBe('audio/mpeg')
  expect(reply.audio.bytes.toString()).toBe('MP3 Hello')
  expect(last()?.headers.authorization).toMatch(/^Bearer ya29\./)
  expect(last()?.body).toEqual({
    input: { text: 'Hello' },
    voice: { languageCode: 'en-GB', name: 'en-GB-Chirp3-HD-Kore' },
    audioConfig: { audioEncoding: 'MP3', speakingRate: 1.5 },
  })
  const marked = await ask('speech', vertex, {
    model: 'chirp',
    input: '<speak>Hi</speak>',
    response_format: 'wav',
  })
  expect(marked.audio.bytes.toString()).toBe('LINEAR16 <speak>Hi</speak>')
  const flac = ask('speech', vertex, { model: 'chirp', input: 'Hi', response_format: 'flac' })
  expect(await rejectionOf(flac)).toMatchObject({ kind: 'unsupported_params', param: 'response_format' })
})

test('Mistral’s models of Vertex AI read documents and fill in code', async () => {
  const document = { type: 'document_url' as const, document_url: 'data:application/pdf;base64,aGk=' }
  const read = await ask('ocr', vertex, { model: 'mistral-ocr-2505', document })
  expect(read.pages).toHaveLength(1)
  expect(last()?.body).toMatchObject({ model: 'mistral-ocr-2505', document })
  const filled = await ask('text_completion', vertex, {
    model: 'codestral-2501',
    prompt: 'function one() {',
    suffix: '}',
  })
  expect(filled.choices[0]?.text).toBe('between "function one() {" and "}"')
  expect(last()?.body).toMatchObject({ model: 'codestral-2501', prompt: 'function one() {', suffix: '}' })
})

test('Vertex AI ranks documents, the most relevant first', async () => {
  const reply = await ask('rerank', vertex, {
    model: 'semantic-ranker-default@latest',
    query: 'blue sky',
    documents: ['red earth', { text: 'the sky is blue' }, 'a blue car'],
    top_n: 2,
  })
  expect(reply.results).toEqual([
    { index: 1, relevance_score: 1 },
    { index: 2, relevance_score: 0.5 },
  ])
  expect(reply.meta?.billed_units).toEqual({ search_units: 1 })
  expect(last()?.path).toBe(
    '/v1/projects/testkit-project/locations/global/rankingConfigs/default_ranking_config:rank',
  )
})

test.each([
  ['gemini', () => gemini],
  ['vertex', () => vertex],
])('Veo at %s: a job is started, looked at until it is done, and fetched', async (_, at) => {
  upstream.script({ match: { path: /:predictLongRunning$/ }, job: { runningPolls: 1 } })
  const model = 'veo-3.1-generate-preview'
  const started = await ask('video_generation', at(), {
    model,
    prompt: 'Waves',
    seconds: '8',
    size: '1280x720',
    input_reference: { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('pixel') },
  })
  expect(started).toMatchObject({ object: 'video', status: 'queued', seconds: '8', prompt: 'Waves' })
  expect(last()?.body).toEqual({
    instances: [{ prompt: 'Waves', image: { bytesBase64Encoded: pixel, mimeType: 'image/png' } }],
    parameters: { aspectRatio: '16:9', resolution: '720p', durationSeconds: 8 },
  })
  const video_id = decodeVideoId(started.id)?.videoId ?? ''
  const running = await ask('video_status', at(), { model, video_id })
  expect(running).toMatchObject({ id: started.id, status: 'in_progress' })
  const done = await ask('video_status', at(), { model, video_id })
  expect(done).toMatchObject({ id: started.id, status: 'completed', progress: 100 })
  const content = await ask('video_content', at(), { model, video_id })
  expect(content).toMatchObject({ contentType: 'video/mp4', bytes: Buffer.from('testkit video') })
})

test('a video that failed says why, and one that is not finished cannot be fetched', async () => {
  const model = 'veo-3.1-generate-preview'
  const begin = async (job: { runningPolls?: number; error?: string }) => {
    upstream.script({ match: { path: /:predictLongRunning$/ }, job })
    const { id } = await ask('video_generation', gemini, { model, prompt: 'Waves' })
    return decodeVideoId(id)?.videoId ?? ''
  }
  const failing = await begin({ runningPolls: 0, error: 'No luck.' })
  expect(await ask('video_status', gemini, { model, video_id: failing })).toMatchObject({
    status: 'failed',
    error: { code: 'INTERNAL', message: 'No luck.' },
  })
  const slow = await begin({ runningPolls: 5 })
  const early = await rejectionOf(ask('video_content', gemini, { model, video_id: slow }))
  expect(early).toMatchObject({ kind: 'conflict' })
})

test.each(['files/abc', 'models/veo/operations/../../files', 'cachedContents/x', '../v1/x'])(
  'an id that is no video (%s) leads nowhere',
  async video_id => {
    for (const at of [gemini, vertex]) {
      const error = await rejectionOf(ask('video_status', at, { model: 'veo-3', video_id }))
      expect(error).toMatchObject({ kind: 'bad_request', param: 'video_id' })
    }
    expect(upstream.requests).toEqual([])
  },
)

test('what the chat can draw and say comes beside its text', async () => {
  const messages = [{ role: 'user' as const, content: 'Hello there' }]
  const picture = await ask('chat', vertex, {
    model: 'gemini-2.5-flash-image',
    messages,
    modalities: ['text', 'image'],
  })
  expect(picture.choices[0]?.message).toMatchObject({ content: 'You said: Hello there' })
  expect(picture.choices[0]?.message.images).toHaveLength(1)
  const voice = await ask('chat', gemini, {
    model: 'gemini-2.5-flash-preview-tts',
    messages,
    modalities: ['audio'],
    audio: { voice: 'Kore', format: 'pcm16' },
  })
  expect(voice.choices[0]?.message).toMatchObject({ content: null, audio: { data: expect.any(String) } })
})
