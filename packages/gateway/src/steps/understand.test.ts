import { codecs, openRecord } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import { adminCaller } from '../auth/caller.ts'
import { loadText } from '../config/testing/load-text.ts'
import { understand } from './understand.ts'

const always = 'general_settings: { always_include_stream_usage: true }'
const messages = [{ role: 'user', content: 'hi' }]

/** What is made of a chat request in OpenAI's format. */
async function understood(body: object, config: string) {
  const { settings } = await loadText(config)
  const open = {
    id: 'id',
    callId: 'id',
    endpoint: 'chat' as const,
    format: 'openai-chat',
    startedAt: 0,
  }
  const record = openRecord({ ...open, requestedModel: '' })
  const from = {
    open,
    codec: codecs.openaiChat,
    model: undefined,
    stream: undefined,
    access: 'llm' as const,
    credential: undefined,
    bytes: Buffer.from(JSON.stringify({ model: 'a', messages, ...body })),
    arrived: 0,
    route: '/v1/chat/completions',
    hints: {},
  }
  return understand(from, adminCaller(), record, settings)
}

test('with always_include_stream_usage a stream reports its usage as if the client had asked', async () => {
  const { request, route } = await understood({ stream: true, stream_options: { extra: 1 } }, always)
  expect(request.stream_options).toEqual({ extra: 1, include_usage: true })
  expect(route.request).toBe(request)
  // Relayed, the usage would be taken out of the answer: the client's bytes do not ask for it.
  expect(route.original).toBeUndefined()
})

test.each<[string, { stream?: boolean; stream_options?: object }, string]>([
  ['a client that asked itself', { stream: true, stream_options: { include_usage: true } }, always],
  ['a client that said no', { stream: true, stream_options: { include_usage: false } }, always],
  ['a whole answer', {}, always],
  ['a gateway without the setting', { stream: true }, 'general_settings: {}'],
])('%s is left as it is', async (_name, body, config) => {
  const { request, route } = await understood(body, config)
  expect(request.stream_options).toEqual(body.stream_options)
  expect(route.original?.format).toBe('openai-chat')
})

describe('a form', () => {
  /** What is made of a transcription request. */
  async function heard(fill: (form: FormData) => void, contentType?: string) {
    const form = new FormData()
    form.append('model', 'whisper-1')
    form.append('file', new File([Buffer.from('sound')], 'a.wav', { type: 'audio/wav' }))
    fill(form)
    const written = new Response(form)
    const { settings } = await loadText('general_settings: {}')
    const open = {
      id: 'id',
      callId: 'id',
      endpoint: 'transcription' as const,
      format: 'openai-transcriptions',
      startedAt: 0,
    }
    const record = openRecord({ ...open, requestedModel: '' })
    const from = {
      open,
      codec: codecs.openaiTranscriptions,
      model: undefined,
      stream: undefined,
      access: 'llm' as const,
      credential: undefined,
      bytes: Buffer.from(await written.arrayBuffer()),
      contentType: contentType ?? written.headers.get('content-type') ?? '',
      arrived: 0,
      route: '/v1/audio/transcriptions',
      hints: {},
    }
    return { ...(await understand(from, adminCaller(), record, settings)), record }
  }

  test('holds options as JSON has them, written in its fields', async () => {
    const { request, options, record, route } = await heard(form => {
      form.append('language', 'de')
      form.append('metadata', '{"team":"a","tags":["x"]}')
      form.append('tags', '["y"]')
      form.append('timeout', '2.5')
      form.append('num_retries', '0')
      form.append('fallbacks[]', 'other')
      form.append('drop_params', 'true')
    })
    expect(request).toMatchObject({ model: 'whisper-1', language: 'de', file: { filename: 'a.wav' } })
    expect(Object.keys(request)).not.toContain('metadata')
    expect(options).toMatchObject({ timeoutMs: 2_500, numRetries: 0, fallbacks: ['other'], dropParams: true })
    expect(record.tags).toEqual(['y', 'x'])
    expect(record.metadata).toEqual({ team: 'a' })
    expect(route.original).toBeUndefined()
  })

  test('may not choose where the call goes, and says what is wrong with an option', async () => {
    await expect(heard(form => form.append('api_base', 'https://evil.example'))).rejects.toThrow(
      /^api_base: /,
    )
    await expect(heard(form => form.append('metadata', 'words'))).rejects.toThrow(
      /^metadata: must be an object/,
    )
  })

  test('is a bad request when it is damaged, or sent as JSON', async () => {
    await expect(heard(() => {}, 'multipart/form-data; boundary=other')).rejects.toMatchObject({
      status: 400,
    })
    await expect(heard(() => {}, 'application/json')).rejects.toThrow(/not valid JSON/)
  })
})

test('CVE-2026-25591: a name of any length is not looked for', async () => {
  const asked = understood({ model: 'nova-'.repeat(1_000) }, 'general_settings: {}')
  await expect(asked).rejects.toMatchObject({ status: 400, param: 'model' })
  await expect(asked).rejects.not.toThrow(/nova/)
})

test('a form where only JSON is taken is refused in words', async () => {
  const { settings } = await loadText('general_settings: {}')
  const open = { id: 'id', callId: 'id', endpoint: 'chat' as const, format: 'openai-chat', startedAt: 0 }
  const from = {
    open,
    codec: codecs.openaiChat,
    model: undefined,
    stream: undefined,
    access: 'llm' as const,
    credential: undefined,
    bytes: Buffer.from('--x--'),
    contentType: 'multipart/form-data; boundary=x',
    arrived: 0,
    route: '/v1/chat/completions',
    hints: {},
  }
  const record = openRecord({ ...open, requestedModel: '' })
  await expect(understand(from, adminCaller(), record, settings)).rejects.toThrow(/takes application\/json/)
})
