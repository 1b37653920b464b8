import { badRequest } from '../../errors.ts'
import type { ImageEditRequest } from '../../types/image-edit.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import { extrasOf, pick } from '../anthropic-messages/request/context.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { base64Of, onlyPicture } from '../media/image-input.ts'
import { warnBytesOnly } from '../openai-images/options.ts'
import { decodeImages } from './codec.ts'
import { CONFIG_KEYS, qualityOf, sizeOf } from './families.ts'

/** Pictures from pictures: Nova Canvas and Titan by task, Stability by mode. */
export const bedrockImageEdits: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'bedrock-images',
  framing: 'sse',
  upstream: {
    params: new Set(['mask', 'n', 'size', 'quality', 'output_format', 'response_format', 'metadata']),
    inlines: () => true,
    encodeRequest,
    decodeResponse: decodeImages,
    decodeError: decodeAwsError,
  },
}

const HANDLED = new Set([
  'image',
  'mask',
  'metadata',
  'model',
  'n',
  'output_format',
  'prompt',
  'quality',
  'response_format',
  'size',
  'stream',
  'user',
])

function encodeRequest(request: ImageEditRequest, info: CallInfo): WireRequest {
  if (request.response_format === 'url') warnBytesOnly(info.warn)
  if (/nova-canvas|titan-image/.test(info.model)) return { body: encodeTask(request, info) }
  for (const [param, usual] of AS_THE_PICTURE)
    if (request[param] != null && request[param] !== usual)
      info.warn({
        action: 'dropped',
        param,
        reason: 'this model gives one picture, like the one it is given',
      })
  const { output_format: format } = request
  return {
    body: {
      prompt: request.prompt,
      image: base64Of(onlyPicture(request.image, info), 'image'),
      ...(request.mask != null && { mask: base64Of(request.mask, 'mask') }),
      ...(/sd3/.test(info.model) && { mode: 'image-to-image', strength: DEFAULT_STRENGTH }),
      ...(format != null && { output_format: format === 'jpg' ? 'jpeg' : format }),
      ...extrasOf(request, HANDLED),
    },
  }
}

/** What Stability's edits leave no choice of, and what is asked of it by default. */
const AS_THE_PICTURE = [
  ['n', 1],
  ['quality', 'auto'],
  ['size', 'auto'],
] as const

/** How far SD3 may leave the picture it is given; it demands a number. */
const DEFAULT_STRENGTH = 0.7

/** Keys of the tasks' blocks that callers may send at the top. */
const TASK_KEYS = ['negativeText', 'maskPrompt', 'similarityStrength', 'outPaintingMode', 'returnMask']

/** Source: https://docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html */
function encodeTask(request: ImageEditRequest, info: CallInfo): JsonObject {
  const { mask, maskPrompt, n, quality } = request
  const isMasked = mask != null || maskPrompt != null
  const { taskType = isMasked ? 'INPAINTING' : 'IMAGE_VARIATION', ...more } = extrasOf(
    request,
    new Set([...HANDLED, ...TASK_KEYS, ...CONFIG_KEYS]),
  )
  const task = TASKS.get(taskType)
  if (task === undefined)
    throw badRequest(`taskType: must be one of ${[...TASKS.keys()].join(', ')}.`, 'taskType')
  if (mask != null)
    info.warn({
      action: 'approximated',
      param: 'mask',
      reason: 'this model edits what is black in the mask, not what is transparent; it is sent as it is',
    })
  const { imageGenerationConfig: config, [task.block]: given, ...others } = more
  const generation = {
    ...sizeOf(request.size),
    ...(n != null && { numberOfImages: n }),
    ...(quality != null && quality !== 'auto' && { quality: qualityOf(quality) }),
    ...pick(request, CONFIG_KEYS),
    ...(isJsonObject(config) && config),
  }
  return {
    taskType,
    [task.block]: {
      ...(task.takesMany
        ? { images: request.image.map(image => base64Of(image, 'image')) }
        : { image: base64Of(onlyPicture(request.image, info), 'image') }),
      ...(task.takesText && { text: request.prompt, ...pick(request, TASK_KEYS) }),
      ...(mask != null && { maskImage: base64Of(mask, 'mask') }),
      ...(isJsonObject(given) && given),
    },
    ...(Object.keys(generation).length > 0 && task.takesText && { imageGenerationConfig: generation }),
    ...others,
  }
}

interface Task {
  readonly block: string
  readonly takesMany?: true
  readonly takesText: boolean
}

const TASKS: ReadonlyMap<unknown, Task> = new Map([
  ['IMAGE_VARIATION', { block: 'imageVariationParams', takesMany: true, takesText: true } as const],
  ['INPAINTING', { block: 'inPaintingParams', takesText: true }],
  ['OUTPAINTING', { block: 'outPaintingParams', takesText: true }],
  ['BACKGROUND_REMOVAL', { block: 'backgroundRemovalParams', takesText: false }],
])
