import { badRequest } from '../../errors.ts'
import type { ImageEditRequest, ImageInput } from '../../types/image-edit.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import { WireForm } from '../../types/wire-body.ts'
import type { CallInfo, Codec, InboundInfo, WireRequest } from '../codec.ts'
import { formObject, isUploadedFile } from '../form-object.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { checkImageParams, checkPrompt, modelOf } from './check.ts'
import { DEFAULT_IMAGE_MODEL } from './codec.ts'
import { imageForm } from './form.ts'
import { dropResponseFormat, EDIT_PARAMS, type OpenaiImagesOptions, stated } from './options.ts'
import { decodeImages } from './response.ts'
import { decodeImageStream, encodeImageStream } from './stream.ts'

/** OpenAI's image edits, with a vendor's differences. Source: https://platform.openai.com/docs/api-reference/images/createEdit */
export function openaiImageEditsWith(options: OpenaiImagesOptions): Codec<'image_edit'> {
  return {
    endpoint: 'image_edit',
    format: 'openai-image-edits',
    framing: 'sse',
    upstream: {
      params: new Set(options.params ?? EDIT_PARAMS),
      // The form carries files, not addresses.
      inlines: () => true,
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse: decodeImages,
      ...(options.streams !== false && { decodeStream: decodeImageStream }),
      decodeError,
    },
    inbound: {
      takesForms: true,
      decodeRequest: decodeEdit,
      encodeResponse: response => response,
      encodeStream: encodeImageStream,
      encodeError,
    },
  }
}

export const openaiImageEdits = openaiImageEditsWith({})

function encodeRequest(
  request: ImageEditRequest,
  info: CallInfo,
  { bytesOnly, adjust }: OpenaiImagesOptions,
): WireRequest {
  const { stream: _, ...rest } = stated(request)
  const body: Record<string, unknown> = { ...rest, model: info.model, ...(info.stream && { stream: true }) }
  if (bytesOnly?.(info.model)) dropResponseFormat(body, info.warn)
  adjust?.(body, info.warn)
  return { body: {}, payload: imageForm(body) }
}

const KINDS = {
  numbers: ['n', 'output_compression', 'partial_images'],
  flags: ['stream'],
  lists: ['image'],
} as const

/** A form with uploads (`image`, `image[]`, `mask`), or JSON with addresses. */
function decodeEdit(given: unknown, info: InboundInfo): ImageEditRequest {
  const body = given instanceof WireForm ? formObject(given, KINDS) : given
  if (!isJsonObject(body))
    throw badRequest('The request body must be a multipart form with an image, or a JSON object.')
  checkPrompt(body)
  checkImageParams(body)
  const { images, ...rest } = body
  const pictures = picturesOf(body.image ?? images)
  const mask = body.mask == null ? undefined : pictureOf(body.mask, 'mask')
  return {
    ...rest,
    model: modelOf(body, info.model, DEFAULT_IMAGE_MODEL),
    prompt: body.prompt as string,
    image: pictures,
    ...(mask !== undefined && { mask }),
  }
}

function picturesOf(given: unknown): ImageInput[] {
  const list: unknown[] = Array.isArray(given) ? given : given == null ? [] : [given]
  if (list.length === 0)
    throw badRequest(
      'image: must be at least one file to edit, as a form field "image" or "image[]".',
      'image',
    )
  return list.map((item, index) => pictureOf(item, list.length === 1 ? 'image' : `image[${index}]`))
}

/** An upload, an address, or OpenAI's JSON reference `{ image_url }`. */
export function pictureOf(given: unknown, param: string): ImageInput {
  if (isUploadedFile(given)) return given
  const url = isJsonObject(given) ? addressIn(given) : given
  if (typeof url === 'string' && /^(https?:\/\/|data:)/.test(url)) return url
  throw badRequest(`${param}: must be an uploaded file, a data: URI or an http(s) URL.`, param)
}

function addressIn({ image_url: url }: JsonObject): unknown {
  return isJsonObject(url) ? url.url : url
}
