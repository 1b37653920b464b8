import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'

/**
 * Cohere's citations → OpenAI's `url_citation` annotations, one for each source. Citations of thinking and of plans
 * stay in `provider_specific_fields` only, for their places are not in the answer. `offsets` tells where each content
 * part begins in the answer. Source: https://docs.cohere.com/docs/rag-citations
 */
export function decodeCitations(citations: readonly unknown[], offsets: readonly number[]): JsonObject[] {
  return citations.filter(isJsonObject).flatMap(citation => {
    if (citation.type !== undefined && citation.type !== 'TEXT_CONTENT') return []
    const { start, end, content_index: part } = citation
    const offset = (typeof part === 'number' ? offsets[part] : undefined) ?? 0
    const sources = isJsonArray(citation.sources) ? citation.sources.filter(isJsonObject) : []
    return sources.map(source => ({
      type: 'url_citation',
      url_citation: {
        start_index: offset + numberOf(start),
        end_index: offset + numberOf(end),
        ...addressOf(source),
      },
    }))
  })
}

function addressOf(source: JsonObject): JsonObject {
  const { document, tool_output: output } = source
  const facts = isJsonObject(document) ? document : isJsonObject(output) ? output : {}
  const url = textOf(source.url) || textOf(facts.url) || `source:${textOf(source.id)}`
  return { url, title: textOf(facts.title) }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
