import { createError } from '../../errors.ts'
import type { ImageResponse } from '../../types/image-generation.ts'
import { isJsonObject, wordOf } from '../../types/json.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { imageFamily } from './families.ts'

/** Pictures by InvokeModel, each maker's own body; they always come as bytes. */
export const bedrockImages: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'bedrock-images',
  framing: 'sse',
  upstream: {
    params: new Set(['n', 'size', 'quality', 'output_format', 'response_format', 'metadata']),
    encodeRequest(request, info) {
      if (request.response_format === 'url')
        info.warn({
          action: 'approximated',
          param: 'response_format',
          reason: 'this provider keeps no files; the image comes as b64_json',
        })
      return { body: imageFamily(info.model).encode(request, info) }
    },
    decodeResponse: decodeImages,
    decodeError: decodeAwsError,
  },
}

/** The images of a reply. Throws a content policy error where they were filtered out. */
export function decodeImages(body: unknown, info: CallInfo): ImageResponse {
  const source = { provider: info.deployment.provider, model: info.model }
  const { images, refused } = isJsonObject(body)
    ? imageFamily(info.model).decode(body)
    : { images: [], refused: undefined }
  const data = images.flatMap(image => (typeof image === 'string' ? [{ b64_json: image }] : []))
  if (data.length === 0 && refused != null)
    throw createError({
      kind: 'content_policy',
      message: `The provider made no image: ${wordOf(refused)}`,
      ...source,
    })
  if (data.length === 0)
    throw createError({ kind: 'bad_gateway', message: 'The provider answered without images.', ...source })
  return { created: Math.floor(info.now / 1000), data }
}
