import type { ImageEvent, ImageResponse, ImageUsage } from '../types/image-generation.ts'
import type { JsonObject } from '../types/json.ts'
import type { Units } from '../types/units.ts'
import type { Usage } from '../types/usage.ts'
import type { StreamMeter } from './meter.ts'

/** Endpoints whose answers have no tokens are charged by the piece alone. */
export const NO_TOKENS: Usage = Object.freeze({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })

/** What the three image endpoints ask for in the same way. */
interface ImageAsk extends JsonObject {
  n?: number | null
  size?: string | null
  quality?: string | null
}

/** What each image parameter asks for. */
export const IMAGE_SAMPLES: Readonly<Record<string, JsonObject>> = {
  input_fidelity: { input_fidelity: 'high' },
  moderation: { moderation: 'low' },
  output_compression: { output_compression: 50, output_format: 'jpeg' },
  output_format: { output_format: 'webp' },
  partial_images: { partial_images: 2, stream: true },
  quality: { quality: 'high' },
  response_format: { response_format: 'url' },
  size: { size: '1536x1024' },
  style: { style: 'natural' },
}

/** Tokens of an image answer, in the hub's words; none where it reports none. */
export function imageUsage({ usage }: Pick<ImageResponse, 'usage'>): Usage {
  if (!hasTokens(usage)) return NO_TOKENS
  const { input_tokens: input, output_tokens: output, total_tokens: total } = usage
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total ?? input + output,
    // What the vendor says it charges.
    ...(typeof usage.cost === 'number' && { cost: usage.cost }),
    ...(usage.input_tokens_details && { prompt_tokens_details: { ...usage.input_tokens_details } }),
    completion_tokens_details: usage.output_tokens_details
      ? { ...usage.output_tokens_details }
      : { image_tokens: output },
  }
}

function hasTokens(usage: ImageUsage | undefined): usage is ImageUsage {
  return typeof usage?.output_tokens === 'number' && usage.output_tokens > 0
}

/** Images and pixels, of an answer that is not charged by its tokens. */
export function imageUnits(request: ImageAsk, response: ImageResponse | undefined): Units | undefined {
  if (hasTokens(response?.usage)) return undefined
  const images = response ? response.data.length : (request.n ?? 1)
  const [width, height] = pixelsOf(response?.size ?? request.size)
  const pixels = images * width * height
  return { outputPerImage: images, inputPerImage: images, outputPerPixel: pixels, inputPerPixel: pixels }
}

/**
 * What comes before the model's name in price lists that have a price per size and quality: `hd/1024-x-1024/`. Most
 * exact first.
 */
export function imagePriceVariants(request: ImageAsk, response: ImageResponse | undefined): string[] {
  const [width, height] = pixelsOf(response?.size ?? request.size)
  const size = `${width}-x-${height}/`
  const quality = response?.quality ?? request.quality
  const named = typeof quality === 'string' && quality !== 'auto' ? quality : 'standard'
  return [`${named}/${size}`, size, `${named}/`]
}

const SIZE = /^(\d{1,5})x(\d{1,5})$/

/** `1024x1536` → both numbers. Where the vendor chooses, its usual square is taken. */
export function pixelsOf(size: string | null | undefined): readonly [width: number, height: number] {
  const [, width, height] = SIZE.exec(size ?? '') ?? []
  return width && height ? [Number(width), Number(height)] : [1024, 1024]
}

/** The most output tokens one image costs at the models that are priced by tokens: high quality, the largest size. */
const MOST_TOKENS_PER_IMAGE = 6_240

export function mostImageTokens({ n }: ImageAsk): number {
  return (n ?? 1) * MOST_TOKENS_PER_IMAGE
}

/** Addresses of images that were asked for as bytes. A stream's events hold bytes, too. */
export function addressesToFetch(
  { response_format: format, stream }: JsonObject,
  { data }: ImageResponse,
): string[] {
  if (format !== 'b64_json' && stream !== true) return []
  return data.flatMap(({ url, b64_json }) => (url !== undefined && b64_json === undefined ? [url] : []))
}

export function withImageBytes(
  response: ImageResponse,
  contents: ReadonlyMap<string, string>,
): ImageResponse {
  const data = response.data.map(({ url, ...item }) => {
    const bytes = url === undefined ? undefined : contents.get(url)
    if (bytes !== undefined) return { ...item, b64_json: bytes }
    return url === undefined ? item : { ...item, url }
  })
  return { ...response, data }
}

/** Events of a stream → whole answer: its finished images. */
export function foldImages(events: readonly ImageEvent[]): ImageResponse {
  const finished = events.filter(event => event.type.endsWith('.completed'))
  const last = finished.at(-1)
  const { created_at: created = events[0]?.created_at ?? 0, usage } = last ?? {}
  return {
    created,
    data: finished.map(({ b64_json, revised_prompt }) => ({
      ...(b64_json !== undefined && { b64_json }),
      ...(typeof revised_prompt === 'string' && { revised_prompt }),
    })),
    ...said(last),
    ...(usage && { usage }),
  }
}

/** Whole answer → events, one per image; what the whole used is told with the last. */
export function unfoldImages(kind: 'image_generation' | 'image_edit', response: ImageResponse): ImageEvent[] {
  const { created, data, usage } = response
  return data.map((item, index) => ({
    type: `${kind}.completed` as const,
    created_at: created,
    ...item,
    ...said(response),
    ...(usage && index === data.length - 1 && { usage }),
  }))
}

function said(from: JsonObject | undefined): JsonObject {
  const out: JsonObject = {}
  for (const key of ['size', 'quality', 'background', 'output_format'])
    if (from?.[key] !== undefined) out[key] = from[key]
  return out
}

/** Reads the events of an image stream. */
export class ImageMeter implements StreamMeter<ImageEvent> {
  usage: Usage | undefined
  readonly id = undefined
  readonly textLength = 0
  priceVariants: readonly string[]
  private images = 0
  private readonly request: ImageAsk

  constructor(request: ImageAsk) {
    this.request = request
    this.priceVariants = imagePriceVariants(request, undefined)
  }

  get units(): Units | undefined {
    if (this.usage) return undefined
    return imageUnits({ ...this.request, n: this.images }, undefined)
  }

  see(event: ImageEvent): void {
    if (!event.type.endsWith('.completed')) return
    this.images++
    const answer = { created: event.created_at, data: [], ...said(event) } as ImageResponse
    this.priceVariants = imagePriceVariants(this.request, answer)
    const usage = imageUsage(event)
    if (usage !== NO_TOKENS) this.usage = usage
  }
}
