import { startUpstream } from '@sluice/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { doorPaths, type ListedDoor } from '../../packages/gateway/src/http/doors.ts'
import { eventually } from '../eventually.ts'
import { deployment, pixel, post, startRig } from '../gateway.ts'

const upstream = await startUpstream()
const own = (model_name: string, model: string, api_base: string, model_info: object) => ({
  model_name,
  litellm_params: { model, api_base, api_key: 'vendor-key' },
  model_info,
})
const rig = await startRig({
  upstream,
  models: [
    deployment(upstream, 'openai', 'judge', {}, 'omni-moderation-latest'),
    own('films', 'openai/sora-2', `${upstream.url}/v1`, { output_cost_per_video_per_second: 0.1 }),
    own('painter', 'openai/gpt-image-1', `${upstream.url}/v1`, { output_cost_per_image: 0.1 }),
    own('varier', 'openai/dall-e-2', `${upstream.url}/v1`, { output_cost_per_image: 0.1 }),
    own('speaker', 'openai/tts-1', `${upstream.url}/v1`, { input_cost_per_character: 0.1 }),
    own('listener', 'openai/whisper-1', `${upstream.url}/v1`, { input_cost_per_second: 0.1 }),
    own('searcher', 'cohere/rerank-v3.5', upstream.url, { input_cost_per_query: 0.002 }),
    own('reader', 'mistral/mistral-ocr-latest', `${upstream.url}/documents/v1`, { ocr_cost_per_page: 0.1 }),
  ],
  config: {
    search_tools: [
      {
        search_tool_name: 'web',
        litellm_params: {
          search_provider: 'tavily',
          api_key: 'vendor-key',
          api_base: `${upstream.url}/searches/tavily`,
        },
      },
    ],
  },
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const { masterKey } = rig.gateway
const film = (await (
  await post(rig.gateway, '/v1/videos', { model: 'films', prompt: 'waves' }, masterKey)
).json()) as {
  id: string
}

const messages = [{ role: 'user', content: 'Hello there' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello there' }] }]
const content = { parts: [{ text: 'Hello there' }] }
const image = `data:image/png;base64,${pixel}`
const document = { type: 'document_url', document_url: 'https://example.com/a.pdf' }

function recording(): FormData {
  const form = new FormData()
  form.append('model', 'listener')
  form.append('file', new File([Buffer.alloc(64)], 'a.wav', { type: 'audio/wav' }))
  return form
}

/** By endpoint: the model to name, and what to ask. */
const ASKS: Readonly<Record<string, readonly [model: string, body: object]>> = {
  chat: ['gpt-4o', { messages, max_tokens: 9 }],
  'chat gemini': ['gpt-4o', { contents }],
  'chat bedrock-converse': ['gpt-4o', { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }],
  count_tokens: ['claude-sonnet-4-6', { messages }],
  'count_tokens gemini': ['gemini-2.5-flash', { contents }],
  embedding: ['text-embedding-3-small', { input: 'text' }],
  'embedding gemini-embeddings': [
    'text-embedding-3-small',
    { content, requests: [{ model: 'models/text-embedding-3-small', content }] },
  ],
  image_edit: ['painter', { prompt: 'a cat', image }],
  image_generation: ['painter', { prompt: 'a cat' }],
  image_variation: ['varier', { image }],
  moderation: ['judge', { input: 'text' }],
  ocr: ['reader', { document }],
  rerank: ['searcher', { query: 'text', documents: ['text'] }],
  search: ['web', { query: 'text' }],
  speech: ['speaker', { input: 'text', voice: 'alloy' }],
  text_completion: ['gpt-4o', { prompt: 'Hello there' }],
  transcription: ['listener', {}],
  translation: ['listener', {}],
  video_generation: ['films', { prompt: 'waves' }],
  video_remix: ['films', { prompt: 'waves' }],
  video_status: ['films', {}],
  video_content: ['films', {}],
  video_delete: ['films', {}],
  video_list: ['films', {}],
}
/** Nothing to pay for, so that an empty purse shuts none of them. */
const FREE = new Set(['video_status', 'video_content', 'video_delete', 'video_list'])

function ask({ method, path, door }: ListedDoor, key: string | undefined): Promise<Response> {
  const [model, body] = ASKS[`${door.endpoint} ${door.codec.format}`] ?? ASKS[door.endpoint] ?? ['', {}]
  const place = path
    .replace('{model}', encodeURIComponent(model))
    .replace('{video_id}', film.id)
    .replace('{search_tool}', model)
  const query = method === 'GET' ? `?model=${model}` : ''
  const isForm = door.endpoint === 'transcription' || door.endpoint === 'translation'
  const json = JSON.stringify({ model, ...body })
  return fetch(`${rig.gateway.url}${place}${query}`, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(!isForm && { 'content-type': 'application/json' }),
    },
    ...(method === 'POST' && { body: isForm ? recording() : json }),
  })
}

const limits = {
  'a spent budget': [{ max_budget: 0 }, 429],
  'no requests a minute': [{ rpm_limit: 0 }, 429],
  'no tokens a minute': [{ tpm_limit: 0 }, 429],
  'no parallel requests': [{ max_parallel_requests: 0 }, 429],
  'no such model': [{ models: ['another'] }, 403],
  'no such route': [{ allowed_routes: ['/assistants'] }, 403],
  'a block': [{ blocked: true }, 401],
  'its age': [{ duration: '1s' }, 401],
} as const
const keys = new Map(
  await Promise.all(
    Object.entries(limits).map(async ([name, [fields]]) => [name, await rig.newKey(fields)] as const),
  ),
)
await eventually('the key has expired', async () => {
  const { status } = await post(rig.gateway, '/v1/models', undefined, keys.get('its age') ?? '')
  return status === 401
})

describe.each(doorPaths().map(listed => [`${listed.method} ${listed.path}`, listed] as const))(
  '%s',
  (_, listed) => {
    const { endpoint } = listed.door

    test('CVE-2026-12797: is shut without a key and by every limit of a key', async () => {
      expect(ASKS, 'a new endpoint is asked here too').toHaveProperty([endpoint])
      const before = upstream.requests.length
      expect((await ask(listed, undefined)).status).toBe(401)
      for (const [name, [, status]] of Object.entries(limits)) {
        if (listed.door.access === 'admin' && status !== 401) continue
        if (FREE.has(endpoint) && name === 'a spent budget') continue
        const response = await ask(listed, keys.get(name))
        expect([name, response.status, await response.text()]).toEqual([name, status, expect.any(String)])
      }
      expect(upstream.requests).toHaveLength(before)
    })

    if (listed.door.access === 'admin')
      test('is shut to every key but the master key', async () => {
        expect((await ask(listed, await rig.newKey())).status).toBe(403)
      })

    test('is open to others', async () => {
      if (endpoint === 'video_delete' || endpoint === 'video_remix' || endpoint === 'video_content') return
      const response = await ask(listed, masterKey)
      expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
    })
  },
)
