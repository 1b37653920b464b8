import { expect, test } from 'vitest'
import type { CallInfo } from '../../codecs/codec.ts'
import type { JsonObject } from '../../types/json.ts'
import type { TranscriptionResponse } from '../../types/transcription.ts'
import { providers } from '../registry.ts'

/** What is made of a vendor's documented reply. */
function read(provider: string, reply: JsonObject): TranscriptionResponse {
  const codec = providers.get(provider)?.endpoints.transcription?.[0]?.codec
  if (!codec) throw new Error(`${provider} does not listen.`)
  const deployment = { id: 'd', group: 'g', provider, model: 'm' }
  const info: CallInfo = { id: 'i', now: 0, model: 'm', stream: false, deployment, warn() {} }
  return codec.upstream.decodeResponse(reply, info)
}

/** The example of https://developers.deepgram.com/docs/utterances, read on 2026-11-21; cut to two words. */
const DEEPGRAM = {
  metadata: { request_id: 'r', duration: 17.566313, channels: 1, models: ['30089e05'] },
  results: {
    channels: [
      {
        detected_language: 'en',
        alternatives: [
          {
            transcript: 'four score',
            confidence: 0.99,
            words: [
              { word: 'four', start: 0.41915998, end: 0.85827994, confidence: 0.57893836 },
              { word: 'score', start: 0.85827994, end: 1.3, confidence: 0.9 },
            ],
          },
        ],
      },
    ],
    utterances: [
      {
        start: 0.41915998,
        end: 5.43012,
        confidence: 0.88172823,
        channel: 0,
        transcript: 'four score',
        words: [],
        id: '9820aa06',
      },
    ],
  },
}

test('Deepgram: words, utterances as segments, language and length', () => {
  expect(read('deepgram', DEEPGRAM)).toEqual({
    text: 'four score',
    task: 'transcribe',
    language: 'en',
    duration: 17.566313,
    words: [
      { word: 'four', start: 0.41915998, end: 0.85827994, confidence: 0.57893836 },
      { word: 'score', start: 0.85827994, end: 1.3, confidence: 0.9 },
    ],
    segments: [{ text: 'four score', start: 0.41915998, end: 5.43012, confidence: 0.88172823 }],
  })
})

test('Deepgram: channels follow each other, their words the clock', () => {
  const channel = (transcript: string, start: number) => ({
    alternatives: [{ transcript, words: [{ word: transcript, start, end: start + 1 }] }],
  })
  const results = { channels: [channel('thanks', 2), channel('hello', 0)] }
  const reply = read('deepgram', { metadata: { duration: 3 }, results })
  expect(reply.text).toBe('thanks\nhello')
  expect(reply.words?.map(({ word }) => word)).toEqual(['hello', 'thanks'])
})

/** In the shape of https://elevenlabs.io/docs/api-reference/speech-to-text/convert (2026-11), several channels; values ours. */
const ELEVENLABS = {
  transcripts: [0, 1].map(channel_index => ({
    language_code: 'en',
    language_probability: 1,
    channel_index,
    text: `Hello ${channel_index}`,
    words: [
      { text: 'Hello', start: channel_index, end: channel_index + 0.5, type: 'word', logprob: -0.1 },
      { text: ' ', start: channel_index + 0.5, end: channel_index + 0.5, type: 'spacing', logprob: -0.1 },
      { text: '(laughs)', start: 2, end: 3, type: 'audio_event', logprob: -0.1 },
    ],
  })),
  transcription_id: 'abc123',
}

test('ElevenLabs: channels are speakers; pauses and sounds are no words', () => {
  expect(read('elevenlabs', ELEVENLABS)).toEqual({
    text: 'Hello 0\nHello 1',
    task: 'transcribe',
    language: 'en',
    duration: 1.5,
    words: [
      { word: 'Hello', start: 0, end: 0.5, speaker: 'channel_0' },
      { word: 'Hello', start: 1, end: 1.5, speaker: 'channel_1' },
    ],
    segments: [
      { text: 'Hello', start: 0, end: 0.5, speaker: 'channel_0' },
      { text: 'Hello', start: 1, end: 1.5, speaker: 'channel_1' },
    ],
  })
})

/** In the shape of https://www.assemblyai.com/docs/api-reference/transcripts/get (2026-11), one utterance; values ours. */
const ASSEMBLYAI = {
  id: '9ea68fd3',
  status: 'completed',
  speech_model: 'universal-3-pro',
  language_code: 'en_us',
  text: 'Smoke from',
  audio_duration: 281,
  confidence: 0.96,
  words: [{ text: 'Smoke', start: 240, end: 640, confidence: 0.9, speaker: null }],
  utterances: [{ speaker: 'A', text: 'Smoke from', start: 240, end: 840, confidence: 0.9, words: [] }],
}

test('AssemblyAI: milliseconds become seconds, utterances segments', () => {
  expect(read('assemblyai', ASSEMBLYAI)).toEqual({
    text: 'Smoke from',
    task: 'transcribe',
    language: 'en_us',
    duration: 281,
    words: [{ word: 'Smoke', start: 0.24, end: 0.64, confidence: 0.9 }],
    segments: [{ text: 'Smoke from', start: 0.24, end: 0.84, confidence: 0.9, speaker: 'A' }],
  })
})

/** In the shape of https://soniox.com/docs/sdk/python-SDK/Full-SDK-reference/types (2026-11), with the job's length; values ours. */
const SONIOX = {
  id: '19b6d61d',
  text: 'Hello there',
  audio_duration_ms: 16_079,
  tokens: [
    { text: 'Hel', start_ms: 10, end_ms: 90, confidence: 0.95, language: 'en' },
    { text: 'lo', start_ms: 110, end_ms: 160, confidence: 0.98, language: 'en' },
    { text: ' there', start_ms: 200, end_ms: 400, confidence: 0.98, language: 'en' },
    { text: ' Hallo', confidence: 0.9, language: 'de', translation_status: 'translation' },
  ],
}

test('Soniox: tokens become words; what was translated has no time and is none', () => {
  expect(read('soniox', SONIOX)).toEqual({
    text: 'Hello there',
    task: 'transcribe',
    language: 'en',
    duration: 16.079,
    words: [
      { word: 'Hello', start: 0.01, end: 0.16 },
      { word: 'there', start: 0.2, end: 0.4 },
    ],
  })
})

test.each([
  ['deepgram', {}],
  ['deepgram', { results: { channels: [{ alternatives: [] }] } }],
  ['elevenlabs', { words: [] }],
  ['elevenlabs', { transcripts: [] }],
  ['assemblyai', { status: 'queued' }],
  ['soniox', { text: 'x' }],
  ['mistral', { error: 'x' }],
])('%s: %j is no transcript', (provider, reply) => {
  expect(() => read(provider, reply)).toThrow(expect.objectContaining({ kind: 'bad_gateway' }))
})
