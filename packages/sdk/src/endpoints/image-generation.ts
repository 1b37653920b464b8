import type { Endpoint } from './endpoint.ts'
import {
  foldImages,
  ImageMeter,
  imagePriceVariants,
  imageUnits,
  imageUsage,
  mostImageTokens,
  unfoldImages,
} from './image-answer.ts'

/** Pictures from words. */
export const imageGeneration: Endpoint<'image_generation'> = {
  name: 'image_generation',
  callType: 'aimage_generation',
  openaiParams: new Set([
    'background',
    'moderation',
    'n',
    'output_compression',
    'output_format',
    'partial_images',
    'quality',
    'response_format',
    'size',
    'style',
    'user',
  ]),
  sample: { prompt: 'A red square' },
  texts: request => [request.prompt],
  withTexts: (request, [prompt]) => ({ ...request, prompt: prompt ?? request.prompt }),
  replyTexts: () => [],
  withReplyTexts: response => response,
  usage: imageUsage,
  maxOutputTokens: mostImageTokens,
  units: imageUnits,
  priceVariants: imagePriceVariants,
  createMeter: request => new ImageMeter(request),
  fold: foldImages,
  unfold: response => unfoldImages('image_generation', response),
}
