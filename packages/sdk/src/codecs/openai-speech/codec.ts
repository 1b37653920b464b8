import type { SpeechRequest } from '../../types/speech.ts'
import type { WireBytes } from '../../types/wire-body.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { decodeRequest } from './request.ts'
import { decodeAudioStream, decodeSpeechEvents, encodeSpeechStream } from './stream.ts'

/** Source: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const SPEECH_PARAMS: ReadonlySet<string> = new Set([
  'instructions',
  'response_format',
  'speed',
  'voice',
])

/** Speech as bare audio. Source: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const openaiSpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'openai-speech',
  framing: 'bytes',
  upstream: {
    params: SPEECH_PARAMS,
    takesBytes: true,
    encodeRequest: (request, info) => ({ body: bodyOf(request, info) }),
    decodeResponse: body => ({ audio: body as WireBytes }),
    decodeStream: decodeAudioStream,
    decodeError,
  },
  inbound: {
    decodeRequest,
    encodeResponse: ({ audio }) => audio,
    encodeStream: encodeSpeechStream,
    encodeError,
  },
}

/** Speech as events, which tell at the end how many tokens it took: for models that are charged by the token. */
export const openaiSpeechEvents: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'openai-speech-events',
  framing: 'sse',
  upstream: {
    ...openaiSpeech.upstream,
    encodeRequest: (request, info) => ({ body: { ...bodyOf(request, info), stream_format: 'sse' } }),
    decodeStream: info => decodeSpeechEvents(info),
  },
}

function bodyOf(request: SpeechRequest, info: CallInfo) {
  const { stream: _s, stream_format: _f, ...asked } = request
  const body = { ...asked, model: info.model }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}
