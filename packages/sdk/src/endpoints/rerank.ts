import type { RerankRequest } from '../types/rerank.ts'
import type { Endpoint } from './endpoint.ts'

/** Cohere's measure of one search: a query over so many documents. */
const DOCUMENTS_PER_SEARCH = 100

/** Sorts documents by how well they answer a query. */
export const rerank: Endpoint<'rerank'> = {
  name: 'rerank',
  callType: 'arerank',
  isRepeatable: true,
  openaiParams: new Set([
    ...['top_n', 'rank_fields', 'return_documents', 'max_chunks_per_doc', 'max_tokens_per_doc'],
  ]),
  sample: { query: 'Hello', documents: ['Hello', 'Goodbye'] },
  texts: ({ query, documents }) => [query, ...documents.flatMap(document => textOfDocument(document) ?? [])],
  withTexts(request, texts): RerankRequest {
    let next = 1
    const documents = request.documents.map(document => {
      if (typeof document === 'string') return texts[next++] ?? document
      return typeof document.text === 'string'
        ? { ...document, text: texts[next++] ?? document.text }
        : document
    })
    return { ...request, query: texts[0] ?? request.query, documents }
  },
  // What comes back beside the scores are the caller's own documents.
  replyTexts: () => [],
  withReplyTexts: response => response,
  usage({ meta }) {
    const { search_units: searches, total_tokens: billed } = meta?.billed_units ?? {}
    const tokens = billed ?? meta?.tokens?.input_tokens ?? (searches === undefined ? undefined : 0)
    if (tokens === undefined) return undefined
    return { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens }
  },
  maxOutputTokens: () => 0,
  units(request, response) {
    const searches =
      response === undefined
        ? Math.ceil(request.documents.length / DOCUMENTS_PER_SEARCH)
        : response.meta?.billed_units?.search_units
    return searches === undefined ? undefined : { query: searches }
  },
}

function textOfDocument(document: RerankRequest['documents'][number]): string | undefined {
  if (typeof document === 'string') return document
  return typeof document.text === 'string' ? document.text : undefined
}
