import { badRequest } from '../../errors.ts'
import type { ImageGenerationRequest } from '../../types/image-generation.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import { extrasOf, pick } from '../anthropic-messages/request/context.ts'
import type { CallInfo } from '../codec.ts'

/** How a maker's image models are asked. */
export interface ImageFamily {
  readonly params: ReadonlySet<string>
  readonly encode: (request: ImageGenerationRequest, info: CallInfo) => JsonObject
  /** The images as base64, and why one is missing. */
  readonly decode: (body: JsonObject) => { images: readonly unknown[]; refused?: unknown }
}

const HANDLED = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'response_format',
  'output_format',
  'stream',
  'user',
  'metadata',
])

/** `1024x768` → both; `undefined` for the model's own choice. */
export function sizeOf(size: string | null | undefined): { width: number; height: number } | undefined {
  if (size == null || size === 'auto') return undefined
  const [width, height, ...more] = size.split('x').map(Number)
  if (more.length > 0 || !Number.isInteger(width) || !Number.isInteger(height))
    throw badRequest('size: must be width and height in pixels, for example 1024x1024, or auto.', 'size')
  return { width: Number(width), height: Number(height) }
}

/** Keys of Titan's and Nova's blocks, which callers may send at the top. */
export const CONFIG_KEYS = ['cfgScale', 'seed']
const TEXT_KEYS = ['negativeText', 'conditionImage', 'controlMode', 'controlStrength', 'style']

/** Source: https://docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html */
const canvas: ImageFamily = {
  params: new Set(['n', 'size', 'quality', 'response_format', 'metadata']),
  encode(request) {
    const { n, quality } = request
    const block = extrasOf(request, new Set([...HANDLED, ...CONFIG_KEYS, ...TEXT_KEYS]))
    const { textToImageParams: text, imageGenerationConfig: config, ...more } = block
    const generation = {
      ...sizeOf(request.size),
      ...(n != null && { numberOfImages: n }),
      ...(quality != null && quality !== 'auto' && { quality: qualityOf(quality) }),
      ...pick(request, CONFIG_KEYS),
      ...(isJsonObject(config) && config),
    }
    return {
      taskType: 'TEXT_IMAGE',
      textToImageParams: {
        text: request.prompt,
        ...pick(request, TEXT_KEYS),
        ...(isJsonObject(text) && text),
      },
      ...(Object.keys(generation).length > 0 && { imageGenerationConfig: generation }),
      ...more,
    }
  },
  decode: ({ images, error }) => ({ images: isJsonArray(images) ? images : [], refused: error }),
}

/** OpenAI's qualities in Amazon's two words. */
export function qualityOf(quality: string): string {
  if (quality === 'premium' || quality === 'hd' || quality === 'high') return 'premium'
  if (quality === 'standard' || quality === 'medium' || quality === 'low') return 'standard'
  throw badRequest('quality: must be "standard" or "premium" ("hd") for this model.', 'quality')
}

/** The shapes Stability's later models know. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-ultra-text-image-request-response.html */
const ASPECTS = ['16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21']

const stable: ImageFamily = {
  params: new Set(['size', 'output_format', 'response_format', 'metadata']),
  encode(request, info) {
    const size = sizeOf(request.size)
    const aspect = size && aspectOf(size, info)
    const format = request.output_format
    return {
      prompt: request.prompt,
      ...(aspect && { aspect_ratio: aspect }),
      ...(format != null && { output_format: format === 'jpg' ? 'jpeg' : format }),
      ...extrasOf(request, HANDLED),
    }
  },
  decode: ({ images, finish_reasons: reasons }) => ({
    images: isJsonArray(images) ? images : [],
    refused: isJsonArray(reasons) ? reasons.find(reason => reason != null) : undefined,
  }),
}

function aspectOf({ width, height }: { width: number; height: number }, info: CallInfo): string {
  const distance = (aspect: string) => {
    const [x = 1, y = 1] = aspect.split(':').map(Number)
    return Math.abs(Math.log((x * height) / (y * width)))
  }
  const nearest = [...ASPECTS].sort((a, b) => distance(a) - distance(b))[0] as string
  info.warn({
    action: 'approximated',
    param: 'size',
    reason: `this model knows shapes, not sizes; sent as the aspect ratio ${nearest}`,
  })
  return nearest
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-1-0-text-image.html */
const diffusion: ImageFamily = {
  params: new Set(['size', 'n', 'response_format', 'metadata']),
  encode: request => ({
    text_prompts: [{ text: request.prompt, weight: 1 }],
    ...sizeOf(request.size),
    ...(request.n != null && request.n !== 1 && { samples: request.n }),
    ...extrasOf(request, HANDLED),
  }),
  decode({ artifacts }) {
    const list = isJsonArray(artifacts) ? artifacts.filter(isJsonObject) : []
    const filtered = list.find(({ finishReason }) => finishReason === 'CONTENT_FILTERED')
    return {
      images: list.filter(item => item !== filtered).map(({ base64 }) => base64),
      refused: filtered?.finishReason,
    }
  },
}

const FAMILIES: readonly (readonly [RegExp, ImageFamily])[] = [
  [/nova-canvas|titan-image/, canvas],
  [/stable-diffusion-xl|sdxl/, diffusion],
  [/stability\.|sd3|stable-image/, stable],
]

/** Throws `BadRequestError` for a model that is none of the known ones. */
export function imageFamily(model: string): ImageFamily {
  const found = FAMILIES.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1]
  if (found) return found
  throw badRequest(
    `model: "${model}" is no image model known here. Use amazon.nova-canvas-*, amazon.titan-image-* or stability.*.`,
    'model',
  )
}
