import { startUpstream, testAwsKeys, type Upstream, verifyAwsSignature } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Deployment } from '../../types/deployment.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import { bind } from '../bind.ts'
import type { Provider } from '../provider.ts'
import { providers } from '../registry.ts'
import { ProviderCaller } from '../testing/provider-caller.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
beforeEach(() => {
  upstream.reset()
  // A task that is done at once: how tasks are waited for is tested with images.
  const output = [`${upstream.url}/testkit-media/spoken.mp3`]
  upstream.script({ match: { path: /text_to_speech/ }, body: { id: 't', status: 'SUCCEEDED', output } })
})
afterAll(() => upstream.close())

const last = () => upstream.requests.at(-1)
const bodyOf = () => last()?.body as Record<string, unknown>

interface Vendor {
  readonly provider: string
  readonly wire: Parameters<Upstream['baseUrl']>[0]
  readonly model: string
  readonly params?: Deployment['params']
}

const VENDORS = {
  elevenlabs: { provider: 'elevenlabs', wire: 'elevenlabs', model: 'eleven_v3' },
  deepgram: { provider: 'deepgram', wire: 'deepgram', model: 'aura-2' },
  polly: {
    provider: 'aws_polly',
    wire: 'polly',
    model: 'neural',
    params: {
      aws_access_key_id: testAwsKeys.accessKeyId,
      aws_secret_access_key: testAwsKeys.secretAccessKey,
      aws_region_name: 'eu-central-1',
    },
  },
  azure: { provider: 'azure', wire: 'azure-speech', model: 'speech/azure-tts' },
  minimax: { provider: 'minimax', wire: 'minimax-speech', model: 'speech-2.6-hd' },
  runwayml: { provider: 'runwayml', wire: 'runway', model: 'eleven_multilingual_v2' },
} as const satisfies Record<string, Vendor>

function at(vendor: Vendor, more: Partial<Deployment> = {}) {
  const caller = new ProviderCaller(providers.get(vendor.provider) as Provider)
  const deployment = {
    model: vendor.model,
    apiBase: upstream.baseUrl(vendor.wire),
    ...(vendor.params ? { params: vendor.params } : { apiKey: 'key-of-the-vendor' }),
    ...more,
  }
  const ask = (request: Omit<SpeechRequest, 'model'>) => ({
    endpoint: 'speech' as const,
    deployment,
    request,
  })
  return {
    caller,
    whole: (request: Omit<SpeechRequest, 'model'>) => caller.whole(ask(request)),
    stream: (request: Omit<SpeechRequest, 'model'>) => caller.stream(ask(request)),
    failure: (request: Omit<SpeechRequest, 'model'>) => caller.failure(ask(request)),
  }
}

const input = 'Good morning, otters & beavers <all>!'

describe('every vendor delivers the format that was asked for', () => {
  const beginnings: Readonly<Record<string, string>> = {
    mp3: 'ID3',
    opus: 'OggS',
    flac: 'fLaC',
    wav: 'RIFF',
  }
  const cases = Object.entries({
    elevenlabs: ['mp3', 'opus', 'wav', 'pcm'],
    deepgram: ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'],
    polly: ['mp3', 'opus', 'wav', 'pcm'],
    azure: ['mp3', 'opus', 'wav', 'pcm'],
    minimax: ['mp3', 'flac', 'wav', 'pcm'],
  } as const).flatMap(([name, formats]) => formats.map(format => [name, format] as const))

  test.each(cases)('%s makes %s', async (name, format) => {
    const { audio } = await at(VENDORS[name as keyof typeof VENDORS]).whole({
      input,
      response_format: format,
    })
    const type =
      { mp3: 'audio/mpeg', opus: 'audio/ogg', pcm: 'audio/pcm' }[format as string] ?? `audio/${format}`
    expect(audio.contentType).toContain(type)
    const beginning = beginnings[format]
    if (beginning) expect(audio.bytes.toString('latin1', 0, beginning.length)).toBe(beginning)
    if (format === 'wav') expect(audio.bytes.readUInt32LE(40)).toBe(audio.bytes.length - 44)
  })

  test.each(Object.entries(VENDORS))(
    '%s refuses what it cannot make, and says what it can',
    async (name, vendor) => {
      const format = name === 'deepgram' ? 'midi' : 'aac'
      const error = await at(vendor).failure({ input, response_format: format })
      expect(error).toMatchObject({ kind: 'unsupported_params', param: 'response_format', status: 400 })
      expect(error.message).toContain('takes only mp3')
      expect(upstream.requests).toHaveLength(0)
    },
  )

  test.each(Object.entries(VENDORS))(
    '%s makes its usual format where drop_params is set',
    async (name, vendor) => {
      const { caller, whole } = at(vendor, { dropParams: true })
      const { audio } = await whole({ input, response_format: name === 'deepgram' ? 'midi' : 'aac' })
      expect(audio.contentType).toBe('audio/mpeg')
      expect(audio.bytes.toString('latin1', 0, 3)).toBe('ID3')
      expect(caller.warnings).toContainEqual({
        action: 'dropped',
        param: 'response_format',
        reason: expect.stringContaining('takes only mp3'),
      })
    },
  )
})

test('ElevenLabs speaks as it comes, samples behind a header without a length', async () => {
  const events = await at(VENDORS.elevenlabs).stream({
    input,
    voice: 'alloy',
    response_format: 'wav',
    speed: 1.1,
  })
  expect(events.length).toBeGreaterThan(1)
  expect(events[0]?.contentType).toBe('audio/wav')
  expect(events[0]?.audio?.toString('latin1', 0, 4)).toBe('RIFF')
  expect(events[0]?.audio?.readUInt32LE(24)).toBe(24_000)
  expect(events[0]?.audio?.readUInt32LE(40)).toBe(0xffff_ffff)
  expect(last()?.wirePath).toBe('/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/stream')
  expect(last()?.query.get('output_format')).toBe('pcm_24000')
  expect(last()?.headers['xi-api-key']).toBe('key-of-the-vendor')
  expect(bodyOf()).toEqual({ text: input, model_id: 'eleven_v3', voice_settings: { speed: 1.1 } })
})

test('an answer without audio is an error, whole and streamed; normal speed says nothing', async () => {
  const { whole, stream } = at(VENDORS.deepgram)
  upstream.script({ body: { request_id: 'r' }, times: 1 })
  await expect(whole({ input })).rejects.toMatchObject({ kind: 'bad_gateway' })
  upstream.script({ events: [], times: 1 })
  await expect(stream({ input })).rejects.toMatchObject({ kind: 'bad_gateway' })
  const { caller, whole: speak } = at(VENDORS.runwayml)
  await speak({ input, speed: 1 })
  expect(caller.warnings).toEqual([])
})

test('a voice of the vendor’s own is taken as it is, and settings of its own are kept', async () => {
  const { caller, whole } = at(VENDORS.elevenlabs)
  await whole({ input, voice: 'JBFqnCBsd6RMkjVDRZzb', voice_settings: { stability: 0.3 }, speed: 4 })
  expect(last()?.wirePath).toBe('/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb')
  expect(bodyOf()).toMatchObject({ voice_settings: { stability: 0.3, speed: 1.2 } })
  expect(caller.warnings).toEqual([
    { action: 'clamped', param: 'speed', reason: 'this provider allows at most 1.2' },
  ])
})

test('Deepgram’s model is its voice', async () => {
  const { caller, whole } = at(VENDORS.deepgram)
  await whole({ input, voice: 'shimmer', response_format: 'pcm' })
  expect(Object.fromEntries(last()?.query ?? [])).toEqual({
    model: 'aura-2-luna-en',
    encoding: 'linear16',
    container: 'none',
    sample_rate: '24000',
  })
  expect(bodyOf()).toEqual({ text: input })
  expect(caller.warnings[0]?.param).toBe('voice')
  const named = at({ ...VENDORS.deepgram, model: 'aura-2-thalia-en' })
  await named.whole({ input, voice: 'alloy' })
  expect(last()?.query.get('model')).toBe('aura-2-thalia-en')
  expect(named.caller.warnings).toMatchObject([{ action: 'dropped', param: 'voice' }])
})

test('Polly’s requests are signed for Polly, and samples say how many there are in a second', async () => {
  const { caller, whole } = at(VENDORS.polly)
  const { audio } = await whole({ input, voice: 'fable', response_format: 'pcm' })
  const request = last()
  if (!request) throw new Error('Nothing arrived.')
  await verifyAwsSignature(request, { ...testAwsKeys, service: 'polly', region: 'eu-central-1' })
  expect(audio.contentType).toBe('audio/pcm;rate=16000')
  expect(caller.warnings.map(({ param }) => param)).toEqual(['response_format', 'voice'])
  expect(bodyOf()).toEqual({
    Engine: 'neural',
    VoiceId: 'Amy',
    OutputFormat: 'pcm',
    SampleRate: '16000',
    Text: input,
    TextType: 'text',
  })
})

test('Polly is told the speed in mark-up, in which the text is escaped; mark-up of the caller is kept', async () => {
  const { caller, whole } = at(VENDORS.polly)
  await whole({ input, speed: 1.25 })
  expect(bodyOf()).toMatchObject({
    TextType: 'ssml',
    Text: '<speak><prosody rate="125%">Good morning, otters &amp; beavers &lt;all&gt;!</prosody></speak>',
  })
  await whole({ input: '<speak>Hi</speak>', speed: 2 })
  expect(bodyOf()).toMatchObject({ TextType: 'ssml', Text: '<speak>Hi</speak>' })
  expect(caller.warnings).toMatchObject([{ action: 'dropped', param: 'speed' }])
})

test('Azure is sent well-formed mark-up, whatever the text and the voice are', async () => {
  const { whole } = at(VENDORS.azure)
  await whole({ input: `${input} 'x' "y"\u0000`, voice: 'onyx', speed: 0.5, style: 'sad"' })
  expect(last()?.raw.toString()).toBe(
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" ' +
      'xmlns:mstts="https://www.w3.org/2001/mstts" xml:lang="en-US"><voice name="en-US-DavisNeural">' +
      '<mstts:express-as style="sad&quot;"><prosody rate="50%">Good morning, otters &amp; beavers &lt;all&gt;! ' +
      '&apos;x&apos; &quot;y&quot; </prosody></mstts:express-as></voice></speak>',
  )
  expect(last()?.headers).toMatchObject({
    'content-type': 'application/ssml+xml',
    'ocp-apim-subscription-key': 'key-of-the-vendor',
    'x-microsoft-outputformat': 'audio-24khz-48kbitrate-mono-mp3',
  })
  expect(last()?.headers).not.toHaveProperty('api-key')
})

test('Azure’s other models keep their endpoint and its header', () => {
  const azure = providers.get('azure') as Provider
  const formatOf = (model: string) => bind(azure, 'speech', 'openai-speech', model).codec.format
  expect(formatOf('tts-1')).toBe('openai-speech')
  expect(formatOf('gpt-4o-mini-tts')).toBe('openai-speech-events')
  expect(formatOf('speech/azure-tts')).toBe('azure-speech')
})

test('Azure’s speech key may be in the environment, apart from the key of its models', async () => {
  const { caller } = at(VENDORS.azure)
  caller.environment = { AZURE_API_KEY: 'key-of-models', AZURE_TTS_API_KEY: 'key-of-speech' }
  const deployment = { model: 'speech/azure-tts', apiBase: upstream.baseUrl('azure-speech') }
  await caller.whole({ endpoint: 'speech', deployment, request: { input, voice: 'alloy' } })
  expect(last()?.headers['ocp-apim-subscription-key']).toBe('key-of-speech')
})

test('Orpheus at Groq makes WAV files alone, and is asked for them', async () => {
  const groq: Vendor = { provider: 'groq', wire: 'openai', model: 'canopylabs/orpheus-v1-english' }
  const { caller, stream, failure } = at(groq)
  const events = await stream({ input, voice: 'alloy' })
  expect(events[0]?.contentType).toBe('audio/wav')
  expect(bodyOf()).toMatchObject({ response_format: 'wav', model: 'canopylabs/orpheus-v1-english' })
  expect(caller.warnings).toMatchObject([{ action: 'approximated', param: 'response_format' }])
  expect(await failure({ input, voice: 'alloy', response_format: 'mp3' })).toMatchObject({
    kind: 'unsupported_params',
  })
})

test('MiniMax’s hex becomes audio, and its failures with a status of 200 are failures', async () => {
  await at(VENDORS.minimax).whole({ input, voice: 'nova', response_format: 'wav' })
  expect(bodyOf()).toEqual({
    model: 'speech-2.6-hd',
    text: input,
    stream: false,
    output_format: 'hex',
    voice_setting: { voice_id: 'English_radiant_girl' },
    audio_setting: { format: 'pcm', sample_rate: 24_000, channel: 1 },
  })
  const error = await at(VENDORS.minimax, { apiKey: 'bad-key' }).failure({ input })
  expect(error.kind).toBe('authentication')
})

test('the audio of Runway’s task is fetched', async () => {
  const { audio } = await at(VENDORS.runwayml).whole({ input, voice: 'shimmer' })
  expect(audio.contentType).toBe('audio/mpeg')
  expect(upstream.requests[0]?.body).toEqual({
    model: 'eleven_multilingual_v2',
    promptText: input,
    voice: { type: 'runway-preset', presetId: 'Ella' },
  })
})

test.each([
  ['elevenlabs', 401, { detail: { status: 'quota_exceeded', message: 'No credits.' } }, 'insufficient_quota'],
  ['elevenlabs', 422, { detail: [{ loc: ['body', 'text'], msg: 'Field required' }] }, 'unprocessable'],
  ['deepgram', 402, { err_code: 'ASR_PAYMENT_REQUIRED', err_msg: 'No credits.' }, 'insufficient_quota'],
  ['polly', 400, { __type: 'TextLengthExceededException', message: 'Too long.' }, 'context_window'],
] as const)('%s: a refusal with %i %j is %s', async (name, status, body, kind) => {
  upstream.script({ status, body })
  expect((await at(VENDORS[name]).failure({ input })).kind).toBe(kind)
})
