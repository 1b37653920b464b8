import type { Cases } from './cases.ts'

const said = { input: 'Hello', voice: 'alloy' }

export const speechCases: Cases<'speech'> = {
  'a text': said,
  'every parameter': { ...said, instructions: 'Whisper.', response_format: 'mp3', speed: 1.25 },
  'as Opus': { ...said, response_format: 'opus' },
  'as AAC': { ...said, response_format: 'aac' },
  'as FLAC': { ...said, response_format: 'flac' },
  'as WAV': { ...said, response_format: 'wav' },
  'as samples': { ...said, response_format: 'pcm' },
  'as something else': { ...said, response_format: 'mod' },
  slowly: { ...said, speed: 0.25 },
  fast: { ...said, speed: 4 },
  'no voice': { input: 'Hello' },
  'a voice of the provider': { input: 'Hello', voice: 'voice-21' },
  'a described voice': { input: 'Hello', voice: { id: 'voice-21' } },
  'a stream': { ...said, stream: true, stream_format: 'audio' },
  events: { ...said, stream: true, stream_format: 'sse' },
  'marks in the text': { ...said, input: 'Tom & "Jerry" <say \'hi\'>' },
  'beyond ASCII': { ...said, input: 'Grüezi, 世界 👋🏽' },
  'null everywhere': {
    ...{ ...said, instructions: null, response_format: null, speed: null, stream: null, stream_format: null },
  },
  'unknown fields': { ...said, language: 'de', nested: { depth: 2 } },
}
