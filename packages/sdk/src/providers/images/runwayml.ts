import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { addressOf } from '../../codecs/media/image-input.ts'
import { nearestSize } from '../../codecs/media/image-size.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { bearer } from '../../credentials/bearer.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Provider } from '../provider.ts'
import { RUNWAYML_VIDEOS } from '../videos/runwayml-videos.ts'
import { imagesAt } from './image-answers.ts'
import { followTask, outputsOf } from './runwayml-tasks.ts'

const key = bearer(['RUNWAYML_API_KEY', 'RUNWAYML_API_SECRET'])
const credentials: Credentials = {
  ...key,
  sign(request, secret, deployment, host) {
    request.headers['x-runway-version'] ??= '2024-11-06'
    return key.sign(request, secret, deployment, host)
  },
}

const RATIOS = [
  '1024:1024',
  '1080:1080',
  '1168:880',
  '1360:768',
  '1440:1080',
  '1080:1440',
  '1808:768',
  '1920:1080',
  '1080:1920',
  '2112:912',
  '1280:720',
  '720:1280',
  '720:720',
  '960:720',
  '720:960',
  '1680:720',
] as const
const DEFAULT_RATIO = '1024:1024'

/** Source: https://docs.dev.runwayml.com/api/#tag/Start-generating/paths/~1v1~1text_to_image/post */
function bodyOf(request: JsonObject, pictures: readonly string[], info: CallInfo): WireRequest {
  const { prompt, size, image: _, response_format: __, stream: ___, ...rest } = stated(request)
  return {
    body: {
      ratio: nearestSize(size, RATIOS, info.warn) ?? DEFAULT_RATIO,
      ...rest,
      model: info.model,
      promptText: prompt,
      ...(pictures.length > 0 && { referenceImages: pictures.map(uri => ({ uri })) }),
    },
  }
}

const shared = {
  params: new Set(['response_format', 'size']),
  follow: followTask,
  decodeResponse: (body: unknown, info: CallInfo) => imagesAt(outputsOf(body), info),
  decodeError,
}

const generation: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'runwayml',
  framing: 'sse',
  upstream: { ...shared, encodeRequest: (request, info) => bodyOf(request, [], info) },
}

const edit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'runwayml',
  framing: 'sse',
  upstream: {
    ...shared,
    encodeRequest: (request, info) => bodyOf(request, request.image.map(addressOf), info),
  },
}

/** Source: https://docs.dev.runwayml.com/api/ */
export const runwayml: Provider = {
  name: 'runwayml',
  title: 'Runway',
  docs: 'https://docs.dev.runwayml.com/api/',
  baseUrl: 'https://api.dev.runwayml.com',
  baseUrlEnv: ['RUNWAYML_API_BASE'],
  credentials,
  endpoints: {
    image_generation: [{ codec: generation, path: '/v1/text_to_image' }],
    image_edit: [{ codec: edit, path: '/v1/text_to_image' }],
    ...RUNWAYML_VIDEOS,
  },
  errors: [{ kind: 'insufficient_quota', status: 400, message: /not have enough credits/ }],
  exampleModels: ['gen4_image', 'gen4_turbo'],
}
