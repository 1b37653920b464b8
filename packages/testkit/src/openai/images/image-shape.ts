import { asText, type JsonObject } from '../../json.ts'
import { Failure } from '../../wire/failure.ts'
import { flagText, numberText, oneOrMore, upload } from '../../wire/form.ts'
import {
  filledText,
  flag,
  integer,
  list,
  nullable,
  oneOf,
  record,
  type Shape,
  text,
} from '../../wire/shape.ts'

const quality = oneOf('standard', 'hd', 'low', 'medium', 'high', 'auto')
const background = oneOf('transparent', 'opaque', 'auto')
const outputFormat = oneOf('png', 'jpeg', 'webp')
const size: Shape = (value, path) => {
  if (typeof value === 'string' && /^\d+x\d+$/.test(value)) return
  oneOf(
    'auto',
    '1024x1024',
    '1536x1024',
    '1024x1536',
    '256x256',
    '512x512',
    '1792x1024',
    '1024x1792',
  )(value, path)
}

/** `POST /v1/images/generations`, https://platform.openai.com/docs/api-reference/images/create. */
export const generationShape = record(
  { prompt: filledText },
  {
    background: nullable(background),
    model: nullable(filledText),
    moderation: nullable(oneOf('low', 'auto')),
    n: nullable(integer(1, 10)),
    output_compression: nullable(integer(0, 100)),
    output_format: nullable(outputFormat),
    partial_images: nullable(integer(0, 3)),
    quality: nullable(quality),
    response_format: nullable(oneOf('url', 'b64_json')),
    size: nullable(size),
    stream: nullable(flag),
    style: nullable(oneOf('vivid', 'natural')),
    user: text,
  },
)

const picture = upload('png', 'jpg', 'jpeg', 'webp')
const editForm = record(
  { prompt: filledText },
  {
    background,
    image: oneOrMore(picture),
    'image[]': oneOrMore(picture),
    input_fidelity: oneOf('high', 'low'),
    mask: upload('png'),
    model: filledText,
    n: numberText(integer(1, 10)),
    output_compression: numberText(integer(0, 100)),
    output_format: outputFormat,
    partial_images: numberText(integer(0, 3)),
    quality,
    response_format: oneOf('url', 'b64_json'),
    size,
    stream: flagText,
    user: text,
  },
)

const imageReference = record({}, { image_url: filledText, file_id: filledText })
const editJson = record(
  { prompt: filledText, images: list(imageReference, 1) },
  {
    background: nullable(background),
    input_fidelity: nullable(oneOf('high', 'low')),
    mask: imageReference,
    model: nullable(filledText),
    moderation: nullable(oneOf('low', 'auto')),
    n: nullable(integer(1, 10)),
    output_compression: nullable(integer(0, 100)),
    output_format: nullable(outputFormat),
    partial_images: nullable(integer(0, 3)),
    quality: nullable(quality),
    size: nullable(size),
    stream: nullable(flag),
    user: text,
  },
)

/** `POST /v1/images/edits` as a form, or as JSON with `images`. */
export const editShape: Shape = (value, path) => {
  const body = value as JsonObject
  if (body.images !== undefined) return editJson(body, path)
  editForm(body, path)
  if (body.image === undefined && body['image[]'] === undefined) {
    throw new Failure('invalid', {
      message: "Missing required parameter: 'image'.",
      field: 'image',
      code: 'missing_required_parameter',
    })
  }
}

/** `POST /v1/images/variations`. */
export const variationShape = record(
  { image: upload('png') },
  {
    model: oneOf('dall-e-2'),
    n: numberText(integer(1, 10)),
    response_format: oneOf('url', 'b64_json'),
    size: oneOf('256x256', '512x512', '1024x1024'),
    user: text,
  },
)

/** Whether a model is one of the GPT image family, which answers base64 only and counts tokens. */
export function isGptImage(model: string): boolean {
  return /^(gpt-image|chatgpt-image)/.test(model)
}

const gptOnly = [
  'background',
  'moderation',
  'output_compression',
  'output_format',
  'partial_images',
  'stream',
]

/** Which parameters a model takes. Throws `Failure`. */
export function checkImageModel(body: JsonObject, model: string): void {
  const refuse = (field: string, message: string): never => {
    throw new Failure('invalid', { field, message, code: 'unknown_parameter' })
  }
  if (isGptImage(model)) {
    for (const field of ['response_format', 'style']) {
      if (body[field] !== undefined) refuse(field, `Unknown parameter: '${field}'.`)
    }
    if (body.background === 'transparent' && asText(body.output_format) === 'jpeg') {
      refuse('background', 'Transparent background is not supported for JPEG output format.')
    }
    return
  }
  if (!model.startsWith('dall-e')) return
  for (const field of gptOnly) {
    if (body[field] !== undefined && body[field] !== null) refuse(field, `Unknown parameter: '${field}'.`)
  }
  if (model === 'dall-e-3' && Number(body.n ?? 1) > 1) {
    refuse('n', "Invalid 'n': integer above maximum value. Expected a value <= 1.")
  }
  if (model === 'dall-e-2' && body.style !== undefined) refuse('style', "Unknown parameter: 'style'.")
}
