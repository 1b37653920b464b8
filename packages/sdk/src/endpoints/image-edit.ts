import { EDIT_PARAMS } from '../codecs/openai-images/options.ts'
import type { ImageEditRequest, ImageInput } from '../types/image-edit.ts'
import type { Endpoint } from './endpoint.ts'
import {
  addressesToFetch,
  foldImages,
  IMAGE_SAMPLES,
  ImageMeter,
  imagePriceVariants,
  imageUnits,
  imageUsage,
  mostImageTokens,
  unfoldImages,
  withImageBytes,
} from './image-answer.ts'

/** A picture of one pixel. */
export const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

/** Pictures from pictures and words. */
export const imageEdit: Endpoint<'image_edit'> = {
  name: 'image_edit',
  callType: 'aimage_edit',
  openaiParams: new Set(EDIT_PARAMS),
  sample: { prompt: 'Make it blue', image: [DOT] },
  paramSamples: { ...IMAGE_SAMPLES, mask: { mask: DOT } },
  texts: request => [request.prompt],
  withTexts: (request, [prompt]) => ({ ...request, prompt: prompt ?? request.prompt }),
  replyTexts: () => [],
  withReplyTexts: response => response,
  usage: imageUsage,
  maxOutputTokens: mostImageTokens,
  units: imageUnits,
  priceVariants: imagePriceVariants,
  replyMediaUrls: addressesToFetch,
  withReplyMedia: withImageBytes,
  mediaUrls: ({ image, mask }) => [...image, mask].filter(input => typeof input === 'string'),
  withMediaUrls(request, replace): ImageEditRequest {
    const moved = (input: ImageInput) => (typeof input === 'string' ? replace(input) : input)
    return {
      ...request,
      image: request.image.map(moved),
      ...(request.mask && { mask: moved(request.mask) }),
    }
  },
  createMeter: request => new ImageMeter(request),
  fold: foldImages,
  unfold: response => unfoldImages('image_edit', response),
}
