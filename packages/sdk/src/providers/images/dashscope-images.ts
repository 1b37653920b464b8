import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { addressOf } from '../../codecs/media/image-input.ts'
import { nearestSize, pixels } from '../../codecs/media/image-size.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { noImages } from '../../codecs/openai-images/response.ts'
import type { ImageResponse } from '../../types/image-generation.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Binding, Provider } from '../provider.ts'
import { imagesAt } from './image-answers.ts'

/** Sizes that `qwen-image` draws; its later versions take any. */
const QWEN_SIZES = ['1328*1328', '1664*928', '928*1664', '1472*1104', '1104*1472'] as const

/** Source: https://www.alibabacloud.com/help/en/model-studio/qwen-image-api */
function bodyOf(request: JsonObject, content: readonly JsonObject[], info: CallInfo): WireRequest {
  const {
    prompt: _,
    image: __,
    model: ___,
    response_format: ____,
    stream: _____,
    size,
    ...parameters
  } = stated(request)
  const asked = sizeOf(size, info)
  return {
    body: {
      model: info.model,
      input: { messages: [{ role: 'user', content }] },
      parameters: { ...parameters, ...(asked && { size: asked }) },
    },
  }
}

function sizeOf(size: unknown, info: CallInfo): string | undefined {
  if (/^qwen-image(-plus)?$/.test(info.model)) return nearestSize(size, QWEN_SIZES, info.warn)
  return pixels(size)?.join('*')
}

function decodeResponse(body: unknown, info: CallInfo): ImageResponse {
  const output = isJsonObject(body) && isJsonObject(body.output) ? body.output : undefined
  if (output === undefined) throw noImages(info)
  const choices = isJsonArray(output.choices) ? output.choices.filter(isJsonObject) : []
  const parts = choices.flatMap(({ message }) =>
    isJsonObject(message) && isJsonArray(message.content) ? message.content : [],
  )
  return imagesAt(
    parts.filter(isJsonObject).map(({ image }) => image),
    info,
  )
}

const generation: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'dashscope-images',
  framing: 'sse',
  upstream: {
    params: new Set(['n', 'response_format', 'size']),
    encodeRequest: (request, info) => bodyOf(request, [{ text: request.prompt }], info),
    decodeResponse,
    decodeError,
  },
}

const edit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'dashscope-images',
  framing: 'sse',
  upstream: {
    params: new Set(['n', 'response_format', 'size']),
    encodeRequest: (request, info) =>
      bodyOf(
        request,
        [...request.image.map(input => ({ image: addressOf(input) })), { text: request.prompt }],
        info,
      ),
    decodeResponse,
    decodeError,
  },
}

/** Images are not behind the OpenAI-compatible part of the address. */
const elsewhere: Pick<Binding, 'path' | 'baseUrl'> = {
  path: '/api/v1/services/aigc/multimodal-generation/generation',
  baseUrl: base => base.replace(/\/compatible-mode\/v1\/?$/, ''),
}

export const DASHSCOPE_IMAGES: Provider['endpoints'] = {
  image_generation: [{ codec: generation, ...elsewhere }],
  image_edit: [{ codec: edit, ...elsewhere }],
}
