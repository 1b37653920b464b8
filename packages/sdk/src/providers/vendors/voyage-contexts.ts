import type { Codec } from '../../codecs/codec.ts'
import { openaiEmbeddingsWith } from '../../codecs/openai-embeddings/codec.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'

const plain = openaiEmbeddingsWith({ tokens: false, dimensions: 'output_dimension', encodingFormat: false })

/**
 * Voyage's contextualised chunks: a text alone is a document of one chunk, a list of texts among the inputs is the
 * chunks of one document. Vectors come back as one list, chunk after chunk.
 * Source: https://docs.voyageai.com/reference/contextualized-embeddings-api
 */
export const voyageContexts: Codec<'embedding'> = {
  ...plain,
  upstream: {
    ...plain.upstream,
    encodeRequest(request, info) {
      const documents: unknown[] = typeof request.input === 'string' ? [request.input] : request.input
      const isChunked = documents.some(isTexts)
      const { body } = plain.upstream.encodeRequest(isChunked ? { ...request, input: [] } : request, info)
      const { input: _, ...rest } = body
      return {
        body: { ...rest, inputs: documents.map(document => (isTexts(document) ? document : [document])) },
      }
    },
    decodeResponse(body, info, headers) {
      if (!isJsonObject(body) || !isJsonArray(body.data))
        return plain.upstream.decodeResponse(body, info, headers)
      const chunks = body.data.flatMap(document =>
        isJsonObject(document) && isJsonArray(document.data) ? document.data : [document],
      )
      const data = chunks.map((chunk, index) => (isJsonObject(chunk) ? { ...chunk, index } : chunk))
      return plain.upstream.decodeResponse({ ...body, data }, info, headers)
    },
  },
}

function isTexts(document: unknown): document is string[] {
  return isJsonArray(document) && document.every(chunk => typeof chunk === 'string')
}
