import { badRequest, createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { SpeechRequest, SpeechResponse } from '../../types/speech.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { without } from '../gemini/request/fields.ts'
import { MadeFormats } from '../openai-speech/made-formats.ts'
import { isMarkup } from '../openai-speech/markup.ts'

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
const DEFAULT_VOICE = 'en-US-Studio-O'
/** Source: https://cloud.google.com/text-to-speech/docs/reference/rest/v1/AudioEncoding */
const FORMATS = new MadeFormats<JsonObject>({
  mp3: { wire: { audioEncoding: 'MP3' } },
  opus: { wire: { audioEncoding: 'OGG_OPUS' } },
  wav: { wire: { audioEncoding: 'LINEAR16' } },
  pcm: { wire: { audioEncoding: 'PCM', sampleRateHertz: 24_000 } },
})

/** Google Cloud's Text-to-Speech. Source: https://cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize */
export const cloudSpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'google-cloud-speech',
  framing: 'sse',
  upstream: { params: PARAMS, only: FORMATS.only, encodeRequest, decodeResponse, decodeError },
}

function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  const { input, speed } = request
  const isWritten = request.use_ssml === true || isMarkup(input)
  const audio = {
    ...FORMATS.asked(request, info).wire,
    ...(speed != null && { speakingRate: speed }),
    ...(isJsonObject(request.audioConfig) && request.audioConfig),
  }
  return {
    body: {
      input: isWritten ? { ssml: input } : { text: input },
      voice: request.voice == null ? voiceNamed(DEFAULT_VOICE) : voiceOf(request.voice, info),
      audioConfig: audio,
      ...without(request, OWN),
    },
  }
}

function voiceOf(voice: string | JsonObject, info: CallInfo): JsonObject {
  if (typeof voice !== 'string') return voice
  const known = VOICES.get(voice)
  if (known !== undefined)
    info.warn({ action: 'approximated', param: 'voice', reason: `${voice} is OpenAI's; ${known} speaks` })
  return voiceNamed(known ?? voice)
}

/** The language stands in the voice's name: `en-GB-Studio-B`. */
function voiceNamed(name: string): JsonObject {
  const language = /^[a-z]{2,3}-[A-Z0-9]{2,3}(?=-)/.exec(name)?.[0]
  if (language) return { languageCode: language, name }
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
  return { audio: FORMATS.whole(Buffer.from(content, 'base64'), info) }
}
