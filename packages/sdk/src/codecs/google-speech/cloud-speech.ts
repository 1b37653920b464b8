import { badRequest, createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { SpeechRequest, SpeechResponse } from '../../types/speech.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { without } from '../gemini/request/fields.ts'
import { audioTypeOf, DEFAULT_FORMAT } from '../openai-speech/audio-formats.ts'

const PARAMS: ReadonlySet<string> = new Set(['response_format', 'speed', 'voice'])
const OWN = new Set([
  ...PARAMS,
  'model',
  'input',
  'instructions',
  'stream',
  'stream_format',
  'use_ssml',
  'audioConfig',
])

/** LiteLLM's choice of Google's voices for OpenAI's names. */
const VOICES: ReadonlyMap<string, string> = new Map([
  ['alloy', 'en-US-Studio-O'],
  ['echo', 'en-US-Studio-M'],
  ['fable', 'en-GB-Studio-B'],
  ['nova', 'en-US-Studio-O'],
  ['onyx', 'en-US-Wavenet-D'],
  ['shimmer', 'en-US-Wavenet-F'],
])
const DEFAULT_VOICE = 'alloy'
/** Source: https://cloud.google.com/text-to-speech/docs/reference/rest/v1/AudioEncoding */
const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ['mp3', 'MP3'],
  ['opus', 'OGG_OPUS'],
  ['wav', 'LINEAR16'],
  ['pcm', 'PCM'],
])

/** Google Cloud's Text-to-Speech. Source: https://cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize */
export const cloudSpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'google-cloud-speech',
  framing: 'sse',
  upstream: { params: PARAMS, encodeRequest, decodeResponse, decodeError },
}

function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  const { input, speed } = request
  const isMarkup = request.use_ssml === true || input.trimStart().startsWith('<speak')
  const audio = {
    audioEncoding: ENCODINGS.get(formatOf(request)),
    ...(speed != null && { speakingRate: speed }),
    ...(isJsonObject(request.audioConfig) && request.audioConfig),
  }
  return {
    body: {
      input: isMarkup ? { ssml: input } : { text: input },
      voice: voiceOf(request.voice ?? DEFAULT_VOICE, info),
      audioConfig: audio,
      ...without(request, OWN),
    },
  }
}

/** Throws for a format that Google does not make. */
function formatOf({ response_format: asked }: SpeechRequest): string {
  const format = asked ?? DEFAULT_FORMAT
  if (ENCODINGS.has(format)) return format
  throw createError({
    kind: 'unsupported_params',
    message: `response_format: Google makes ${[...ENCODINGS.keys()].join(', ')}, not "${format}".`,
    param: 'response_format',
  })
}

/** The language stands in the voice's name: `en-GB-Studio-B`. */
function voiceOf(voice: string | JsonObject, info: CallInfo): JsonObject {
  if (typeof voice !== 'string') return voice
  const known = VOICES.get(voice)
  if (known !== undefined && voice !== DEFAULT_VOICE)
    info.warn({ action: 'approximated', param: 'voice', reason: `${voice} is OpenAI's; ${known} speaks` })
  const name = known ?? voice
  const [language, region] = name.split('-')
  if (language && region) return { languageCode: `${language}-${region}`, name }
  throw badRequest(
    'voice: must be one of OpenAI\'s names, a name of Google\'s such as "en-US-Chirp3-HD-Kore", or {"languageCode":"…","name":"…"}.',
    'voice',
  )
}

function decodeResponse(body: unknown, info: CallInfo): SpeechResponse {
  const content = isJsonObject(body) ? body.audioContent : undefined
  if (typeof content !== 'string')
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered a speech request without "audioContent".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const format = info.request?.response_format
  return {
    audio: new WireBytes(
      Buffer.from(content, 'base64'),
      audioTypeOf(typeof format === 'string' ? format : null),
    ),
  }
}
