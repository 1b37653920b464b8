import { VARIATION_PARAMS } from '../codecs/openai-images/options.ts'
import type { Endpoint } from './endpoint.ts'
import {
  addressesToFetch,
  IMAGE_SAMPLES,
  imagePriceVariants,
  imageUnits,
  imageUsage,
  mostImageTokens,
  withImageBytes,
} from './image-answer.ts'
import { DOT } from './image-edit.ts'

/** A picture like another, without words. */
export const imageVariation: Endpoint<'image_variation'> = {
  name: 'image_variation',
  callType: 'aimage_variation',
  openaiParams: new Set(VARIATION_PARAMS),
  sample: { image: DOT },
  paramSamples: IMAGE_SAMPLES,
  texts: () => [],
  withTexts: request => request,
  replyTexts: () => [],
  withReplyTexts: response => response,
  usage: imageUsage,
  maxOutputTokens: mostImageTokens,
  units: imageUnits,
  priceVariants: imagePriceVariants,
  replyMediaUrls: addressesToFetch,
  withReplyMedia: withImageBytes,
  mediaUrls: ({ image }) => (typeof image === 'string' ? [image] : []),
  withMediaUrls: (request, replace) =>
    typeof request.image === 'string' ? { ...request, image: replace(request.image) } : request,
}
