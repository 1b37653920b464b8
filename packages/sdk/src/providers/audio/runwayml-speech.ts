import type { CallInfo, Codec, FollowUp, WireReply, WireRequest } from '../../codecs/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { MadeFormats } from '../../codecs/openai-speech/made-formats.ts'
import { voiceOf } from '../../codecs/openai-speech/voices.ts'
import { createError } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import { WireBytes } from '../../types/wire-body.ts'
import { followTask, outputsOf } from '../images/runwayml-tasks.ts'
import { stated } from './transcripts.ts'

/** OpenAI's voices → the vendor's of a like kind. */
const VOICES = {
  alloy: 'Maya',
  echo: 'James',
  fable: 'Bernard',
  onyx: 'Vincent',
  nova: 'Serene',
  shimmer: 'Ella',
}

const FORMATS = new MadeFormats({ mp3: { wire: 'mp3' } })

function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  const { input, voice, response_format: _, stream: __, stream_format: ___, ...rest } = stated(request)
  const isOwn = isJsonObject(voice) && typeof voice.type === 'string'
  return {
    body: {
      ...rest,
      model: info.model,
      promptText: input,
      voice: isOwn ? voice : { type: 'runway-preset', presetId: voiceOf(request, VOICES, info, 'presetId') },
    },
  }
}

/** The task tells where the audio lies, which is then fetched. */
function follow(
  reply: WireReply,
  request: SpeechRequest,
  info: CallInfo,
  step: number,
  asked: string,
): FollowUp | undefined {
  if (reply.body instanceof WireBytes) return undefined
  const next = followTask(reply, request, info, step, asked)
  if (next) return next
  const [url] = outputsOf(reply.body)
  if (typeof url !== 'string') throw silent(info)
  return { method: 'GET', url, afterMs: 0 }
}

function silent(info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: 'The task ended without audio.',
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** Source: https://docs.dev.runwayml.com/api/#tag/Start-generating/paths/~1v1~1text_to_speech/post */
export const runwaymlSpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'runwayml-speech',
  framing: 'sse',
  upstream: {
    params: new Set(['response_format', 'voice']),
    only: FORMATS.only,
    takesBytes: true,
    encodeRequest,
    follow,
    decodeResponse: (body, info) => FORMATS.answer(body, info),
    decodeError,
  },
}
