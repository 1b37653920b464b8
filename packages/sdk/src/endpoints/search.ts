import type { Endpoint } from './endpoint.ts'
import { NO_TOKENS } from './image-answer.ts'

/** The web, asked by a search service. */
export const search: Endpoint<'search'> = {
  name: 'search',
  callType: 'asearch',
  isRepeatable: true,
  openaiParams: new Set(['country', 'max_results', 'max_tokens_per_page', 'search_domain_filter']),
  sample: { query: 'news' },
  paramSamples: {
    country: { country: 'US' },
    max_results: { max_results: 5 },
    max_tokens_per_page: { max_tokens_per_page: 256 },
    search_domain_filter: { search_domain_filter: ['example.com'] },
  },
  texts: ({ query }) => (typeof query === 'string' ? [query] : query),
  withTexts: (request, texts) => ({
    ...request,
    query:
      typeof request.query === 'string'
        ? (texts[0] ?? request.query)
        : request.query.map((query, index) => texts[index] ?? query),
  }),
  replyTexts: response => response.results.flatMap(({ title, snippet }) => [title, snippet]),
  withReplyTexts: (response, texts) => ({
    ...response,
    results: response.results.map((result, index) => ({
      ...result,
      title: texts[2 * index] ?? result.title,
      snippet: texts[2 * index + 1] ?? result.snippet,
    })),
  }),
  usage: () => NO_TOKENS,
  maxOutputTokens: () => 0,
  units: ({ query }) => ({ query: typeof query === 'string' ? 1 : query.length }),
}
