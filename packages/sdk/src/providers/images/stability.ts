import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { onlyPicture } from '../../codecs/media/image-input.ts'
import { nearestRatio } from '../../codecs/media/image-size.ts'
import { decodeError as decodeOpenaiError } from '../../codecs/openai-chat/errors/errors.ts'
import { imageForm } from '../../codecs/openai-images/form.ts'
import { stated, warnBytesOnly } from '../../codecs/openai-images/options.ts'
import { noImages } from '../../codecs/openai-images/response.ts'
import { bearer } from '../../credentials/bearer.ts'
import type { ErrorFacts } from '../../errors.ts'
import type { ImageResponse } from '../../types/image-generation.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { Provider } from '../provider.ts'
import { failedJob, imageOf } from './image-answers.ts'

const RATIOS = ['16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21'] as const

/** Where each model's work is done; the Stable Diffusion 3 family shares a door. */
function generationPath({ model }: { model: string }): string {
  const name = plain(model)
  return `/v2beta/stable-image/generate/${name.startsWith('sd3') ? 'sd3' : encodeURIComponent(name)}`
}

function plain(model: string): string {
  return model.startsWith('stable-image-') ? model.slice('stable-image-'.length) : model
}

const CONTROLS = new Set(['sketch', 'structure', 'style', 'style-transfer'])

/** Edits are called by what they do: `inpaint`, `outpaint`, `search-and-replace`, `structure` … */
function editPath({ model }: { model: string }): string {
  const name = plain(model)
  if (CONTROLS.has(name)) return `/v2beta/stable-image/control/${name}`
  if (name === 'fast' || name === 'conservative') return `/v2beta/stable-image/upscale/${name}`
  return name.startsWith('sd3')
    ? generationPath({ model })
    : `/v2beta/stable-image/edit/${encodeURIComponent(name)}`
}

const JSON_REPLY = { accept: 'application/json' }

function formOf(request: JsonObject, info: CallInfo): WireRequest {
  const { size, response_format: format, stream: _, model: __, ...rest } = stated(request)
  if (format !== undefined && format !== 'b64_json') warnBytesOnly(info.warn)
  const ratio = nearestRatio(size, RATIOS, info.warn)
  const fields = {
    ...rest,
    ...(ratio && { aspect_ratio: ratio }),
    ...(plain(info.model).startsWith('sd3') && { model: info.model }),
  }
  // Even a request without a file must be a form: https://platform.stability.ai/docs/api-reference
  return { body: {}, payload: imageForm(fields), headers: JSON_REPLY }
}

function decodeResponse(body: unknown, info: CallInfo): ImageResponse {
  if (!isJsonObject(body) || typeof body.image !== 'string') throw noImages(info)
  if (body.finish_reason === 'CONTENT_FILTERED')
    throw failedJob('The image was withheld by the content filter of the provider.', info, true)
  return imageOf(body.image, info)
}

/** `{ id, name, errors: [text] }` */
function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (!isJsonObject(body) || !isJsonArray(body.errors)) return decodeOpenaiError(status, body)
  const name = textOf(body.name)
  const message = body.errors.filter(text => typeof text === 'string').join(' ')
  return {
    message: message || name,
    ...(name !== '' && { code: name }),
    ...(name === 'content_moderation' && { kind: 'content_policy' as const }),
    providerSpecificFields: { error: body },
  }
}

const generation: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'stability',
  framing: 'sse',
  upstream: {
    params: new Set(['output_format', 'response_format', 'size']),
    encodeRequest: formOf,
    decodeResponse,
    decodeError,
  },
}

/** How far SD3 may leave the picture it is given must be said. */
const SD3_EDIT = { mode: 'image-to-image', strength: 0.7 }

const edit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'stability',
  framing: 'sse',
  upstream: {
    params: new Set(['mask', 'output_format', 'response_format', 'size']),
    inlines: () => true,
    encodeRequest(request, info) {
      const mode = plain(info.model).startsWith('sd3') ? SD3_EDIT : {}
      return formOf({ ...mode, ...request, image: onlyPicture(request.image, info) }, info)
    },
    decodeResponse,
    decodeError,
  },
}

/** Source: https://platform.stability.ai/docs/api-reference */
export const stability: Provider = {
  name: 'stability',
  title: 'Stability AI',
  docs: 'https://platform.stability.ai/docs/api-reference',
  baseUrl: 'https://api.stability.ai',
  baseUrlEnv: ['STABILITY_API_BASE'],
  credentials: bearer(['STABILITY_API_KEY']),
  endpoints: {
    image_generation: [{ codec: generation, path: generationPath }],
    image_edit: [{ codec: edit, path: editPath }],
  },
  exampleModels: ['stable-image-ultra', 'stable-image-core', 'sd3.5-large'],
}
