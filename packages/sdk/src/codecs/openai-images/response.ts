import { createError } from '../../errors.ts'
import type { ImageResponse } from '../../types/image-generation.ts'
import { isJsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { decodeLateError } from '../openai-chat/errors/errors.ts'

/** OpenAI's image answer, as it is. Throws when there is none. */
export function decodeImages(body: unknown, info: CallInfo): ImageResponse {
  if (isJsonObject(body) && body.error != null && body.data === undefined)
    throw decodeLateError(body.error, info)
  if (!isJsonObject(body) || !Array.isArray(body.data)) throw noImages(info)
  body.created ??= Math.floor(info.now / 1000)
  return body as ImageResponse
}

/** The error for an answer without images. */
export function noImages(info: CallInfo, why = 'The provider answered an image request without images.') {
  return createError({
    kind: 'bad_gateway',
    message: why,
    provider: info.deployment.provider,
    model: info.model,
  })
}
