import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Deployment } from '../../types/deployment.ts'
import type { TranscriptionRequest } from '../../types/transcription.ts'
import { bind, urlOf } from '../bind.ts'
import type { Provider } from '../provider.ts'
import { providers } from '../registry.ts'
import { ProviderCaller } from '../testing/provider-caller.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

const last = () => upstream.requests.at(-1)
const file = { filename: 'otters.wav', contentType: 'audio/wav', bytes: Buffer.alloc(2_400, 'x') }

type Asked = Omit<TranscriptionRequest, 'model' | 'file'>

function at(
  name: string,
  wire: Parameters<Upstream['baseUrl']>[0],
  model: string,
  more: Partial<Deployment> = {},
) {
  const caller = new ProviderCaller(providers.get(name) as Provider)
  const deployment = { model, apiBase: upstream.baseUrl(wire), apiKey: 'key-of-the-vendor', ...more }
  const ask = (request: Asked) => ({
    endpoint: 'transcription' as const,
    deployment,
    request: { file, ...request },
  })
  return {
    caller,
    whole: (request: Asked = {}) => caller.whole(ask(request)),
    stream: (request: Asked = {}) => caller.stream(ask(request)),
    failure: (request: Asked = {}) => caller.failure(ask(request)),
  }
}

/** What a script lets every vendor hear; three seconds long. */
function hears(text: string, path: RegExp, more: object = {}) {
  upstream.script({ match: { path }, reply: { text }, ...more })
}

const said = 'Otters hold hands. They sleep.'
const near = (value: number) => expect.closeTo(value, 3)

describe('ElevenLabs', () => {
  test('writes down words with times, charged by the vendor’s own seconds', async () => {
    hears(said, /speech-to-text/)
    const { caller, whole } = at('elevenlabs', 'elevenlabs', 'scribe_v2')
    const reply = await whole({ language: 'en', temperature: 0.2, tag_audio_events: false })
    expect(reply).toMatchObject({ text: said, language: 'en', duration: 3 })
    expect(reply.words).toHaveLength(5)
    expect(reply.words?.[0]).toEqual({ word: 'Otters', start: 0, end: near(0.6) })
    expect(reply.segments).toBeUndefined()
    const { form } = last() ?? {}
    expect(form?.texts('language_code')).toEqual(['en'])
    expect(form?.texts('tag_audio_events')).toEqual(['false'])
    expect(form?.files('file')[0]?.filename).toBe('otters.wav')
    expect(caller.warnings).toEqual([])
  })

  test('tells voices apart where that was asked for', async () => {
    hears(said, /speech-to-text/)
    const reply = await at('elevenlabs', 'elevenlabs', 'scribe_v2').whole({
      response_format: 'diarized_json',
    })
    expect(reply.segments?.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['speaker_0', 'Otters hold'],
      ['speaker_1', 'hands. They'],
      ['speaker_0', 'sleep.'],
    ])
  })

  test('has no prompt, which is refused', async () => {
    const error = await at('elevenlabs', 'elevenlabs', 'scribe_v2').failure({ prompt: 'Otters.' })
    expect(error).toMatchObject({ kind: 'unsupported_params', param: 'prompt' })
  })
})

describe('Deepgram', () => {
  test('gets the bare recording, everything else in the query', async () => {
    hears(said, /listen/)
    const reply = await at('deepgram', 'deepgram', 'nova-3').whole({
      language: 'en',
      keyterm: ['otter', 'holt'],
      timestamp_granularities: ['segment'],
    })
    expect(reply).toMatchObject({ text: said, duration: 3, segments: [{ start: 0, end: 3, text: said }] })
    expect(reply.words?.[2]?.word).toBe('hands.')
    expect(last()?.raw).toEqual(file.bytes)
    expect(last()?.headers).toMatchObject({
      'content-type': 'audio/wav',
      authorization: 'Token key-of-the-vendor',
    })
    expect(last()?.query.toString()).toBe(
      'model=nova-3&punctuate=true&utterances=true&language=en&keyterm=otter&keyterm=holt',
    )
  })

  test('writes who spoke before what they said', async () => {
    hears(said, /listen/)
    const { whole } = at('deepgram', 'deepgram', 'nova-3', { extraBody: { tag: 'night' } })
    const reply = await whole({ diarize: true })
    expect(reply.text).toBe('Speaker 0: Otters hold\nSpeaker 1: hands. They\nSpeaker 0: sleep.')
    expect(reply.segments).toHaveLength(3)
    expect(last()?.query.get('tag')).toBe('night')
  })

  test('is called at LiteLLM’s address too', async () => {
    await at('deepgram', 'deepgram', 'nova-3', {
      apiBase: `${upstream.baseUrl('deepgram')}/v1/listen`,
    }).whole()
    expect(last()?.wirePath).toBe('/v1/listen')
  })
})

describe('AssemblyAI', () => {
  test('gets the recording, then the job, which is looked at until it is done', async () => {
    hears(said, /upload/)
    upstream.script({ match: { path: /transcript$/ }, job: { runningPolls: 1 } })
    const { whole } = at('assemblyai', 'assemblyai', 'universal-3-pro', {
      params: { punctuate: true },
      extraBody: { format_text: true },
    })
    const reply = await whole({ response_format: 'diarized_json', prompt: 'Otters.' })
    expect(reply).toMatchObject({
      text: said,
      language: 'en',
      duration: 3,
      segments: [{ speaker: 'A', text: said, start: 0, end: 3 }],
    })
    expect(reply.words?.[1]).toMatchObject({ word: 'hold', start: near(0.6), end: near(1.2), speaker: 'A' })
    expect(upstream.requests.map(({ method, wirePath }) => `${method} ${wirePath}`)).toEqual([
      'POST /v2/upload',
      'POST /v2/transcript',
      expect.stringMatching(/^GET \/v2\/transcript\/testkit-/),
      expect.stringMatching(/^GET \/v2\/transcript\/testkit-/),
    ])
    expect(upstream.requests[0]?.raw).toEqual(file.bytes)
    expect(upstream.requests[1]?.body).toEqual({
      audio_url: expect.any(String),
      speech_models: ['universal-3-pro'],
      language_detection: true,
      speaker_labels: true,
      prompt: 'Otters.',
      punctuate: true,
      format_text: true,
    })
    for (const { headers } of upstream.requests) expect(headers.authorization).toBe('key-of-the-vendor')
  })

  test('keeps the old name for old models, which hear no prompt', async () => {
    const { whole, failure } = at('assemblyai', 'assemblyai', 'best')
    await whole({ language: 'de' })
    expect(upstream.requests[1]?.body).toMatchObject({ speech_model: 'best', language_code: 'de' })
    expect(upstream.requests[1]?.body).not.toHaveProperty('language_detection')
    expect(await failure({ prompt: 'x' })).toMatchObject({ kind: 'unsupported_params', param: 'prompt' })
  })

  test('says why a job failed', async () => {
    upstream.script({
      match: { path: /transcript$/ },
      job: { error: 'File does not appear to contain audio.' },
    })
    const error = await at('assemblyai', 'assemblyai', 'best').failure()
    expect(error).toMatchObject({ kind: 'bad_gateway', retryable: false })
    expect(error.message).toContain('does not appear to contain audio')
  })

  test('has its transcripts elsewhere than its chat, in Europe too', () => {
    const provider = providers.get('assemblyai') as Provider
    const url = (endpoint: 'transcription' | 'chat', apiBase?: string) => {
      const deployment = { id: 'd', group: 'g', provider: 'assemblyai', model: 'best', apiBase }
      const wanted = { model: 'best', stream: false, deployment }
      return urlOf(
        provider,
        bind<'transcription' | 'chat'>(provider, endpoint, undefined, 'best'),
        wanted,
        undefined,
      )
    }
    expect(url('transcription')).toBe('https://api.assemblyai.com/v2/upload')
    expect(url('transcription', 'https://llm-gateway.eu.assemblyai.com/v1')).toBe(
      'https://api.eu.assemblyai.com/v2/upload',
    )
    expect(url('transcription', 'https://api.eu.assemblyai.com')).toBe(
      'https://api.eu.assemblyai.com/v2/upload',
    )
    expect(url('chat')).toBe('https://llm-gateway.assemblyai.com/v1/chat/completions')
  })
})

describe('Soniox', () => {
  test('leaves neither recording nor job behind', async () => {
    hears(said, /files/)
    upstream.script({ match: { path: /transcriptions$/ }, job: { runningPolls: 0 } })
    const { whole } = at('soniox', 'soniox', 'stt-async-v5')
    const reply = await whole({ language: 'en', prompt: 'Otters.', response_format: 'diarized_json' })
    expect(reply).toMatchObject({ text: said, duration: 3 })
    expect(reply.words?.map(({ word }) => word)).toEqual(['Otters', 'hold', 'hands.', 'They', 'sleep.'])
    expect(reply.segments?.map(({ speaker }) => speaker)).toEqual(['1', '2', '1'])
    const [upload, job, ...others] = upstream.requests
    expect(upload?.form?.files('file')).toHaveLength(1)
    expect(job?.body).toMatchObject({
      model: 'stt-async-v5',
      language_hints: ['en'],
      context: 'Otters.',
      enable_speaker_diarization: true,
    })
    expect(others.map(({ method, wirePath }) => `${method} ${wirePath.replace(/-\d+/, '')}`)).toEqual([
      'GET /v1/transcriptions/job',
      'GET /v1/transcriptions/job/transcript',
      'DELETE /v1/transcriptions/job',
      'DELETE /v1/files/file',
    ])
  })

  test('answers though tidying up fails, and tidies up after a failure', async () => {
    upstream.script({ match: ({ method, path }) => method === 'DELETE' && path.includes('job'), status: 500 })
    upstream.script({ match: { path: /transcriptions$/ }, job: { runningPolls: 0 } })
    const { whole, failure } = at('soniox', 'soniox', 'stt-async-v5')
    expect((await whole()).text).toBe('I hear 2400 bytes.')
    upstream.reset()
    upstream.script({ match: ({ method }) => method === 'DELETE', cutBeforeHead: true, times: 2 })
    upstream.script({ match: { path: /transcriptions$/ }, job: { runningPolls: 0 } })
    expect((await whole()).duration).toBe(3)
    upstream.reset()
    upstream.script({ match: { path: /transcriptions$/ }, job: { error: 'no sound', runningPolls: 0 } })
    expect((await failure()).message).toContain('no sound')
    expect(upstream.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(2)
  })
})

describe('Mistral', () => {
  test('is charged by the second, and takes no language beside times', async () => {
    hears(said, /transcriptions/)
    const { caller, whole } = at('mistral', 'mistral-audio', 'voxtral-mini-latest')
    const reply = await whole({ language: 'en', response_format: 'srt' })
    expect(reply).toEqual({
      text: said,
      task: 'transcribe',
      duration: 3,
      usage: { type: 'duration', seconds: 3 },
      segments: [{ text: said, start: 0, end: 3 }],
    })
    expect(caller.warnings).toMatchObject([{ action: 'dropped', param: 'language' }])
    const heard = await whole({ response_format: 'diarized_json' })
    expect(heard.segments?.[0]?.speaker).toBe('speaker_0')
    await whole({ language: 'en' })
    expect(last()?.form?.texts('language')).toEqual(['en'])
  })

  test('streams in OpenAI’s words', async () => {
    hears(said, /transcriptions/)
    const events = await at('mistral', 'mistral-audio', 'voxtral-mini-latest').stream()
    expect(events[0]).toEqual({ type: 'transcript.text.delta', delta: 'Otters ' })
    expect(events.at(-1)).toMatchObject({
      type: 'transcript.text.done',
      text: said,
      usage: { type: 'duration', seconds: 3 },
    })
  })
})

describe('Gemini', () => {
  test('is shown the recording, and says that it knows no times', async () => {
    const { caller, whole, failure } = at('gemini', 'gemini', 'gemini-2.5-flash')
    const reply = await whole({ language: 'de', response_format: 'verbose_json' })
    expect(reply.text.length).toBeGreaterThan(0)
    expect(reply.usage).toMatchObject({ type: 'tokens', input_tokens: expect.any(Number) })
    expect(JSON.stringify(last()?.body)).toContain('"mimeType":"audio/wav"')
    expect(caller.warnings.map(({ param }) => param)).toEqual(['response_format', 'language'])
    expect(await failure({ response_format: 'srt' })).toMatchObject({
      kind: 'unsupported_params',
      param: 'response_format',
    })
  })
})

test('watsonx is told who pays', async () => {
  const { whole } = at('watsonx', 'watsonx-audio', 'openai/whisper-tiny', {
    apiKey: undefined,
    params: { watsonx_token: 'token-0123456789', project_id: 'project-1' },
  })
  expect((await whole({ language: 'it' })).text).toContain('2400 bytes')
  expect(last()?.form?.texts('project_id')).toEqual(['project-1'])
  expect(last()?.form?.texts('model')).toEqual(['openai/whisper-tiny'])
})

test.each([
  ['whisper-v3', 'https://audio-prod.api.fireworks.ai/v1/audio/transcriptions'],
  [
    'accounts/fireworks/models/whisper-v3-turbo',
    'https://audio-turbo.api.fireworks.ai/v1/audio/transcriptions',
  ],
])('Fireworks has a host for recordings of %s', (model, wanted) => {
  const provider = providers.get('fireworks_ai') as Provider
  const deployment = { id: 'd', group: 'g', provider: 'fireworks_ai', model }
  const binding = bind(provider, 'transcription', undefined, model)
  expect(urlOf(provider, binding, { model, stream: false, deployment }, undefined)).toBe(wanted)
  expect(binding.model?.(model)).toMatch(/^whisper-v3/)
})

test('Riva over gRPC is refused with the way out; its NIMs are called over HTTP', async () => {
  const { failure } = at('nvidia_riva', 'openai', 'parakeet', { apiBase: undefined })
  expect(await failure()).toMatchObject({ kind: 'bad_request', param: 'api_base' })
  expect((await failure()).message).toContain('speech NIM')
  expect((await at('nvidia_riva', 'openai', 'parakeet').whole()).text).toContain('2400 bytes')
})

test.each(['aihubmix', 'hosted_vllm', 'litellm_proxy', 'ovhcloud', 'scaleway', 'xinference'])(
  '%s speaks OpenAI’s format',
  async name => {
    const reply = await at(name, 'openai', 'whisper-1').whole({ language: 'en' })
    expect(reply.text).toContain('2400 bytes')
    expect(reply.usage?.seconds ?? reply.duration).toBe(3)
  },
)

test.each([
  ['deepgram', 429, { err_code: 'TOO_MANY_REQUESTS', err_msg: 'Slow down.' }, 'rate_limit'],
  ['assemblyai', 400, { error: 'Upload failed.' }, 'bad_request'],
  ['soniox', 402, { error_type: 'balance_exhausted', message: 'Top up.' }, 'insufficient_quota'],
] as const)('%s: a refusal with %i %j is %s', async (name, status, body, kind) => {
  upstream.script({ status, body })
  expect((await at(name, name, 'best').failure()).kind).toBe(kind)
})
