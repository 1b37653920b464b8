/** Where a provider's embeddings differ from OpenAI's in ways a parameter rule cannot say. */
export interface OpenaiEmbeddingsOptions {
  /** False where inputs are texts (or the provider's own objects), never tokens. */
  readonly tokens?: boolean
  /** Its names for `dimensions` and `encoding_format`; false where it has no such thing: `encoding_format` is then ours. */
  readonly dimensions?: string | false
  readonly encodingFormat?: string | false
  /** True when vectors come as base64 of signed bytes, whatever is asked. */
  readonly signedBytes?: true
  /** How an input is written that is a `data:` URI or the URL of an image; texts are sent as they are. */
  readonly image?: (url: string) => unknown
}
