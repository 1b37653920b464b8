import type { Codec } from '../codec.ts'
import { decodeError } from '../cohere-chat/errors.ts'
import { encodeRequest } from './request.ts'
import { decodeResponse } from './response.ts'

/** Cohere's Embed API v2: texts, images, or both. Source: https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'cohere-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['dimensions', 'encoding_format']),
    encodeRequest,
    decodeResponse,
    decodeError,
  },
}
