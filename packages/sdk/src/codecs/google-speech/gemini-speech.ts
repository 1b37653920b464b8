import { badRequest, createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { SpeechRequest, SpeechResponse } from '../../types/speech.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { decodeResponse as decodeChat } from '../gemini/reply/response.ts'
import { without } from '../gemini/request/fields.ts'
import { encodeRequest as encodeChat } from '../gemini/request/request.ts'
import { wavOf } from '../media/wav.ts'

const PARAMS: ReadonlySet<string> = new Set(['instructions', 'response_format', 'voice'])
const OWN = new Set([...PARAMS, 'input', 'stream', 'stream_format', 'speed'])

/** OpenAI's voices → Gemini's of a like kind. Source: https://ai.google.dev/gemini-api/docs/speech-generation#voices */
const VOICES: ReadonlyMap<string, string> = new Map([
  ['alloy', 'Kore'],
  ['ash', 'Orus'],
  ['ballad', 'Enceladus'],
  ['coral', 'Laomedeia'],
  ['echo', 'Puck'],
  ['fable', 'Fenrir'],
  ['nova', 'Aoede'],
  ['onyx', 'Charon'],
  ['sage', 'Sulafat'],
  ['shimmer', 'Leda'],
  ['verse', 'Zephyr'],
])
/** Gemini's samples per second where the answer does not say. */
const USUAL_RATE = 24_000

/** Gemini's models that speak, asked by `generateContent`. Source: https://ai.google.dev/gemini-api/docs/speech-generation */
export const geminiSpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'gemini-speech',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    // Gemini speaks in samples, of which a WAV file can be made.
    only: { response_format: ['wav', 'pcm'] },
    encodeRequest,
    decodeResponse,
    decodeError,
  },
}

function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  const { instructions, input, voice } = request
  if (request.response_format == null)
    info.warn({
      action: 'approximated',
      param: 'response_format',
      reason: 'Gemini speaks in samples; the audio comes as wav where nothing is said',
    })
  if (instructions)
    info.warn({
      action: 'approximated',
      param: 'instructions',
      reason: 'Gemini reads how to speak in front of the text',
    })
  const text = instructions ? `${instructions}:\n${input}` : input
  const speechConfig = speechOf(voice, info)
  return encodeChat(
    {
      ...(speechConfig && { speechConfig }),
      ...without(request, OWN),
      model: request.model,
      messages: [{ role: 'user', content: text }],
      modalities: ['audio'],
    },
    info,
  )
}

/** A name, or Google's own description: a `speechConfig`, or what stands in one. */
function speechOf(voice: SpeechRequest['voice'], info: CallInfo): JsonObject | undefined {
  if (voice == null) return undefined
  if (isJsonObject(voice)) {
    if (voice.voiceConfig !== undefined || voice.multiSpeakerVoiceConfig !== undefined) return voice
    if (typeof voice.name !== 'string')
      throw badRequest('voice: must be a name, or a speechConfig of Gemini.', 'voice')
    return speechOf(voice.name, info)
  }
  const known = VOICES.get(voice)
  if (known !== undefined)
    info.warn({ action: 'approximated', param: 'voice', reason: `${voice} is OpenAI's; ${known} speaks` })
  return { voiceConfig: { prebuiltVoiceConfig: { voiceName: known ?? voice } } }
}

function decodeResponse(body: unknown, info: CallInfo): SpeechResponse {
  const { choices, usage } = decodeChat(body, info)
  const audio = choices[0]?.message.audio
  if (!isJsonObject(audio) || typeof audio.data !== 'string') {
    const filtered = choices[0]?.finish_reason === 'content_filter'
    throw createError({
      kind: filtered ? 'content_policy' : 'bad_gateway',
      message: filtered
        ? 'The speech was held back.'
        : 'The provider answered a speech request without audio.',
      provider: info.deployment.provider,
      model: info.model,
    })
  }
  return {
    audio: fileOf(Buffer.from(audio.data, 'base64'), String(audio.mime_type), info),
    ...(usage && {
      usage: {
        input_tokens: usage.prompt_tokens,
        output_tokens: usage.completion_tokens,
        total_tokens: usage.total_tokens,
      },
    }),
  }
}

/** `audio/L16;codec=pcm;rate=24000` → what was asked for; a file of another kind stays what it is. */
function fileOf(bytes: Buffer, mimeType: string, info: CallInfo): WireBytes {
  if (!/^audio\/(l16|pcm)/i.test(mimeType)) return new WireBytes(bytes, mimeType)
  if (info.request?.response_format === 'pcm') return new WireBytes(bytes, 'audio/pcm')
  const rate = Number(/rate=(\d+)/.exec(mimeType)?.[1] ?? USUAL_RATE)
  return new WireBytes(wavOf(bytes, rate), 'audio/wav')
}
