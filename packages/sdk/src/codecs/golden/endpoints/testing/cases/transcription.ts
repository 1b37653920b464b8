import type { Cases } from './cases.ts'
import { recording } from './files.ts'

const file = recording()

/** What both, writing down and translating, may be asked. */
const either = {
  'a recording': { file },
  'as bare text': { file, response_format: 'text' },
  'as SubRip': { file, response_format: 'srt' },
  'as WebVTT': { file, response_format: 'vtt' },
  'with details': { file, response_format: 'verbose_json' },
  'a hint': { file, prompt: 'Otters, ZyntriQix', temperature: 0 },
  'an MP3': { file: recording('talk.mp3', 'audio/mpeg') },
  'a recording of unknown kind': { file: recording('talk', 'application/octet-stream') },
  'beyond ASCII': { file: recording('Größe "1".wav'), prompt: 'Grüezi, 世界 👋🏽' },
  'unknown fields': { file, colour: 'red', nested: { depth: 2 }, list: ['a', 'b'] },
} satisfies Cases<'translation'>

export const translationCases: Cases<'translation'> = {
  ...either,
  'null everywhere': { file, prompt: null, response_format: null, temperature: null },
}

export const transcriptionCases: Cases<'transcription'> = {
  ...either,
  'every parameter': {
    ...{ file, language: 'de', prompt: 'Otters', response_format: 'json', temperature: 0.2 },
    ...{ include: ['logprobs'], chunking_strategy: 'auto' },
  },
  'times of words and sentences': {
    ...{ file, response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] },
  },
  'who spoke': {
    ...{ file, response_format: 'diarized_json', chunking_strategy: { type: 'server_vad' } },
    known_speaker_names: ['ann', 'bob'],
  },
  'a language with its country': { file, language: 'de-CH' },
  'a stream': { file, stream: true },
  'null everywhere': {
    ...{ file, language: null, prompt: null, response_format: null, temperature: null },
    ...{ timestamp_granularities: null, include: null, stream: null },
  },
}
