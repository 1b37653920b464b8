import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { MadeFormats } from '../../codecs/openai-speech/made-formats.ts'
import { voiceOf } from '../../codecs/openai-speech/voices.ts'
import { createError } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import type { SpeechRequest, SpeechResponse } from '../../types/speech.ts'
import { checkBaseResp } from '../vendors/minimax.ts'
import { stated } from './transcripts.ts'

/** OpenAI's voices → the vendor's of a like kind. Source: https://platform.minimax.io/docs/faq/system-voice-id */
const VOICES = {
  alloy: 'English_expressive_narrator',
  echo: 'English_magnetic_voiced_man',
  fable: 'English_Insightful_Speaker',
  nova: 'English_radiant_girl',
  onyx: 'English_Persuasive_Man',
  shimmer: 'English_Graceful_Lady',
}

/** The samples of OpenAI's `pcm`. */
const SAMPLE_RATE = 24_000

const FORMATS = new MadeFormats<Readonly<Record<string, unknown>>>({
  mp3: { wire: { format: 'mp3' } },
  flac: { wire: { format: 'flac' } },
  wav: { wire: { format: 'pcm', sample_rate: SAMPLE_RATE, channel: 1 }, wavRate: SAMPLE_RATE },
  pcm: { wire: { format: 'pcm', sample_rate: SAMPLE_RATE, channel: 1 } },
})

/** The audio is asked for as hex: its other form is an address. */
function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  const {
    input,
    speed,
    voice: _,
    response_format: __,
    voice_setting,
    audio_setting,
    ...rest
  } = stated(request)
  const { stream: _stream, stream_format: _format, ...own } = rest
  return {
    body: {
      output_format: 'hex',
      ...own,
      model: info.model,
      text: input,
      stream: false,
      voice_setting: {
        voice_id: voiceOf(request, VOICES, info, 'voice_id'),
        ...(speed !== undefined && { speed }),
        ...(isJsonObject(voice_setting) && voice_setting),
      },
      audio_setting: {
        ...FORMATS.asked(request, info).wire,
        ...(isJsonObject(audio_setting) && audio_setting),
      },
    },
  }
}

function decodeResponse(body: unknown, info: CallInfo): SpeechResponse {
  if (isJsonObject(body)) checkBaseResp(body, info)
  const data = isJsonObject(body) && isJsonObject(body.data) ? body.data.audio : undefined
  if (typeof data !== 'string' || data === '' || !/^[\da-f]+$/i.test(data))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered a speech request without audio in hex.',
      provider: info.deployment.provider,
      model: info.model,
    })
  return { audio: FORMATS.whole(Buffer.from(data, 'hex'), info) }
}

/** Failures come with a status of 200, so the answer is read whole. Source: https://platform.minimax.io/docs/api-reference/speech-t2a-http */
export const minimaxSpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'minimax-speech',
  framing: 'sse',
  upstream: {
    params: new Set(['response_format', 'speed', 'voice']),
    only: FORMATS.only,
    encodeRequest,
    decodeResponse,
    decodeError,
  },
}
