import type { JsonObject } from './json.ts'
import type { UploadedFile } from './wire-body.ts'

/** The hub shape of `ocr`: Mistral's. Source: https://docs.mistral.ai/api/endpoint/ocr */
export interface OcrRequest extends JsonObject {
  model: string
  document: OcrDocument
  /** Pages to read, counted from 0; all unless stated. */
  pages?: number[] | null
  include_image_base64?: boolean | null
  /** The most images to extract. */
  image_limit?: number | null
  /** Pixels of height and width below which an image is not extracted. */
  image_min_size?: number | null
  bbox_annotation_format?: JsonObject | null
  document_annotation_format?: JsonObject | null
}

/** Addresses are `https:` or `data:`; an upload is turned into a `data:` address before a codec sees it. */
export type OcrDocument =
  | { type: 'document_url'; document_url: string; document_name?: string; [key: string]: unknown }
  | { type: 'image_url'; image_url: string | { url: string; detail?: string }; [key: string]: unknown }
  | { type: 'file'; file: UploadedFile; [key: string]: unknown }

export interface OcrResponse extends JsonObject {
  object: 'ocr'
  model: string
  pages: OcrPage[]
  usage_info?: { pages_processed?: number; doc_size_bytes?: number | null; [key: string]: unknown }
  /** JSON text, where an annotation was asked for. */
  document_annotation?: string | null
}

export interface OcrPage extends JsonObject {
  /** Counted from 0. */
  index: number
  markdown: string
  images?: JsonObject[]
  /** Pixels. */
  dimensions?: { dpi?: number; height?: number; width?: number; [key: string]: unknown } | null
}
