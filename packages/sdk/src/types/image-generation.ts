import type { JsonObject } from './json.ts'

/** The hub shape of `image_generation`. Source: https://platform.openai.com/docs/api-reference/images/create */
export interface ImageGenerationRequest extends JsonObject {
  model: string
  prompt: string
  /** How many images; 1 unless stated. */
  n?: number | null
  /** `1024x1024`, `auto` …: width × height in pixels. */
  size?: string | null
  quality?: string | null
  style?: string | null
  /** What an image comes as; the vendor's own way unless stated. */
  response_format?: 'url' | 'b64_json' | null
  background?: string | null
  moderation?: string | null
  output_format?: string | null
  output_compression?: number | null
  stream?: boolean | null
  /** 0 to 3 unfinished images on the way, while streaming. */
  partial_images?: number | null
  user?: string | null
}

/** The answer of `image_generation`, `image_edit` and `image_variation`. */
export interface ImageResponse extends JsonObject {
  /** Seconds since the epoch. */
  created: number
  data: ImageItem[]
  usage?: ImageUsage
  size?: string
  quality?: string
  background?: string
  output_format?: string
}

export interface ImageItem extends JsonObject {
  url?: string
  /** The file's bytes as base64, without a `data:` prefix. */
  b64_json?: string
  revised_prompt?: string
}

/** Tokens, as image models that are priced by them report it. */
export interface ImageUsage extends JsonObject {
  input_tokens: number
  output_tokens: number
  total_tokens: number
  input_tokens_details?: { text_tokens?: number; image_tokens?: number; [key: string]: unknown }
  output_tokens_details?: { text_tokens?: number; image_tokens?: number; [key: string]: unknown }
}

/** An event of an image stream. Source: https://platform.openai.com/docs/api-reference/images-streaming */
export interface ImageEvent extends JsonObject {
  type:
    | 'image_generation.partial_image'
    | 'image_generation.completed'
    | 'image_edit.partial_image'
    | 'image_edit.completed'
  b64_json?: string
  /** Seconds since the epoch. */
  created_at: number
  partial_image_index?: number
  usage?: ImageUsage
}
