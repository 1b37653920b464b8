import type { ImageInput } from './image-edit.ts'
import type { JsonObject } from './json.ts'

/** The hub shape of `image_variation`. Source: https://platform.openai.com/docs/api-reference/images/createVariation */
export interface ImageVariationRequest extends JsonObject {
  model: string
  image: ImageInput
  n?: number | null
  size?: string | null
  response_format?: 'url' | 'b64_json' | null
  user?: string | null
}
