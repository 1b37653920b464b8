import type { CallInfo } from '../../codecs/codec.ts'
import { isDataUri } from '../../codecs/media/data-uri.ts'
import { noImages } from '../../codecs/openai-images/response.ts'
import { createError } from '../../errors.ts'
import type { ImageItem, ImageResponse } from '../../types/image-generation.ts'
import { WireBytes } from '../../types/wire-body.ts'

/** The hub's answer from images that lie somewhere: `data:` URIs are bytes, anything else stays an address. */
export function imagesAt(addresses: readonly unknown[], info: CallInfo): ImageResponse {
  const data = addresses.filter(address => typeof address === 'string').map(itemAt)
  if (data.length === 0) throw noImages(info)
  return { created: Math.floor(info.now / 1000), data }
}

export function itemAt(address: string): ImageItem {
  if (!isDataUri(address)) return { url: address }
  return { b64_json: address.slice(address.indexOf(',') + 1) }
}

/** The hub's answer from one image as bytes, or as base64. */
export function imageOf(image: WireBytes | string, info: CallInfo): ImageResponse {
  const b64_json = image instanceof WireBytes ? image.bytes.toString('base64') : image
  return { created: Math.floor(info.now / 1000), data: [{ b64_json }] }
}

/** A job that failed at the vendor; `blocked` when its filter refused it. */
export function failedJob(message: string, info: CallInfo, blocked = false) {
  return createError({
    kind: blocked ? 'content_policy' : 'bad_gateway',
    message,
    retryable: false,
    provider: info.deployment.provider,
    model: info.model,
  })
}
