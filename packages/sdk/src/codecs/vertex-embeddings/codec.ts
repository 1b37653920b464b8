import type { EmbeddingRequest } from '../../types/embedding.ts'
import type { Codec, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { encodeContent, encodeMedia, encodeTexts, encodeTunedTexts } from './request.ts'
import { decodeResponse } from './response.ts'

function codecOf(encode: (request: EmbeddingRequest) => WireRequest): Codec<'embedding'> {
  return {
    endpoint: 'embedding',
    format: 'vertex-embeddings',
    framing: 'sse',
    upstream: {
      params: new Set(['dimensions', 'encoding_format']),
      encodeRequest: request => encode(request),
      decodeResponse,
      decodeError,
    },
  }
}

/** Vertex AI's `:predict` of text models. */
export const vertexTextEmbeddings: Codec<'embedding'> = codecOf(encodeTexts)
/** Vertex AI's `:predict` of a tuned text model. */
export const vertexTunedEmbeddings: Codec<'embedding'> = codecOf(encodeTunedTexts)
/** Vertex AI's `:embedContent`. */
export const vertexContentEmbeddings: Codec<'embedding'> = codecOf(encodeContent)
/** Vertex AI's `:predict` of models that embed texts, pictures and videos. */
export const vertexMediaEmbeddings: Codec<'embedding'> = codecOf(encodeMedia)
