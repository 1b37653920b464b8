import type { JsonObject } from './json.ts'

/** The hub shape of a token count; what is counted is a chat request. */
export interface CountTokensResponse extends JsonObject {
  /** Tokens the prompt takes. */
  input_tokens: number
  /** Who counted: the provider, a tokenizer, or an estimate by length. */
  tokenizer: 'provider' | 'tokenizer' | 'estimate'
}
