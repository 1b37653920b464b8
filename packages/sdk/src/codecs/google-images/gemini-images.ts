import { createError } from '../../errors.ts'
import type { ChatRequest, ContentPart } from '../../types/chat.ts'
import type { ImageEditRequest, ImageInput } from '../../types/image-edit.ts'
import type {
  ImageGenerationRequest,
  ImageItem,
  ImageResponse,
  ImageUsage,
} from '../../types/image-generation.ts'
import { isJsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { decodeResponse } from '../gemini/reply/response.ts'
import { isFetchedByGoogle } from '../gemini/request/fetched.ts'
import { without } from '../gemini/request/fields.ts'
import { isGemini3 } from '../gemini/request/model-family.ts'
import { encodeRequest } from '../gemini/request/request.ts'
import { addressOf } from '../media/image-input.ts'
import { nearestRatio, pixels } from '../media/image-size.ts'
import { warnBytesOnly } from '../openai-images/options.ts'
import { noImages } from '../openai-images/response.ts'

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']
const PARAMS: ReadonlySet<string> = new Set(['n', 'response_format', 'size'])
/** Models that draw give one picture at a time. */
const ONE = { n: [1] }
const OWN = new Set([...PARAMS, 'prompt', 'image', 'mask', 'user'])

/** Gemini's models that draw, asked by `generateContent`. Source: https://ai.google.dev/gemini-api/docs/image-generation */
export const geminiImages: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'gemini-images',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    only: ONE,
    encodeRequest: (request, info) => encode(request, [], info),
    decodeResponse: decode,
    decodeError,
  },
}

/** The same with pictures to begin with. */
export const geminiImageEdits: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'gemini-images',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    only: ONE,
    inlines: url => !isFetchedByGoogle(url),
    encodeRequest: (request, info) => encode(request, request.image, info),
    decodeResponse: decode,
    decodeError,
  },
}

/** Asked as a chat whose answer may be a picture, so that all that chats can say can be said here. */
function encode(
  request: ImageGenerationRequest | ImageEditRequest,
  pictures: readonly ImageInput[],
  info: CallInfo,
): WireRequest {
  if (request.response_format === 'url') warnBytesOnly(info.warn)
  const aspectRatio = nearestRatio(request.size, RATIOS, info.warn)
  const imageSize = sizeOf(request.size, info.model)
  const imageConfig = {
    ...(aspectRatio !== undefined && { aspectRatio }),
    ...(imageSize !== undefined && { imageSize }),
  }
  const content: ContentPart[] = [
    { type: 'text', text: request.prompt },
    ...pictures.map(picture => ({ type: 'image_url' as const, image_url: { url: addressOf(picture) } })),
  ]
  const asked: ChatRequest = {
    ...(Object.keys(imageConfig).length > 0 && { imageConfig }),
    ...without(request, OWN),
    model: request.model,
    messages: [{ role: 'user', content }],
    modalities: ['text', 'image'],
  }
  return encodeRequest(asked, info)
}

/** Gemini 3 draws larger pictures too: `1K`, which is usual, `2K` and `4K`. */
function sizeOf(size: unknown, model: string): string | undefined {
  const asked = isGemini3(model) ? pixels(size) : undefined
  if (asked === undefined) return undefined
  const longest = Math.max(...asked)
  return longest > 3_072 ? '4K' : longest > 1_536 ? '2K' : undefined
}

function decode(body: unknown, info: CallInfo): ImageResponse {
  const { choices, usage } = decodeResponse(body, info)
  const data = choices.flatMap(({ message }): ImageItem[] =>
    (message.images ?? []).flatMap(({ image_url: image }) => {
      const url = isJsonObject(image) && typeof image.url === 'string' ? image.url : ''
      const mark = url.indexOf(';base64,')
      return mark < 0 ? [] : [{ b64_json: url.slice(mark + 8) }]
    }),
  )
  if (data.length === 0) throw noPicture(choices[0], info)
  return { created: Math.floor(info.now / 1000), data, ...(usage && { usage: usageOf(usage) }) }
}

/** The model's own words, where it wrote instead of drawing. */
function noPicture(choice: ReturnType<typeof decodeResponse>['choices'][number] | undefined, info: CallInfo) {
  const said = choice?.message.content
  if (choice?.finish_reason !== 'content_filter')
    return noImages(info, said ? `The model wrote instead of drawing: ${said.slice(0, 500)}` : undefined)
  const native = choice.provider_specific_fields?.native_finish_reason
  return createError({
    kind: 'content_policy',
    message: said ? said.slice(0, 500) : `The picture was held back (${String(native)}).`,
    provider: info.deployment.provider,
    model: info.model,
  })
}

function usageOf(usage: Usage): ImageUsage {
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usage
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: total,
    ...(usage.prompt_tokens_details && { input_tokens_details: { ...usage.prompt_tokens_details } }),
    ...(usage.completion_tokens_details && {
      output_tokens_details: { ...usage.completion_tokens_details },
    }),
  } as ImageUsage
}
