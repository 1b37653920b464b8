import type { Codec } from '../../codecs/codec.ts'
import { addressOf } from '../../codecs/media/image-input.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { decodeImages } from '../../codecs/openai-images/response.ts'

/** Edits as JSON with addresses. Source: https://docs.x.ai/docs/guides/image-generations#image-editing */
export const xaiImageEdits: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'xai-image-edits',
  framing: 'sse',
  upstream: {
    params: new Set(['n', 'quality', 'response_format', 'user']),
    encodeRequest(request, info) {
      const { image, stream: _, ...rest } = stated(request)
      const pictures = request.image.map(input => ({ type: 'image_url', url: addressOf(input) }))
      const given = pictures.length === 1 ? { image: pictures[0] } : { images: pictures }
      return { body: { ...rest, model: info.model, ...given } }
    },
    decodeResponse: decodeImages,
    decodeError,
  },
}
