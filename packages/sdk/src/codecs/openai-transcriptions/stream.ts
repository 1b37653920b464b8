import { createError, type SluiceError } from '../../errors.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { TranscriptionEvent } from '../../types/transcription.ts'
import type { CallInfo, EventEncoder } from '../codec.ts'
import { decodeLateError, encodeError } from '../openai-chat/errors/errors.ts'
import { parseEvent } from '../parse-event.ts'

/** Source: https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event */
export function decodeTranscriptStream(info: CallInfo): StreamTransform<WireEvent, TranscriptionEvent> {
  let done = false
  return {
    push({ data }) {
      if (data === '' || data === '[DONE]') return []
      const event = parseEvent(data, info)
      if (event.type === 'error' || event.error != null) throw decodeLateError(event.error ?? event, info)
      if (event.type === 'transcript.text.done') done = true
      return [event as TranscriptionEvent]
    },
    end() {
      if (!done)
        throw createError({
          kind: 'truncated',
          message: 'The provider closed the stream before the transcript was complete.',
          provider: info.deployment.provider,
          model: info.model,
        })
      return []
    },
  }
}

export function encodeTranscriptStream(): EventEncoder<'transcription'> {
  return {
    push: event => [{ data: JSON.stringify(event) }],
    end: () => [{ data: '[DONE]' }],
    fail: (error: SluiceError) => [
      { event: 'error', data: JSON.stringify({ type: 'error', ...encodeError(error) }) },
    ],
  }
}
