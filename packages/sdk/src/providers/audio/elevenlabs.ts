import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { decodeError as decodeOpenaiError } from '../../codecs/openai-chat/errors/errors.ts'
import { MadeFormats } from '../../codecs/openai-speech/made-formats.ts'
import { voiceOf } from '../../codecs/openai-speech/voices.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { ErrorFacts, ErrorKind } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf, wordOf } from '../../types/json.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import type { TranscriptionRequest, TranscriptionResponse } from '../../types/transcription.ts'
import { type FormField, WireForm } from '../../types/wire-body.ts'
import type { Provider } from '../provider.ts'
import { noTranscript, spokenWords, stated, turnsOf, wantsSpeakers, warnWordsOnly } from './transcripts.ts'

const credentials: Credentials = {
  env: ['ELEVENLABS_API_KEY'],
  required: true,
  sign(request, secret) {
    if (secret) request.headers['xi-api-key'] = secret
  },
}

/** LiteLLM's choice of the vendor's voices for OpenAI's names. */
const VOICES = {
  alloy: '21m00Tcm4TlvDq8ikWAM',
  amber: '5Q0t7uMcjvnagumLfvZi',
  ash: 'AZnzlk1XvdvUeBnXmlld',
  august: 'D38z5RcWu1voky8WS1ja',
  blue: '2EiwWnXFnvU5JabPnv8n',
  coral: '9BWtsMINqrJLrRacOk9x',
  lily: 'EXAVITQu4vr4xnSDxMaL',
  onyx: '29vD33N1CtxCmqQRPOHJ',
  sage: 'CwhRBWXzGAHq8TQ4Fs17',
  verse: 'CYw3kZ02Hs0563khs1Fj',
}

/** Source: https://elevenlabs.io/docs/api-reference/text-to-speech/convert (`output_format`) */
const FORMATS = new MadeFormats({
  mp3: { wire: 'mp3_44100_128' },
  opus: { wire: 'opus_48000_128' },
  wav: { wire: 'pcm_24000', wavRate: 24_000 },
  pcm: { wire: 'pcm_24000' },
})

/** Options that the vendor reads from the query. */
const QUERY = ['output_format', 'enable_logging', 'optimize_streaming_latency'] as const

function encodeSpeech(request: SpeechRequest, info: CallInfo): WireRequest {
  const { input, speed, voice: _, response_format: __, stream_format: ___, ...rest } = stated(request)
  const voice = encodeURIComponent(voiceOf(request, VOICES, info, 'voice_id'))
  const { wire } = FORMATS.asked(request, info)
  const query: Record<string, string> = { output_format: wire }
  for (const name of QUERY) {
    if (rest[name] !== undefined) query[name] = wordOf(rest[name])
    delete rest[name]
  }
  const settings = isJsonObject(rest.voice_settings) ? rest.voice_settings : {}
  const voice_settings = { ...(speed !== undefined && { speed }), ...settings }
  const { model: _model, stream: _stream, ...own } = rest
  return {
    path: `/v1/text-to-speech/${voice}${info.stream ? '/stream' : ''}`,
    query,
    body: {
      ...own,
      text: input,
      model_id: info.model,
      ...(Object.keys(voice_settings).length > 0 && { voice_settings }),
    },
  }
}

const speech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'elevenlabs-speech',
  framing: 'bytes',
  upstream: {
    params: new Set(['response_format', 'speed', 'voice']),
    only: FORMATS.only,
    takesBytes: true,
    encodeRequest: encodeSpeech,
    decodeResponse: (body, info) => FORMATS.answer(body, info),
    decodeStream: info => FORMATS.stream(info),
    decodeError,
  },
}

const RENAMED: Readonly<Record<string, string>> = { language: 'language_code' }

/** Source: https://elevenlabs.io/docs/api-reference/speech-to-text/convert */
function encodeTranscription(request: TranscriptionRequest, info: CallInfo): WireRequest {
  const { file, response_format: _, timestamp_granularities: __, model: ___, ...rest } = stated(request)
  warnWordsOnly(request, info)
  const fields: FormField[] = [
    ['model_id', info.model],
    ['file', file],
  ]
  const asked: JsonObject = { ...(wantsSpeakers(request) && { diarize: true }), ...rest }
  delete asked.stream
  for (const [name, value] of Object.entries(asked)) {
    const items = isJsonArray(value) ? value : [value]
    for (const item of items)
      fields.push([RENAMED[name] ?? name, typeof item === 'string' ? item : JSON.stringify(item)])
  }
  return { body: {}, payload: new WireForm(fields) }
}

function decodeTranscription(body: unknown, info: CallInfo): TranscriptionResponse {
  if (!isJsonObject(body)) throw noTranscript(info)
  // Recordings whose channels are written down apart come as several transcripts.
  const parts = isJsonArray(body.transcripts) ? body.transcripts.filter(isJsonObject) : [body]
  if (parts.length === 0 || parts.some(({ text }) => typeof text !== 'string')) throw noTranscript(info)
  const words = parts.flatMap(part => spokenWords(wordsIn(part))).sort((a, b) => a.start - b.start)
  const [first] = parts
  // Where the vendor tells no length, the last word's end is the least that there was.
  const duration = body.audio_duration_secs ?? first?.audio_duration_secs ?? words.at(-1)?.end
  const segments = turnsOf(words)
  return {
    text: parts.map(({ text }) => textOf(text)).join('\n'),
    task: 'transcribe',
    ...(typeof first?.language_code === 'string' && { language: first.language_code }),
    ...(typeof duration === 'number' && { duration }),
    words,
    ...(segments && { segments }),
  }
}

/** Pauses and sounds stand among the words. */
function wordsIn({ words, channel_index: channel }: JsonObject): JsonObject[] {
  if (!isJsonArray(words)) return []
  return words
    .filter(isJsonObject)
    .filter(({ type }) => type === undefined || type === 'word')
    .map(({ text, start, end, speaker_id: speaker }) => ({
      word: text,
      start,
      end,
      speaker: speaker ?? (typeof channel === 'number' ? `channel_${channel}` : undefined),
    }))
}

const transcription: Codec<'transcription'> = {
  endpoint: 'transcription',
  format: 'elevenlabs-transcriptions',
  framing: 'sse',
  upstream: {
    params: new Set(['language', 'response_format', 'temperature', 'timestamp_granularities']),
    encodeRequest: encodeTranscription,
    decodeResponse: decodeTranscription,
    decodeError,
  },
}

/** Source: https://elevenlabs.io/docs/developers/resources/error-messages */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  invalid_api_key: 'authentication',
  needs_authorization: 'authentication',
  missing_permissions: 'permission',
  only_for_creator: 'permission',
  quota_exceeded: 'insufficient_quota',
  too_many_concurrent_requests: 'rate_limit',
  system_busy: 'unavailable',
  voice_not_found: 'not_found',
  model_not_found: 'not_found',
  max_character_limit_exceeded: 'context_window',
}

/** `{ detail: { status, message } }`, or FastAPI's `{ detail: [{ loc, msg }] }`. */
function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const detail = isJsonObject(body) ? body.detail : undefined
  if (isJsonArray(detail)) {
    const message = detail
      .filter(isJsonObject)
      .map(({ loc, msg }) => `${isJsonArray(loc) ? loc.join('.') : ''}: ${textOf(msg)}`)
      .join('; ')
    return { message, providerSpecificFields: { error: detail } }
  }
  if (!isJsonObject(detail)) return decodeOpenaiError(status, body)
  const code = textOf(detail.status) || textOf(detail.code)
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined
  return {
    message: textOf(detail.message) || code,
    ...(code !== '' && { code }),
    ...(kind && { kind }),
    providerSpecificFields: { error: detail },
  }
}

/** Source: https://elevenlabs.io/docs/api-reference */
export const elevenlabs: Provider = {
  name: 'elevenlabs',
  title: 'ElevenLabs',
  docs: 'https://elevenlabs.io/docs/api-reference',
  baseUrl: 'https://api.elevenlabs.io',
  baseUrlEnv: ['ELEVENLABS_API_BASE'],
  credentials,
  endpoints: {
    speech: [{ codec: speech, path: '/v1/text-to-speech' }],
    transcription: [{ codec: transcription, path: '/v1/speech-to-text' }],
  },
  params: { speed: { min: 0.7, max: 1.2 } },
  exampleModels: ['eleven_v3', 'eleven_multilingual_v2', 'scribe_v2'],
}
