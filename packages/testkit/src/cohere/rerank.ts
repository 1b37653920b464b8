import { asText, asTexts, type JsonObject } from '../json.ts'
import { filledText, integer, list, record, text } from '../wire/shape.ts'
import type { PlainOperation } from '../wire/wire.ts'

const shape = record(
  { model: filledText, query: filledText, documents: list(text, 1) },
  { top_n: integer(1), max_tokens_per_doc: integer(1), priority: integer(0, 999) },
)

/** `POST /v2/rerank`, https://docs.cohere.com/reference/rerank: the share of the query's words that a document has. */
export const rerank: PlainOperation = {
  kind: 'plain',
  reply(body): JsonObject {
    shape(body, [])
    const words = asText(body.query).toLowerCase().split(/\W+/).filter(Boolean)
    const results = asTexts(body.documents)
      .map((document, index) => {
        const has = new Set(document.toLowerCase().split(/\W+/))
        return {
          index,
          relevance_score: words.filter(word => has.has(word)).length / Math.max(words.length, 1),
        }
      })
      .sort((a, b) => b.relevance_score - a.relevance_score)
    return {
      id: '00000000-0000-4000-8000-000000000000',
      results: results.slice(0, typeof body.top_n === 'number' ? body.top_n : undefined),
      meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
    }
  },
}
