import type { CallInfo, Codec, FollowUp, WireReply } from '../../codecs/codec.ts'
import { base64Of, onlyPicture } from '../../codecs/media/image-input.ts'
import { pixels } from '../../codecs/media/image-size.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { noImages } from '../../codecs/openai-images/response.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { badRequest } from '../../errors.ts'
import type { ImageResponse } from '../../types/image-generation.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { Provider } from '../provider.ts'
import { failedJob, imagesAt } from './image-answers.ts'

const POLL_MS = 500

const credentials: Credentials = {
  env: ['BFL_API_KEY'],
  required: true,
  sign(request, secret) {
    if (secret) request.headers['x-key'] = secret
  },
}

/** Models that take a shape instead of sides. */
const BY_RATIO = /kontext|ultra/

/** The parts of both kinds of request: sides or ratio, and the vendor's own words as they are. */
function bodyOf(request: JsonObject, info: CallInfo): JsonObject {
  const {
    size,
    response_format: _,
    stream: __,
    model: ___,
    image: ____,
    mask: _____,
    ...rest
  } = stated(request)
  const sides = pixels(size)
  if (sides === undefined) return rest
  const [width, height] = sides
  if (!BY_RATIO.test(info.model)) return { ...rest, width, height }
  const divisor = gcd(width, height)
  info.warn({
    action: 'approximated',
    param: 'size',
    reason: 'this model takes an aspect ratio and chooses the pixels itself',
  })
  return { ...rest, aspect_ratio: `${width / divisor}:${height / divisor}` }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** Statuses after which nothing more will come. Source: https://docs.bfl.ai/api-reference/utility/get-result */
const FAILURES: Readonly<Record<string, { readonly blocked: boolean }>> = {
  Error: { blocked: false },
  Failed: { blocked: false },
  'Task not found': { blocked: false },
  'Request Moderated': { blocked: true },
  'Content Moderated': { blocked: true },
}

function follow(
  { body }: WireReply,
  _request: unknown,
  info: CallInfo,
  step: number,
  asked: string,
): FollowUp | undefined {
  if (!isJsonObject(body)) throw noImages(info)
  const status = textOf(body.status)
  const failure = Object.hasOwn(FAILURES, status) ? FAILURES[status] : undefined
  if (failure) throw failedJob(`The image job ended as "${status}".`, info, failure.blocked)
  if (status === 'Ready') return undefined
  // The first reply names the cluster that works on the job; asking another would find nothing.
  const first = textOf(body.polling_url) || `get_result?id=${encodeURIComponent(textOf(body.id))}`
  return { method: 'GET', url: step === 0 ? first : asked, afterMs: POLL_MS }
}

function decodeResponse(body: unknown, info: CallInfo): ImageResponse {
  const result = isJsonObject(body) ? body.result : undefined
  return imagesAt(isJsonObject(result) ? [result.sample] : [], info)
}

const shared = {
  params: new Set(['output_format', 'response_format', 'size']),
  follow,
  decodeResponse,
  decodeError,
}

const generation: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'bfl',
  framing: 'sse',
  upstream: { ...shared, encodeRequest: (request, info) => ({ body: bodyOf(request, info) }) },
}

/** `fill` models paint behind a mask; the others take up to four more pictures to look at. */
const edit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'bfl',
  framing: 'sse',
  upstream: {
    ...shared,
    params: new Set([...shared.params, 'mask']),
    inlines: () => true,
    encodeRequest({ image, mask, ...request }, info) {
      const body = bodyOf(request, info)
      if (info.model.includes('fill')) {
        const picture = base64Of(onlyPicture(image, info), 'image')
        return {
          body: { ...body, image: picture, ...(mask != null && { mask: base64Of(mask, 'mask') }) },
        }
      }
      if (mask != null)
        throw badRequest(
          `mask: ${info.model} edits without masks. Leave it out, or use flux-pro-1.0-fill.`,
          'mask',
        )
      const pictures = image.map((input, index) => base64Of(input, `image[${index}]`))
      const named = pictures.map(
        (picture, index) => [index === 0 ? 'input_image' : `input_image_${index + 1}`, picture] as const,
      )
      return { body: { ...body, ...Object.fromEntries(named) } }
    },
  },
}

const path = ({ model }: { model: string }) => `/v1/${encodeURIComponent(model)}`

/** Source: https://docs.bfl.ai/quick_start/generating_images */
export const blackForestLabs: Provider = {
  name: 'black_forest_labs',
  title: 'Black Forest Labs',
  docs: 'https://docs.bfl.ai',
  baseUrl: 'https://api.bfl.ai',
  baseUrlEnv: ['BFL_API_BASE'],
  credentials,
  endpoints: { image_generation: [{ codec: generation, path }], image_edit: [{ codec: edit, path }] },
  followHosts: ['bfl.ai'],
  errors: [{ kind: 'authentication', status: 403, message: /not authenticated/i }],
  exampleModels: ['flux-2-pro', 'flux-pro-1.1', 'flux-kontext-pro', 'flux-dev'],
}
