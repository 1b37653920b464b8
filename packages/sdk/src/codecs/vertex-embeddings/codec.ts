import type { EmbeddingRequest } from '../../types/embedding.ts'
import { isJsonObject } from '../../types/json.ts'
import type { CallInfo, Codec, WireReply, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { encodeContent, encodeMedia, encodeTexts, encodeTunedTexts } from './request.ts'
import { decodeResponse } from './response.ts'

function codecOf(encode: (request: EmbeddingRequest, info: CallInfo) => WireRequest): Codec<'embedding'> {
  return {
    endpoint: 'embedding',
    format: 'vertex-embeddings',
    framing: 'sse',
    upstream: {
      params: new Set(['dimensions', 'encoding_format']),
      encodeRequest: encode,
      decodeResponse,
      decodeError,
    },
  }
}

/** Vertex AI's `:predict` of text models. */
export const vertexTextEmbeddings: Codec<'embedding'> = codecOf(encodeTexts)
/** Vertex AI's `:predict` of a tuned text model. */
export const vertexTunedEmbeddings: Codec<'embedding'> = codecOf(encodeTunedTexts)

const content = codecOf(request => encodeContent(request))

/** Vertex AI's `:embedContent`, asked for one input after the other. */
export const vertexContentEmbeddings: Codec<'embedding'> = {
  ...content,
  upstream: {
    ...content.upstream,
    follow(_reply, request, _info, step, url) {
      const isLast = !Array.isArray(request.input) || step + 1 >= request.input.length
      if (isLast) return undefined
      return { method: 'POST', url, body: encodeContent(request, step + 1).body, afterMs: 0 }
    },
    gather,
  },
}

/** Many answers of one vector in the shape of one answer of many; the tokens are all of theirs. */
function gather(replies: readonly WireReply[]): unknown {
  const bodies = replies.map(({ body }) => (isJsonObject(body) ? body : {}))
  const counts = bodies.map(({ usageMetadata: usage }) => (isJsonObject(usage) ? usage.promptTokenCount : 0))
  const tokens = counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0)
  return {
    predictions: bodies.map(({ embedding }) => embedding),
    ...(tokens > 0 && { usageMetadata: { promptTokenCount: tokens } }),
  }
}
/** Vertex AI's `:predict` of models that embed texts, pictures and videos. */
export const vertexMediaEmbeddings: Codec<'embedding'> = codecOf(encodeMedia)
