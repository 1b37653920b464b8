import { startUpstream } from '@sluice/testkit'
import { toFile } from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const upstream = await startUpstream()
const at = { api_base: `${upstream.url}/v1`, api_key: 'vendor-key' }
/** Prices given to the gateway, dollars: a character, an audio token, a second. */
const PER_CHARACTER = 0.000_015
const PER_AUDIO_TOKEN = 0.000_012
const PER_SECOND = 0.000_1
const rig = await startRig({
  upstream,
  models: [
    {
      model_name: 'tts-1',
      litellm_params: { model: 'openai/tts-1', ...at },
      model_info: { input_cost_per_character: PER_CHARACTER },
    },
    {
      model_name: 'mini-tts',
      litellm_params: { model: 'openai/gpt-4o-mini-tts', ...at },
      model_info: { input_cost_per_token: 6e-7, output_cost_per_audio_token: PER_AUDIO_TOKEN },
    },
    {
      model_name: 'whisper',
      litellm_params: { model: 'openai/whisper-1', ...at },
      model_info: { input_cost_per_second: PER_SECOND, output_cost_per_second: PER_SECOND },
    },
    {
      model_name: 'transcribe',
      litellm_params: { model: 'openai/gpt-4o-mini-transcribe', ...at },
      model_info: { input_cost_per_token: 1.25e-6, output_cost_per_token: 5e-6 },
    },
  ],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
const client = openaiClient(rig)

/** A second of silence: 16 kHz, 16 bit, mono. */
function recording() {
  const data = Buffer.alloc(32_000)
  const head = Buffer.from(
    '524946460000000057415645666d74201000000001000100803e0000007d00000200100064617461007d0000',
    'hex',
  )
  head.writeUInt32LE(36 + data.length, 4)
  return toFile(Buffer.concat([head, data]), 'silence.wav', { type: 'audio/wav' })
}

describe('speech', () => {
  test('comes as the audio format that was asked for, and is charged by the character', async () => {
    const input = 'Good morning, otters!'
    const response = await client.audio.speech.create({
      model: 'tts-1',
      voice: 'alloy',
      input,
      response_format: 'wav',
    })
    expect(response.headers.get('content-type')).toBe('audio/wav')
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF')
    expect(await spendLog(rig, response)).toMatchObject({
      call_type: 'aspeech',
      spend: input.length * PER_CHARACTER,
      status: 'success',
    })
  })

  test('of a model that counts tokens is charged by them, though the client gets bare audio', async () => {
    const response = await client.audio.speech.create({
      model: 'mini-tts',
      voice: 'alloy',
      input: 'Hello there',
    })
    expect(response.headers.get('content-type')).toBe('audio/mpeg')
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100)
    const row = await spendLog(rig, response)
    expect(row.completion_tokens).toBeGreaterThan(0)
    expect(row.spend).toBeCloseTo(
      Number(row.prompt_tokens) * 6e-7 + Number(row.completion_tokens) * PER_AUDIO_TOKEN,
      12,
    )
  })

  test('can come as events', async () => {
    const response = await client.audio.speech.create({
      model: 'mini-tts',
      voice: 'alloy',
      input: 'Hello there',
      stream_format: 'sse',
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const text = await response.text()
    expect(text).toContain('"type":"speech.audio.delta"')
    expect(text).toMatch(/"type":"speech.audio.done","usage":\{/)
  })

  test('that breaks off does not look finished', async () => {
    upstream.script({ match: { path: '/v1/audio/speech' }, cutAfterBytes: 200 })
    const broken = client.audio.speech.create({
      model: 'tts-1',
      voice: 'alloy',
      input: 'Hello there'.repeat(20),
    })
    await expect(broken.then(response => response.arrayBuffer())).rejects.toThrow()
  })

  test('in a format that nobody has is refused before anyone is asked', async () => {
    const before = upstream.requests.length
    const refused = client.audio.speech.create({
      model: 'tts-1',
      voice: 'alloy',
      input: 'Hi',
      response_format: 'midi' as 'mp3',
    })
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'response_format' })
    expect(upstream.requests.length).toBe(before)
  })
})

describe('transcription', () => {
  test('is charged by the second, whatever format it comes in', async () => {
    const asked = { model: 'whisper', file: await recording(), language: 'en' }
    const { data, response } = await client.audio.transcriptions.create(asked).withResponse()
    expect(data.text.length).toBeGreaterThan(0)
    const plain = await spendLog(rig, response)
    expect(plain).toMatchObject({ call_type: 'atranscription', status: 'success' })
    expect(plain.spend).toBeGreaterThan(0)

    const srt = await client.audio.transcriptions.create({ ...asked, response_format: 'srt' }).withResponse()
    expect(String(srt.data)).toMatch(/^1\n00:00:00,000 --> /)
    expect((await spendLog(rig, srt.response)).spend).toBeCloseTo(Number(plain.spend), 9)
  })

  test('of a model that counts tokens streams, and is charged by them', async () => {
    const { data: stream, response } = await client.audio.transcriptions
      .create({ model: 'transcribe', file: await recording(), stream: true })
      .withResponse()
    let text = ''
    let done = ''
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta
      if (event.type === 'transcript.text.done') done = event.text
    }
    expect(text).toBe(done)
    expect(text.length).toBeGreaterThan(0)
    const row = await spendLog(rig, response)
    expect(row.spend).toBeCloseTo(
      Number(row.prompt_tokens) * 1.25e-6 + Number(row.completion_tokens) * 5e-6,
      12,
    )
  })

  test('into English', async () => {
    const reply = await client.audio.translations.create({ model: 'whisper', file: await recording() })
    expect(reply.text.length).toBeGreaterThan(0)
  })

  test('of no file is refused in the client’s own dialect', async () => {
    const body = new FormData()
    body.set('model', 'whisper')
    const response = await fetch(`${rig.gateway.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.gateway.masterKey}` },
      body,
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param: 'file' } })
  })
})
