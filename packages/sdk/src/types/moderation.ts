import type { JsonObject } from './json.ts'
import type { Usage } from './usage.ts'

/** The hub shape of the `moderation` endpoint. Source: https://platform.openai.com/docs/api-reference/moderations */
export interface ModerationRequest extends JsonObject {
  model: string
  /** One text, many texts, or parts of text and images that are judged together. */
  input: string | string[] | ModerationPart[]
}

export interface ModerationPart extends JsonObject {
  type: 'text' | 'image_url' | (string & {})
  text?: string
  image_url?: { url: string }
}

export interface ModerationResponse extends JsonObject {
  id: string
  model: string
  /** One for each input. */
  results: ModerationResult[]
  usage?: Usage
}

export interface ModerationResult extends JsonObject {
  flagged: boolean
  categories: Record<string, boolean>
  /** 0 to 1. */
  category_scores: Record<string, number>
  category_applied_input_types?: Record<string, string[]>
}
