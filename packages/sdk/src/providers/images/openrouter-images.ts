import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { addressOf } from '../../codecs/media/image-input.ts'
import { nearestRatio } from '../../codecs/media/image-size.ts'
import { decodeError, decodeLateError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated, warnBytesOnly } from '../../codecs/openai-images/options.ts'
import type { ImageResponse, ImageUsage } from '../../types/image-generation.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Provider } from '../provider.ts'
import { imagesAt } from './image-answers.ts'

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'] as const

/** OpenAI's qualities as resolutions. */
const SIZES: Readonly<Record<string, string>> = {
  low: '1K',
  standard: '1K',
  medium: '2K',
  high: '4K',
  hd: '4K',
}

/**
 * Images out of a chat. Source: https://openrouter.ai/docs/features/multimodal/image-generation
 */
function bodyOf(request: JsonObject, content: unknown, info: CallInfo): WireRequest {
  const { prompt, image, size, quality, response_format: format, stream: _, ...rest } = stated(request)
  if (format !== undefined && format !== 'b64_json') warnBytesOnly(info.warn)
  const ratio = nearestRatio(size, RATIOS, info.warn)
  const resolution = resolutionOf(quality, info)
  const config = { ...(ratio && { aspect_ratio: ratio }), ...(resolution && { image_size: resolution }) }
  return {
    body: {
      ...rest,
      model: info.model,
      messages: [{ role: 'user', content }],
      modalities: ['image', 'text'],
      ...(Object.keys(config).length > 0 && { image_config: config }),
    },
  }
}

function resolutionOf(quality: unknown, info: CallInfo): string | undefined {
  if (quality === undefined || quality === 'auto') return undefined
  const found = typeof quality === 'string' ? SIZES[quality] : undefined
  const reason = found
    ? `this provider has resolutions, not qualities; it is asked for ${found}`
    : 'this provider has resolutions, not qualities, and this one has no equal'
  info.warn({ action: found ? 'approximated' : 'dropped', param: 'quality', reason })
  return found
}

function decodeResponse(body: unknown, info: CallInfo): ImageResponse {
  if (isJsonObject(body) && body.error != null) throw decodeLateError(body.error, info)
  const choices = isJsonObject(body) && isJsonArray(body.choices) ? body.choices : []
  const addresses = choices.flatMap(choice => {
    const message = isJsonObject(choice) && isJsonObject(choice.message) ? choice.message : {}
    const images = isJsonArray(message.images) ? message.images : []
    return images
      .filter(isJsonObject)
      .map(({ image_url: image }) => (isJsonObject(image) ? image.url : image))
  })
  const usage = isJsonObject(body) && isJsonObject(body.usage) ? usageOf(body.usage) : undefined
  return { ...imagesAt(addresses, info), ...(usage && { usage }) }
}

function usageOf(usage: JsonObject): ImageUsage | undefined {
  const { prompt_tokens: input, completion_tokens: output, cost, completion_tokens_details: details } = usage
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    ...(isJsonObject(details) && { output_tokens_details: details }),
    ...(typeof cost === 'number' && { cost }),
  }
}

const params: ReadonlySet<string> = new Set(['quality', 'response_format', 'size', 'user'])

const generation: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'openrouter-images',
  framing: 'sse',
  upstream: {
    params,
    encodeRequest: (request, info) => bodyOf(request, request.prompt, info),
    decodeResponse,
    decodeError,
  },
}

const edit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'openrouter-images',
  framing: 'sse',
  upstream: {
    params,
    encodeRequest: (request, info) =>
      bodyOf(
        request,
        [
          { type: 'text', text: request.prompt },
          ...request.image.map(input => ({ type: 'image_url', image_url: { url: addressOf(input) } })),
        ],
        info,
      ),
    decodeResponse,
    decodeError,
  },
}

const path = '/chat/completions'

export const OPENROUTER_IMAGES: Provider['endpoints'] = {
  image_generation: [{ codec: generation, path }],
  image_edit: [{ codec: edit, path }],
}
