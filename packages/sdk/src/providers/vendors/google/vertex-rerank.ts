import type { Codec } from '../../../codecs/codec.ts'
import { decodeError } from '../../../codecs/gemini/errors.ts'
import { rerankWith } from '../../../codecs/rerank/codec.ts'
import type { RerankBody } from '../../../codecs/rerank/options.ts'
import { createError } from '../../../errors.ts'
import { isJsonArray, isJsonObject } from '../../../types/json.ts'
import type { RerankResponse } from '../../../types/rerank.ts'

/** Google charges by the query, of up to 100 documents. */
const DOCUMENTS_PER_QUERY = 100

const shared = rerankWith({
  topN: 'topN',
  returnDocuments: false,
  shape({ model, query, documents, topN, ...rest }: RerankBody) {
    const records = documents.map((content, index) => ({ id: String(index), content }))
    return {
      body: {
        model,
        query,
        records,
        ...(topN !== undefined && { topN }),
        ignoreRecordDetailsInResponse: true,
        ...rest,
      },
    }
  },
})

/** Vertex AI's ranking. Source: https://cloud.google.com/generative-ai-app-builder/docs/ranking */
export const vertexRerank: Codec<'rerank'> = {
  ...shared,
  upstream: {
    ...shared.upstream,
    decodeError,
    decodeResponse(body, info): RerankResponse {
      const records = isJsonObject(body) && isJsonArray(body.records) ? body.records : undefined
      const results = records?.filter(isJsonObject).map(({ id, score }) => ({
        index: Number(id),
        relevance_score: Number(score ?? 0),
      }))
      if (!results?.every(({ index }) => Number.isInteger(index)))
        throw createError({
          kind: 'bad_gateway',
          message: 'The provider answered a rerank request without records.',
          provider: info.deployment.provider,
          model: info.model,
        })
      results.sort((a, b) => b.relevance_score - a.relevance_score)
      const documents = info.request?.documents
      const queries = isJsonArray(documents) ? Math.ceil(documents.length / DOCUMENTS_PER_QUERY) : 1
      return { id: info.id, results, meta: { billed_units: { search_units: queries } } }
    },
  },
}
