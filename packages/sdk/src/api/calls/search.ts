import { checkQuery } from '../../codecs/perplexity-search/codec.ts'
import type { JsonObject } from '../../types/json.ts'
import type { SearchResponse } from '../../types/search.ts'
import type { WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'

/** A search in Perplexity's words; other keys go to the provider as they are. */
export interface SearchAsk extends JsonObject {
  query: string | string[]
  /** `tavily`, `exa_ai`, `brave` … */
  search_provider: string
  max_results?: number
  search_domain_filter?: string[]
  max_tokens_per_page?: number
  country?: string
}

/**
 * Searches the web.
 *
 * @example
 * const { results } = await search({ query: 'latest AI news', search_provider: 'tavily', max_results: 5 })
 */
export async function search(
  request: SearchAsk,
  options: RunOptions = {},
): Promise<WithFacts<SearchResponse>> {
  const { search_provider: provider, ...asked } = request
  checkQuery(asked)
  const named = { ...asked, query: request.query, model: `${provider}/search` }
  return (await run('search', named, options, 'perplexity-search')) as WithFacts<SearchResponse>
}
