import type { RerankResponse } from '../../types/rerank.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import type { RerankOptions } from './options.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { completed, decodeResponse } from './response.ts'

/** Rerank in the shape that most providers share, with a provider's differences. */
export function rerankWith(options: RerankOptions): Codec<'rerank'> {
  return {
    endpoint: 'rerank',
    format: 'rerank',
    framing: 'sse',
    upstream: {
      params: new Set(['top_n', 'return_documents', 'rank_fields', ...(options.params ?? [])]),
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse: (body, info) => decoded(body, info, options),
      decodeError,
    },
    inbound: { decodeRequest, encodeResponse: completed, encodeError },
  }
}

function decoded(body: unknown, info: CallInfo, { perSearch }: RerankOptions): RerankResponse {
  const response = decodeResponse(body, info)
  if (!perSearch || response.meta?.billed_units?.search_units !== undefined) return response
  return { ...response, meta: { ...response.meta, billed_units: { search_units: 1 } } }
}

/** The shared shape as it is. Sources: https://docs.cohere.com/reference/rerank, https://api.jina.ai/redoc#tag/rerank */
export const rerank: Codec<'rerank'> = rerankWith({})

/** API v2: texts only, no documents in the answer. Source: https://docs.cohere.com/reference/rerank */
export const cohereRerank: Codec<'rerank'> = rerankWith({
  returnDocuments: false,
  params: ['max_tokens_per_doc'],
})
