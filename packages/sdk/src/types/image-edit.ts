import type { JsonObject } from './json.ts'
import type { UploadedFile } from './wire-body.ts'

/** A picture handed in: an upload, or the address of one (`https:` or `data:`). */
export type ImageInput = UploadedFile | string

/** The hub shape of `image_edit`. Source: https://platform.openai.com/docs/api-reference/images/createEdit */
export interface ImageEditRequest extends JsonObject {
  model: string
  prompt: string
  /** At least one. */
  image: ImageInput[]
  /** Its fully transparent areas say where the first image is to be edited. */
  mask?: ImageInput | null
  n?: number | null
  size?: string | null
  quality?: string | null
  response_format?: 'url' | 'b64_json' | null
  background?: string | null
  input_fidelity?: string | null
  moderation?: string | null
  output_format?: string | null
  output_compression?: number | null
  stream?: boolean | null
  partial_images?: number | null
  user?: string | null
}
