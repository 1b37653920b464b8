import { expect, test } from 'vitest'
import { speech } from '../../endpoints/speech.ts'
import type { SpeechEvent } from '../../types/speech.ts'
import type { CallInfo } from '../codec.ts'
import { openaiSpeech, openaiSpeechEvents } from './codec.ts'

const info: CallInfo = {
  id: 'i',
  now: 0,
  model: 'tts-1',
  stream: true,
  deployment: { id: 'd', group: 'g', provider: 'openai', model: 'tts-1' },
  warn() {},
}
const inbound = { id: 'i', now: 0, warn() {} }
const asked = { model: 'mine', input: 'Grüße 👋', voice: 'alloy' }

test('a request is always streamed, and says nothing of it to the provider', () => {
  const request = openaiSpeech.inbound?.decodeRequest(
    { ...asked, speed: null, stream_format: 'audio' },
    inbound,
  )
  expect(request?.stream).toBe(true)
  if (request === undefined) throw new Error('no request')
  expect(openaiSpeech.upstream.encodeRequest(request, info).body).toEqual({ ...asked, model: 'tts-1' })
  expect(openaiSpeechEvents.upstream.encodeRequest(request, info).body).toMatchObject({
    stream_format: 'sse',
  })
})

test('events become audio, and their tokens become usage', () => {
  const stream = openaiSpeechEvents.upstream.decodeStream?.(info)
  if (stream === undefined) throw new Error('no stream')
  const events: SpeechEvent[] = [
    ...stream.push({ data: '{"type":"speech.audio.delta","audio":"aGk="}' }),
    ...stream.push({
      data: '{"type":"speech.audio.done","usage":{"input_tokens":4,"output_tokens":20,"total_tokens":24}}',
    }),
    ...stream.end(),
  ]
  const meter = speech.createMeter?.(asked)
  for (const event of events) meter?.see(event)
  expect(meter?.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 20 })
  expect(meter?.units).toBeUndefined()
  expect(speech.fold?.(events).audio.bytes.toString()).toBe('hi')
})

test('bare audio is charged by the character, an emoji being one, from the first sound on', () => {
  const meter = speech.createMeter?.(asked)
  expect(meter?.usage).toBeUndefined()
  meter?.see({ audio: Buffer.from('x') })
  expect(meter?.units).toEqual({ inputPerCharacter: 7 })
})

test('silence and a cut stream are errors', () => {
  expect(() => openaiSpeech.upstream.decodeStream?.(info).end()).toThrow(/without any audio/)
  expect(() => openaiSpeechEvents.upstream.decodeStream?.(info).end()).toThrow(/before the speech was over/)
})

test('a client gets bare audio of the type it asked for, or of the type there is, or events', () => {
  const bare = openaiSpeech.inbound?.encodeStream?.({ ...asked, response_format: 'opus' }, inbound)
  expect(bare?.contentType).toBe('audio/ogg; codecs=opus')
  const other = openaiSpeech.inbound?.encodeStream?.(asked, inbound)
  expect([...(other?.push({ audio: Buffer.from('a'), contentType: 'audio/wav' }) ?? [])]).toEqual([
    { data: '', bytes: Buffer.from('a') },
  ])
  expect(other?.contentType).toBe('audio/wav')
  const events = openaiSpeech.inbound?.encodeStream?.({ ...asked, stream_format: 'sse' }, inbound)
  expect(events?.contentType).toBeUndefined()
  expect([...(events?.push({ audio: Buffer.from('hi') }) ?? [])]).toEqual([
    { data: '{"type":"speech.audio.delta","audio":"aGk="}' },
  ])
})

test.each([
  [{ input: '' }, 'input'],
  [{ input: 'a', model: '' }, 'model'],
  [{ input: 'a', response_format: 'midi' }, 'response_format'],
  [{ input: 'a', speed: 9 }, 'speed'],
  [{ input: 'a', voice: 7 }, 'voice'],
])('the request %j is refused, naming %s', (body, param) => {
  expect(() => openaiSpeech.inbound?.decodeRequest({ model: 'm', ...body }, inbound)).toThrow(
    expect.objectContaining({ param, status: 400 }),
  )
})
