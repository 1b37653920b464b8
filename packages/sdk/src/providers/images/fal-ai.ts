import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { nearestRatio, pixels } from '../../codecs/media/image-size.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { ImageGenerationRequest } from '../../types/image-generation.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import { escapedPath } from '../escaped-path.ts'
import type { Provider } from '../provider.ts'
import { imagesAt } from './image-answers.ts'

const credentials: Credentials = {
  env: ['FAL_AI_API_KEY', 'FAL_KEY'],
  required: true,
  sign(request, secret) {
    if (secret) request.headers.authorization = `Key ${secret}`
  },
}

/** Models that take a shape instead of sides. */
const BY_RATIO = /imagen|ultra|kontext|nano-banana|gemini|bria/

const RATIOS = ['21:9', '16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '9:21'] as const
const IMAGEN_RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16'] as const

/** Each model has a schema of its own at fal.ai/models; these words are common to the image models. */
function encodeRequest(request: ImageGenerationRequest, info: CallInfo): WireRequest {
  const { model: _, n, size, response_format: __, stream: ___, ...rest } = stated(request)
  const count = n === undefined ? {} : { num_images: n }
  return { body: { ...count, ...shapeOf(size, info), ...rest } }
}

function shapeOf(size: unknown, info: CallInfo): Record<string, unknown> {
  const sides = pixels(size)
  if (sides === undefined) return {}
  if (!BY_RATIO.test(info.model)) return { image_size: { width: sides[0], height: sides[1] } }
  const allowed = info.model.includes('imagen') ? IMAGEN_RATIOS : RATIOS
  return { aspect_ratio: nearestRatio(size, allowed, info.warn) }
}

const generation: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'fal-ai',
  framing: 'sse',
  upstream: {
    params: new Set(['n', 'output_format', 'response_format', 'size']),
    encodeRequest,
    decodeResponse(body, info) {
      const images = isJsonObject(body) && isJsonArray(body.images) ? body.images : []
      const single = isJsonObject(body) && isJsonObject(body.image) ? [body.image] : []
      const addresses = [...images, ...single].filter(isJsonObject).map(({ url }) => url)
      return imagesAt(addresses, info)
    },
    decodeError,
  },
}

/** Source: https://docs.fal.ai/model-apis/model-endpoints/synchronous-requests */
export const falAi: Provider = {
  name: 'fal_ai',
  title: 'fal',
  docs: 'https://docs.fal.ai',
  baseUrl: 'https://fal.run',
  baseUrlEnv: ['FAL_AI_API_BASE'],
  credentials,
  endpoints: {
    image_generation: [{ codec: generation, path: ({ model }) => `/${escapedPath(falModel(model))}` }],
  },
  errors: [{ kind: 'content_policy', status: 422, message: /flagged by a content checker/ }],
  exampleModels: ['fal-ai/flux/dev', 'fal-ai/imagen4/preview', 'fal-ai/flux-pro/v1.1-ultra'],
}

/** LiteLLM's names leave the owner out where it is fal itself. */
function falModel(model: string): string {
  return model.includes('/') && !/^(flux|imagen4|recraft|ideogram|bria|stable-diffusion)[^/]*\//.test(model)
    ? model
    : `fal-ai/${model}`
}
