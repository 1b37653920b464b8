import type { JsonObject } from './json.ts'

/**
 * Tokens of one call, in OpenAI's shape plus LiteLLM's extras.
 * `prompt_tokens` always includes cache reads and cache writes; `completion_tokens` always includes reasoning.
 * Source: https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage
 */
export interface Usage extends JsonObject {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: PromptTokensDetails
  completion_tokens_details?: CompletionTokensDetails
  /** Tokens written to the provider's prompt cache (Anthropic's name for it). */
  cache_creation_input_tokens?: number
  /** Tokens read from the provider's prompt cache (Anthropic's name for it). */
  cache_read_input_tokens?: number
  server_tool_use?: JsonObject
}

export interface PromptTokensDetails extends JsonObject {
  cached_tokens?: number
  cache_creation_tokens?: number
  /** Cache writes by time to live: `ephemeral_5m_input_tokens`, `ephemeral_1h_input_tokens`. */
  cache_creation_token_details?: JsonObject
  audio_tokens?: number
  text_tokens?: number
  image_tokens?: number
}

export interface CompletionTokensDetails extends JsonObject {
  reasoning_tokens?: number
  audio_tokens?: number
  text_tokens?: number
  image_tokens?: number
  accepted_prediction_tokens?: number
  rejected_prediction_tokens?: number
}
