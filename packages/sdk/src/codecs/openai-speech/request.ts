import { badRequest } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import type { InboundInfo } from '../codec.ts'
import { AUDIO_TYPES } from './audio-formats.ts'

/** A client's request. It is always streamed to the provider: audio is passed on as it comes. */
export function decodeRequest(body: unknown, info: InboundInfo): SpeechRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  if (typeof body.input !== 'string' || body.input === '')
    throw badRequest('input: must be a non-empty string, the text to speak.', 'input')
  checkParams(body)
  return { ...body, model, stream: true } as SpeechRequest
}

function checkParams({ response_format: format, speed, stream_format: framing, voice }: JsonObject): void {
  if (format != null && !(typeof format === 'string' && Object.hasOwn(AUDIO_TYPES, format)))
    throw badRequest(
      `response_format: must be one of ${Object.keys(AUDIO_TYPES).join(', ')}.`,
      'response_format',
    )
  if (speed != null && !(typeof speed === 'number' && speed >= 0.25 && speed <= 4))
    throw badRequest('speed: must be a number from 0.25 to 4.', 'speed')
  if (framing != null && framing !== 'audio' && framing !== 'sse')
    throw badRequest('stream_format: must be "audio" or "sse".', 'stream_format')
  if (voice != null && typeof voice !== 'string' && !isJsonObject(voice))
    throw badRequest('voice: must be the name of a voice, or an object that describes one.', 'voice')
}
