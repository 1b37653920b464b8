import type { JsonObject } from './json.ts'

/** The hub shape of the `embedding` endpoint. Source: https://platform.openai.com/docs/api-reference/embeddings */
export interface EmbeddingRequest extends JsonObject {
  model: string
  /** One text, many texts, one list of tokens, or many lists of tokens. */
  input: string | string[] | number[] | number[][]
  dimensions?: number | null
  encoding_format?: 'float' | 'base64' | null
  user?: string | null
}

export interface EmbeddingResponse extends JsonObject {
  object: 'list'
  model: string
  data: EmbeddingItem[]
  usage?: EmbeddingUsage
}

export interface EmbeddingItem extends JsonObject {
  object: 'embedding'
  index: number
  /** Numbers, or base64 of little-endian float32 when `encoding_format` is `base64`. */
  embedding: number[] | string
}

export interface EmbeddingUsage extends JsonObject {
  prompt_tokens: number
  total_tokens: number
}
