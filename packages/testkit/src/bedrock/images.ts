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
  text,
} from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'

const pixel = Buffer.from('testkit image').toString('base64')

const canvas = record(
  { taskType: oneOf('TEXT_IMAGE'), textToImageParams: record({ text: filledText }, { negativeText: text }) },
  {
    imageGenerationConfig: record(
      {},
      {
        width: integer(320, 4096),
        height: integer(320, 4096),
        numberOfImages: integer(1, 5),
        quality: oneOf('standard', 'premium'),
        cfgScale: number(1.1, 10),
        seed: integer(0),
      },
    ),
  },
)
const stable = record(
  { prompt: filledText },
  {
    negative_prompt: text,
    aspect_ratio: oneOf('16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21'),
    output_format: oneOf('jpeg', 'png', 'webp'),
    seed: integer(0),
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
