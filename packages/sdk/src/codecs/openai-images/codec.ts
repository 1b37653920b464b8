import { badRequest } from '../../errors.ts'
import type { ImageGenerationRequest } from '../../types/image-generation.ts'
import { isJsonObject } from '../../types/json.ts'
import type { CallInfo, Codec, InboundInfo, WireRequest } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { checkImageParams, checkPrompt, modelOf } from './check.ts'
import { dropResponseFormat, GENERATION_PARAMS, type OpenaiImagesOptions, stated } from './options.ts'
import { decodeImages } from './response.ts'
import { decodeImageStream, encodeImageStream } from './stream.ts'

/** OpenAI's default at `/images/generations` and `/images/edits`, as LiteLLM documents it. */
export const DEFAULT_IMAGE_MODEL = 'gpt-image-1'

/** OpenAI's image generation, with a vendor's differences. Source: https://platform.openai.com/docs/api-reference/images/create */
export function openaiImagesWith(options: OpenaiImagesOptions): Codec<'image_generation'> {
  return {
    endpoint: 'image_generation',
    format: 'openai-images',
    framing: 'sse',
    upstream: {
      params: new Set(options.params ?? GENERATION_PARAMS),
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse: decodeImages,
      ...(options.streams !== false && { decodeStream: decodeImageStream }),
      decodeError,
    },
    inbound: {
      decodeRequest,
      encodeResponse: response => response,
      encodeStream: encodeImageStream,
      encodeError,
    },
  }
}

export const openaiImages = openaiImagesWith({})

function encodeRequest(
  request: ImageGenerationRequest,
  info: CallInfo,
  { bytesOnly, adjust }: OpenaiImagesOptions,
): WireRequest {
  const { stream: _, ...rest } = stated(request)
  const body: Record<string, unknown> = { ...rest, model: info.model, ...(info.stream && { stream: true }) }
  if (bytesOnly?.(info.model)) dropResponseFormat(body, info.warn)
  adjust?.(body, info.warn)
  return { body }
}

function decodeRequest(body: unknown, info: InboundInfo): ImageGenerationRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = modelOf(body, info.model, DEFAULT_IMAGE_MODEL)
  checkPrompt(body)
  checkImageParams(body)
  return (body.model === model ? body : { ...body, model }) as ImageGenerationRequest
}
