import { GENERATION_PARAMS } from '../codecs/openai-images/options.ts'
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

/** Pictures from words. */
export const imageGeneration: Endpoint<'image_generation'> = {
  name: 'image_generation',
  callType: 'aimage_generation',
  openaiParams: new Set(GENERATION_PARAMS),
  sample: { prompt: 'A red square' },
  paramSamples: IMAGE_SAMPLES,
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
  createMeter: request => new ImageMeter(request),
  fold: foldImages,
  unfold: response => unfoldImages('image_generation', response),
}
