import type { CallInfo, Codec, WireQuery, WireRequest } from '../../codecs/codec.ts'
import { MadeFormats } from '../../codecs/openai-speech/made-formats.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { ErrorFacts, ErrorKind } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf, wordOf } from '../../types/json.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import type {
  TranscribedSegment,
  TranscriptionRequest,
  TranscriptionResponse,
} from '../../types/transcription.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { Provider } from '../provider.ts'
import { noTranscript, spokenWords, stated, turnsOf, wantsSegments, wantsSpeakers } from './transcripts.ts'

/** Keys are tokens of their own kind; short-lived ones are bearer tokens. Source: https://developers.deepgram.com/reference/authentication */
const credentials: Credentials = {
  env: ['DEEPGRAM_API_KEY'],
  required: true,
  sign(request, secret) {
    if (secret) request.headers.authorization = `${secret.startsWith('eyJ') ? 'Bearer' : 'Token'} ${secret}`
  },
}

/**
 * Everything but the recording is said in the query, the deployment's own body among it. Source:
 * https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
 */
function encodeTranscription(request: TranscriptionRequest, info: CallInfo): WireRequest {
  const {
    file,
    model: _,
    stream: __,
    response_format: ___,
    timestamp_granularities: ____,
    ...rest
  } = stated(request)
  const asked: JsonObject = {
    punctuate: true,
    ...(wantsSpeakers(request) && { diarize: true }),
    ...((wantsSegments(request) || wantsSpeakers(request)) && { utterances: true }),
    ...rest,
    ...info.deployment.extraBody,
  }
  return {
    query: { model: info.model, ...queryOf(asked) },
    body: {},
    payload: new WireBytes(file.bytes, file.contentType || 'application/octet-stream'),
  }
}

/** What the vendor wants more than one of is repeated. */
function queryOf(asked: JsonObject): WireQuery {
  const written = (item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item))
  return Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [
      name,
      isJsonArray(value) ? value.map(written) : written(value),
    ]),
  )
}

function decodeTranscription(body: unknown, info: CallInfo): TranscriptionResponse {
  const results = isJsonObject(body) ? body.results : undefined
  if (!isJsonObject(body) || !isJsonObject(results) || !isJsonArray(results.channels))
    throw noTranscript(info)
  const channels = results.channels.filter(isJsonObject)
  const best = channels.map(bestOf)
  if (best.length === 0 || best.some(each => each === undefined)) throw noTranscript(info)
  const heard = best as JsonObject[]
  const words = heard.flatMap(wordsIn).sort((a, b) => a.start - b.start)
  const turns = turnsOf(words)
  const segments = utterancesIn(results) ?? turns
  const duration = isJsonObject(body.metadata) ? body.metadata.duration : undefined
  const language = channels.find(each => typeof each.detected_language === 'string')?.detected_language
  return {
    text: turns
      ? turns.map(({ speaker, text }) => `Speaker ${speaker}: ${text}`).join('\n')
      : heard.map(({ transcript }) => textOf(transcript)).join('\n'),
    task: 'transcribe',
    ...(typeof language === 'string' && { language }),
    ...(typeof duration === 'number' && { duration }),
    words,
    ...(segments && { segments }),
  }
}

function bestOf({ alternatives }: JsonObject): JsonObject | undefined {
  const [first] = isJsonArray(alternatives) ? alternatives : []
  return isJsonObject(first) && typeof first.transcript === 'string' ? first : undefined
}

function wordsIn({ words }: JsonObject) {
  const all = isJsonArray(words) ? words.filter(isJsonObject) : []
  return spokenWords(
    all.map(({ word, punctuated_word: written, start, end, speaker, confidence }) => ({
      word: written ?? word,
      start,
      end,
      speaker,
      ...(confidence !== undefined && { confidence }),
    })),
  )
}

function utterancesIn({ utterances }: JsonObject): TranscribedSegment[] | undefined {
  if (!isJsonArray(utterances)) return undefined
  return utterances.filter(isJsonObject).flatMap(({ transcript, start, end, speaker, confidence }) => {
    if (typeof transcript !== 'string' || typeof start !== 'number' || typeof end !== 'number') return []
    return [
      {
        text: transcript,
        start,
        end,
        ...(speaker !== undefined && { speaker: wordOf(speaker) }),
        ...(confidence !== undefined && { confidence }),
      },
    ]
  })
}

const transcription: Codec<'transcription'> = {
  endpoint: 'transcription',
  format: 'deepgram-transcriptions',
  framing: 'sse',
  upstream: {
    params: new Set(['language', 'response_format', 'timestamp_granularities']),
    encodeRequest: encodeTranscription,
    decodeResponse: decodeTranscription,
    decodeError,
  },
}

/** Source: https://developers.deepgram.com/docs/tts-media-output-settings#audio-format-combinations */
const FORMATS = new MadeFormats<Readonly<Record<string, string>>>({
  mp3: { wire: { encoding: 'mp3' } },
  opus: { wire: { encoding: 'opus', container: 'ogg' } },
  aac: { wire: { encoding: 'aac' } },
  flac: { wire: { encoding: 'flac', sample_rate: '24000' } },
  wav: { wire: { encoding: 'linear16', container: 'wav', sample_rate: '24000' } },
  pcm: { wire: { encoding: 'linear16', container: 'none', sample_rate: '24000' } },
})

const DEFAULT_VOICE = 'thalia'
/** OpenAI's voices → the vendor's of a like kind. Source: https://developers.deepgram.com/docs/tts-models */
const VOICES: Readonly<Record<string, string>> = {
  alloy: DEFAULT_VOICE,
  ash: 'apollo',
  ballad: 'arcas',
  coral: 'aurora',
  echo: 'orion',
  fable: 'draco',
  nova: 'andromeda',
  onyx: 'zeus',
  sage: 'athena',
  shimmer: 'luna',
  verse: 'orpheus',
}

/** The model's name says who speaks: `aura-2-thalia-en`. A bare `aura-2` takes the voice of the request, and English. */
function speakingModel(request: SpeechRequest, info: CallInfo): string {
  const { voice } = request
  const isWhole = !/^aura(-\d)?$/.test(info.model)
  if (isWhole || typeof voice !== 'string') {
    if (voice != null)
      info.warn({ action: 'dropped', param: 'voice', reason: `the model ${info.model} says who speaks` })
    return isWhole ? info.model : `${info.model}-${DEFAULT_VOICE}-en`
  }
  if (voice.startsWith('aura')) return voice
  const known = Object.hasOwn(VOICES, voice) ? VOICES[voice] : undefined
  if (known !== undefined)
    info.warn({ action: 'approximated', param: 'voice', reason: `${voice} is OpenAI's; ${known} speaks` })
  return `${info.model}-${known ?? voice.toLowerCase()}-en`
}

/** Source: https://developers.deepgram.com/reference/text-to-speech/speak-request */
function encodeSpeech(request: SpeechRequest, info: CallInfo): WireRequest {
  const { input, speed, model: _, voice: __, response_format: ___, ...rest } = stated(request)
  const { stream: _stream, stream_format: _format, ...own } = rest
  const query = {
    model: speakingModel(request, info),
    ...FORMATS.asked(request, info).wire,
    ...(speed !== undefined && { speed: String(speed) }),
    ...queryOf(own),
  }
  return { query, body: { text: input } }
}

const speech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'deepgram-speech',
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

/** Source: https://developers.deepgram.com/docs/errors */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  INVALID_AUTH: 'authentication',
  INSUFFICIENT_PERMISSIONS: 'permission',
  ASR_PAYMENT_REQUIRED: 'insufficient_quota',
  PROJECT_NOT_FOUND: 'not_found',
  TOO_MANY_REQUESTS: 'rate_limit',
  SLOW_UPLOAD: 'timeout',
  PAYLOAD_TOO_LARGE: 'too_large',
}

/** `{ err_code, err_msg, request_id }`, or lately `{ category, message, details, request_id }`. */
function decodeError(_status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (!isJsonObject(body)) return undefined
  const code = textOf(body.err_code) || textOf(body.category)
  const message = textOf(body.err_msg) || [body.message, body.details].map(textOf).filter(Boolean).join(' ')
  if (code === '' && message === '') return undefined
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined
  return {
    message: message || code,
    ...(code !== '' && { code }),
    ...(kind && { kind }),
    providerSpecificFields: { error: body },
  }
}

/** Source: https://developers.deepgram.com/reference */
export const deepgram: Provider = {
  name: 'deepgram',
  title: 'Deepgram',
  docs: 'https://developers.deepgram.com/reference',
  baseUrl: 'https://api.deepgram.com',
  baseUrlEnv: ['DEEPGRAM_API_BASE'],
  credentials,
  endpoints: {
    speech: [{ codec: speech, path: '/v1/speak' }],
    transcription: [{ codec: transcription, path: '/v1/listen' }],
  },
  params: { speed: { min: 0.7, max: 1.5 } },
  exampleModels: ['nova-3', 'nova-2', 'aura-2-thalia-en'],
}
