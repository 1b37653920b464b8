import { badRequest } from '../../errors.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../../types/endpoint-map.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type {
  VideoContentRequest,
  VideoGenerationRequest,
  VideoListRequest,
  VideoRemixRequest,
  VideoRequest,
} from '../../types/video.ts'
import { WireForm } from '../../types/wire-body.ts'
import type { InboundHalf, InboundInfo } from '../codec.ts'
import { formObject } from '../form-object.ts'
import { readVideoId } from '../media/video-id.ts'
import { encodeError } from '../openai-chat/errors/errors.ts'
import { modelOf } from '../openai-images/check.ts'
import { pictureOf } from '../openai-images/edit.ts'

/** LiteLLM's and OpenAI's default. */
const DEFAULT_MODEL = 'sora-2'

/** An inbound half that answers with the hub's own shape. */
export function inboundOf<E extends EndpointName>(
  decodeRequest: (body: unknown, info: InboundInfo) => RequestOf<E>,
): InboundHalf<E> {
  return { decodeRequest, encodeResponse: (response: ResponseOf<E>) => response, encodeError }
}

export function decodeGeneration(given: unknown, info: InboundInfo): VideoGenerationRequest {
  const body = objectOf(given)
  const { 'input_reference[image_url]': nested, ...rest } = body
  const picture = body.input_reference ?? nested
  return {
    ...rest,
    model: modelOf(body, info.model, DEFAULT_MODEL),
    prompt: promptOf(body),
    ...(picture != null && { input_reference: pictureOf(picture, 'input_reference') }),
  }
}

export function decodeVideoRequest(given: unknown, info: InboundInfo): VideoRequest {
  const { model: asked, video_id: id, ...rest } = objectOf(given ?? {})
  return { ...rest, ...readVideoId(info.variables?.video_id ?? id, info.model ?? asked) }
}

const VARIANTS = ['video', 'thumbnail', 'spritesheet']

export function decodeContentRequest(given: unknown, info: InboundInfo): VideoContentRequest {
  const request = decodeVideoRequest(given, info)
  if (request.variant != null && !VARIANTS.includes(request.variant as string))
    throw badRequest(`variant: must be one of ${VARIANTS.join(', ')}.`, 'variant')
  return request
}

export function decodeRemix(given: unknown, info: InboundInfo): VideoRemixRequest {
  return { ...decodeVideoRequest(given, info), prompt: promptOf(objectOf(given)) }
}

export function decodeListRequest(given: unknown, info: InboundInfo): VideoListRequest {
  const { target_model_names: names, limit, ...query } = objectOf(given ?? {})
  const model = info.model ?? query.model ?? (typeof names === 'string' ? names.split(',')[0] : undefined)
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: say whose videos to list, with ?model=… or ?target_model_names=….', 'model')
  return { ...query, model: model.trim(), ...(limit != null && { limit: Number(limit) }) }
}

function promptOf({ prompt }: JsonObject): string {
  if (typeof prompt === 'string' && prompt.trim() !== '') return prompt
  throw badRequest('prompt: must be a non-empty string that describes the video.', 'prompt')
}

function objectOf(given: unknown): JsonObject {
  const body = given instanceof WireForm ? formObject(given) : given
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object or a multipart form.')
  return body
}
