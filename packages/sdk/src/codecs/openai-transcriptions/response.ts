import { createError } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import type { TranscriptionRequest, TranscriptionResponse } from '../../types/transcription.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { CallInfo, InboundInfo } from '../codec.ts'
import { decodeLateError } from '../openai-chat/errors/errors.ts'
import { hasTimes, toSrt, toVtt } from './subtitles.ts'

export function decodeResponse(body: unknown, info: CallInfo): TranscriptionResponse {
  if (body instanceof WireBytes) return { text: body.bytes.toString('utf8').trim() }
  if (isJsonObject(body) && body.error != null) throw decodeLateError(body.error, info)
  if (!isJsonObject(body) || typeof body.text !== 'string')
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered a transcription without "text".',
      provider: info.deployment.provider,
      model: info.model,
    })
  return body as TranscriptionResponse
}

/** The transcript in the format that was asked for; as JSON, with a receipt, where that needs times and there are none. */
export function encodeResponse(
  response: TranscriptionResponse,
  { response_format: format }: TranscriptionRequest,
  info: Pick<InboundInfo, 'warn'>,
): unknown {
  if ((format === 'srt' || format === 'vtt') && !hasTimes(response)) {
    // The provider has been paid: what it said is worth more than an error.
    const reason = 'the provider gave no times, of which subtitles are made; the transcript comes as JSON'
    info.warn({ action: 'approximated', param: 'response_format', reason })
    return plain(response)
  }
  switch (format) {
    case 'text':
      return new WireBytes(Buffer.from(`${response.text}\n`), 'text/plain; charset=utf-8')
    case 'srt':
      return new WireBytes(Buffer.from(toSrt(response)), 'text/plain; charset=utf-8')
    case 'vtt':
      return new WireBytes(Buffer.from(toVtt(response)), 'text/vtt; charset=utf-8')
    case 'verbose_json':
    case 'diarized_json':
      return response
    default:
      return plain(response)
  }
}

/** What `json` holds: times and segments belong to `verbose_json`. */
function plain({
  words: _w,
  segments: _s,
  task: _t,
  language: _l,
  duration,
  ...rest
}: TranscriptionResponse) {
  const usage =
    rest.usage ?? (duration === undefined ? undefined : { type: 'duration', seconds: Math.ceil(duration) })
  return { ...rest, ...(usage && { usage }) }
}
