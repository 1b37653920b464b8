import type { JsonObject } from './json.ts'
import type { Usage } from './usage.ts'

/** The hub shape of the `text_completion` endpoint. Source: https://platform.openai.com/docs/api-reference/completions */
export interface TextCompletionRequest extends JsonObject {
  model: string
  /** One text, many texts, one list of tokens, or many lists of tokens. */
  prompt: string | string[] | number[] | number[][]
  best_of?: number | null
  echo?: boolean | null
  frequency_penalty?: number | null
  logit_bias?: Record<string, number> | null
  /** How many of the likeliest tokens to tell at each place, 0 to 5. */
  logprobs?: number | null
  max_tokens?: number | null
  n?: number | null
  presence_penalty?: number | null
  seed?: number | null
  stop?: string | string[] | null
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; [key: string]: unknown } | null
  /** What comes after the text to be written. */
  suffix?: string | null
  temperature?: number | null
  top_p?: number | null
  user?: string | null
}

/** A whole reply. Its streamed events have the same shape, each with the next piece of text. */
export interface TextCompletionResponse extends JsonObject {
  id: string
  object: 'text_completion'
  /** Seconds since the epoch. */
  created: number
  model: string
  choices: TextChoice[]
  usage?: Usage | null
  system_fingerprint?: string | null
}

export interface TextChoice extends JsonObject {
  text: string
  index: number
  logprobs?: TextLogprobs | null
  finish_reason: 'stop' | 'length' | 'content_filter' | (string & {}) | null
}

/** Four lists of one entry a token. */
export interface TextLogprobs extends JsonObject {
  tokens?: string[]
  token_logprobs?: (number | null)[]
  top_logprobs?: (Record<string, number> | null)[] | null
  /** Where each token begins, in characters. */
  text_offset?: number[]
}
