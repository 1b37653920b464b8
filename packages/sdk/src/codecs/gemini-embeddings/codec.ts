import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from '../gemini/errors.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeResponse, encodeResponse } from './response.ts'

/**
 * Google's `:batchEmbedContents`; clients may ask with `:embedContent` too.
 * Source: https://ai.google.dev/api/embeddings
 */
export const geminiEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'gemini-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['dimensions', 'encoding_format']),
    encodeRequest,
    decodeResponse,
    decodeError,
  },
  inbound: { decodeRequest, encodeResponse, encodeError },
}
