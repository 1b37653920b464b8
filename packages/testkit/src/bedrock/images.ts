import type { JsonObject } from '../json.ts'
import { asObject } from '../json.ts'
import {
  filledText,
  integer,
  list,
  number,
  oneOf,
  openRecord,
  record,
  type Shape,
  tagged,
  text,
} from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'

const pixel = Buffer.from('testkit image').toString('base64')

const config = record(
  {},
  {
    width: integer(320, 4096),
    height: integer(320, 4096),
    numberOfImages: integer(1, 5),
    quality: oneOf('standard', 'premium'),
    cfgScale: number(1.1, 10),
    seed: integer(0),
  },
)
const picture = { image: filledText }
const masked = { text, negativeText: text, maskPrompt: text, maskImage: text }
const generated = { imageGenerationConfig: config }

/** https://docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html */
const canvas = tagged('taskType', {
  TEXT_IMAGE: record(
    { taskType: text, textToImageParams: record({ text: filledText }, { negativeText: text }) },
    generated,
  ),
  IMAGE_VARIATION: record(
    {
      taskType: text,
      imageVariationParams: record(
        { images: list(filledText, 1) },
        { text, negativeText: text, similarityStrength: number(0.2, 1) },
      ),
    },
    generated,
  ),
  INPAINTING: record({ taskType: text, inPaintingParams: record(picture, masked) }, generated),
  OUTPAINTING: record(
    {
      taskType: text,
      outPaintingParams: record(picture, { ...masked, outPaintingMode: oneOf('DEFAULT', 'PRECISE') }),
    },
    generated,
  ),
  BACKGROUND_REMOVAL: record({ taskType: text, backgroundRemovalParams: record(picture) }),
})
const stable = record(
  { prompt: filledText },
  {
    negative_prompt: text,
    aspect_ratio: oneOf('16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21'),
    output_format: oneOf('jpeg', 'png', 'webp'),
    seed: integer(0),
    image: text,
    mask: text,
    strength: number(0, 1),
    mode: oneOf('text-to-image', 'image-to-image'),
  },
)
const diffusion = record(
  { text_prompts: list(openRecord, 1) },
  {
    width: integer(128),
    height: integer(128),
    samples: integer(1),
    cfg_scale: number(0, 35),
    steps: integer(10, 150),
    seed: integer(0),
  },
)

/** The image model of a body, if it is one. */
export function imageOperation(model: string): CallOperation | undefined {
  if (/nova-canvas|titan-image/.test(model)) {
    return operation(canvas, body => {
      const { numberOfImages = 1 } = asObject(body.imageGenerationConfig)
      return { images: Array<string>(Number(numberOfImages)).fill(pixel) }
    })
  }
  if (model.includes('stable-diffusion-xl')) {
    return operation(diffusion, () => ({
      result: 'success',
      artifacts: [{ seed: 1, base64: pixel, finishReason: 'SUCCESS' }],
    }))
  }
  if (!model.startsWith('stability.')) return undefined
  return operation(stable, () => ({ seeds: [1], finish_reasons: [null], images: [pixel] }))
}

function operation(shape: Shape, reply: (body: JsonObject) => JsonObject): CallOperation {
  return {
    kind: 'call',
    answer({ body }) {
      shape(body, [])
      return { json: reply(body) }
    },
  }
}
