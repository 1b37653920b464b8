import { startUpstream, testAwsKeys, verifyAwsSignature } from '@sluice/testkit'
import { toFile } from 'openai'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

/** What every vendor's model costs, dollars: a character, a second. */
const PER_CHARACTER = 0.000_016
const PER_SECOND = 0.000_1

const upstream = await startUpstream()
type WireName = Parameters<typeof upstream.baseUrl>[0]

function speaker(name: string, wire: WireName, model: string, params: object = { api_key: 'vendor-key' }) {
  return {
    model_name: name,
    litellm_params: { model, api_base: upstream.baseUrl(wire), ...params },
    model_info: { input_cost_per_character: PER_CHARACTER },
  }
}

function listener(name: string, wire: WireName, model: string) {
  return {
    model_name: name,
    litellm_params: { model, api_base: upstream.baseUrl(wire), api_key: 'vendor-key' },
    model_info: { input_cost_per_second: PER_SECOND },
  }
}

const rig = await startRig({
  upstream,
  models: [
    speaker('eleven', 'elevenlabs', 'elevenlabs/eleven_v3'),
    speaker('aura', 'deepgram', 'deepgram/aura-2'),
    speaker('azure', 'azure-speech', 'azure/speech/azure-tts'),
    speaker('azure-lenient', 'azure-speech', 'azure/speech/azure-tts', {
      api_key: 'vendor-key',
      drop_params: true,
    }),
    speaker('polly', 'polly', 'aws_polly/neural', {
      aws_access_key_id: testAwsKeys.accessKeyId,
      aws_secret_access_key: testAwsKeys.secretAccessKey,
      aws_region_name: 'eu-central-1',
    }),
    {
      model_name: 'gemini-lenient',
      litellm_params: {
        model: 'gemini/gemini-2.5-flash',
        api_base: `${upstream.url}/v1beta`,
        api_key: 'vendor-key',
        drop_params: true,
      },
      model_info: {
        input_cost_per_token: 1e-6,
        input_cost_per_audio_token: 1e-6,
        output_cost_per_token: 1e-6,
      },
    },
    listener('scribe', 'elevenlabs', 'elevenlabs/scribe_v2'),
    listener('nova', 'deepgram', 'deepgram/nova-3'),
    listener('universal', 'assemblyai', 'assemblyai/universal-3-pro'),
  ],
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
const client = openaiClient(rig)
const input = 'Good morning, otters & co!'

const recording = () => toFile(Buffer.alloc(2_400, 'x'), 'otters.wav', { type: 'audio/wav' })

describe.each(['eleven', 'aura', 'azure', 'polly'])('speech of %s', model => {
  test.each([
    ['mp3', 'audio/mpeg', 'ID3'],
    ['opus', 'audio/ogg', 'OggS'],
    ['wav', 'audio/wav', 'RIFF'],
  ] as const)('comes as %s, and is charged by the character', async (format, type, beginning) => {
    const response = await client.audio.speech.create({
      model,
      voice: 'alloy',
      input,
      response_format: format,
    })
    expect(response.headers.get('content-type')).toContain(type)
    const audio = Buffer.from(await response.arrayBuffer())
    expect(audio.toString('latin1', 0, beginning.length)).toBe(beginning)
    const row = await spendLog(rig, response)
    expect(row).toMatchObject({ call_type: 'aspeech', status: 'success' })
    expect(row.spend).toBeCloseTo(input.length * PER_CHARACTER, 9)
  })
})

test('Polly’s requests are signed', async () => {
  await client.audio.speech.create({ model: 'polly', voice: 'alloy', input })
  const [request] = upstream.requests
  if (!request) throw new Error('Nothing arrived.')
  await verifyAwsSignature(request, { ...testAwsKeys, service: 'polly', region: 'eu-central-1' })
})

test('a format that the vendor does not make is refused, naming those it makes, before anyone is asked', async () => {
  const asked = { voice: 'alloy', input, response_format: 'flac' } as const
  const refused = client.audio.speech.create({ model: 'azure', ...asked })
  await expect(refused).rejects.toMatchObject({
    status: 400,
    param: 'response_format',
    message: expect.stringContaining('mp3, opus, wav, pcm'),
  })
  expect(upstream.requests).toHaveLength(0)

  const response = await client.audio.speech.create({ model: 'azure-lenient', ...asked })
  expect(response.headers.get('content-type')).toBe('audio/mpeg')
  expect(response.headers.get('x-sluice-warnings')).toContain('response_format')
})

test('speech that breaks off does not look finished', async () => {
  upstream.script({ cutAfterBytes: 500 })
  const broken = client.audio.speech.create({
    model: 'eleven',
    voice: 'alloy',
    input: 'Hello there'.repeat(20),
  })
  await expect(broken.then(response => response.arrayBuffer())).rejects.toThrow()
})

describe.each(['scribe', 'nova', 'universal'])('a transcript of %s', model => {
  test('comes as JSON, and is charged by the vendor’s own seconds', async () => {
    const { data, response } = await client.audio.transcriptions
      .create({ model, file: await recording() })
      .withResponse()
    expect(data.text).toBe('I hear 2400 bytes.')
    expect(data).not.toHaveProperty('words')
    const row = await spendLog(rig, response)
    expect(row).toMatchObject({ call_type: 'atranscription', status: 'success' })
    expect(row.spend).toBeCloseTo(3 * PER_SECOND, 9)
  })

  test('comes with times, as subtitles and as a stream', async () => {
    const asked = { model, file: await recording() }
    const verbose = await client.audio.transcriptions.create({
      ...asked,
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    })
    expect(verbose.duration).toBe(3)
    expect(verbose.words?.map(({ word }) => word).join(' ')).toBe('I hear 2400 bytes.')
    const srt = await client.audio.transcriptions.create({ ...asked, response_format: 'srt' })
    expect(String(srt)).toBe('1\n00:00:00,000 --> 00:00:03,000\nI hear 2400 bytes.\n\n')
    const events: string[] = []
    for await (const event of await client.audio.transcriptions.create({ ...asked, stream: true }))
      events.push(event.type)
    expect(events).toEqual(['transcript.text.delta', 'transcript.text.done'])
  })
})

test('subtitles of a model that tells no times are refused, or come as JSON with a receipt', async () => {
  const asked = { file: await recording(), response_format: 'srt' } as const
  const refused = client.audio.transcriptions.create({ model: 'gemini-2.5-flash', ...asked })
  await expect(refused).rejects.toMatchObject({ status: 400, param: 'response_format' })
  const { response } = await client.audio.transcriptions
    .create({ model: 'gemini-lenient', ...asked })
    .withResponse()
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(response.headers.get('x-sluice-warnings')).toContain('approximated response_format')
  const row = await spendLog(rig, response)
  expect(row.spend).toBeCloseTo(Number(row.prompt_tokens) * 1e-6 + Number(row.completion_tokens) * 1e-6, 12)
})

test('AssemblyAI’s job is polled; one that fails is an error in the client’s own dialect', async () => {
  upstream.script({ match: { path: /transcript$/ }, job: { runningPolls: 1 } })
  await client.audio.transcriptions.create({ model: 'universal', file: await recording() })
  expect(upstream.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'GET'])
  upstream.script({ match: { path: /transcript$/ }, job: { error: 'No sound.', runningPolls: 0 } })
  const failed = client.audio.transcriptions.create({ model: 'universal', file: await recording() })
  await expect(failed).rejects.toMatchObject({ status: 502, message: expect.stringContaining('No sound.') })
})

test('the gateway’s own wrong key is no fault of the caller’s', async () => {
  upstream.script({ status: 401, body: { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.' } })
  const refused = client.audio.transcriptions.create({ model: 'nova', file: await recording() })
  await expect(refused).rejects.toMatchObject({
    status: 502,
    message: expect.stringContaining('credentials'),
  })
})
