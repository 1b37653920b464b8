import { createError, type SluiceError } from '../../errors.ts'
import type { ImageEvent } from '../../types/image-generation.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo, EventEncoder } from '../codec.ts'
import { decodeLateError, encodeError } from '../openai-chat/errors/errors.ts'
import { parseEvent } from '../parse-event.ts'

/** Source: https://platform.openai.com/docs/api-reference/images-streaming */
export function decodeImageStream(info: CallInfo): StreamTransform<WireEvent, ImageEvent> {
  let finished = 0
  return {
    *push({ data }) {
      if (data === '' || data === '[DONE]') return
      const event = parseEvent(data, info)
      if (event.type === 'error' || event.error != null) throw decodeLateError(event.error ?? event, info)
      if (typeof event.type === 'string' && event.type.endsWith('.completed')) finished++
      yield event as ImageEvent
    },
    end() {
      if (finished === 0)
        throw createError({
          kind: 'truncated',
          message: 'The image stream ended before an image was finished.',
          provider: info.deployment.provider,
          model: info.model,
        })
      return []
    },
  }
}

export function encodeImageStream(): EventEncoder<'image_generation'> & EventEncoder<'image_edit'> {
  return {
    push: event => [{ event: event.type, data: JSON.stringify(event) }],
    end: () => [],
    fail: (error: SluiceError) => [
      { event: 'error', data: JSON.stringify({ type: 'error', ...encodeError(error) }) },
    ],
  }
}
