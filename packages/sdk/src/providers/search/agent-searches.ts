import { searchResponse } from '../../codecs/perplexity-search/codec.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { SearchResult } from '../../types/search.ts'
import { failedSearch } from './failed-search.ts'
import { countryName, given, header, inside, type SearchRow, withSites } from './search-provider.ts'

/** A token is about four characters of English. */
const CHARACTERS_PER_TOKEN = 4
/** What a page gives where the caller sets no limit: the hub's default, in characters. */
const CHARACTERS = 1_024 * CHARACTERS_PER_TOKEN

function characters(tokens: number | undefined): number {
  return tokens === undefined ? CHARACTERS : tokens * CHARACTERS_PER_TOKEN
}

const bearer: SearchRow['sign'] = (request, secret) => {
  if (secret) request.headers.authorization = `Bearer ${secret}`
}

/** A hit, from whichever names the vendor gives its parts. */
function hit(title: unknown, url: unknown, snippet: string, date: unknown): SearchResult | undefined {
  if (typeof url !== 'string') return undefined
  return { title: textOf(title), url, snippet, ...(typeof date === 'string' && { date }) }
}

/** Services made for programs: a question as JSON, pages' contents as an answer. */
export const AGENT_SEARCHES = {
  tavily: {
    title: 'Tavily',
    docs: 'https://docs.tavily.com/documentation/api-reference/endpoint/search',
    baseUrl: 'https://api.tavily.com',
    baseUrlEnv: ['TAVILY_API_BASE'],
    env: ['TAVILY_API_KEY'],
    path: '/search',
    sign: bearer,
    params: ['country', 'max_results', 'search_domain_filter'],
    encode: ({ query, most, only, never, country, rest }) => ({
      body: given({
        query,
        max_results: most,
        include_domains: only,
        exclude_domains: never,
        country: countryName(country)?.toLowerCase(),
        ...rest,
      }),
    }),
    errors: [
      // The plan's limit, and the one for what goes beyond it.
      { kind: 'insufficient_quota', status: 432 },
      { kind: 'insufficient_quota', status: 433 },
    ],
    decode: (body, info) =>
      searchResponse(body, 'results', info, result =>
        hit(result.title, result.url, textOf(result.content), result.published_date),
      ),
  },
  exa_ai: {
    title: 'Exa',
    docs: 'https://docs.exa.ai/reference/search',
    baseUrl: 'https://api.exa.ai',
    baseUrlEnv: ['EXA_API_BASE'],
    env: ['EXA_API_KEY'],
    path: '/search',
    sign: header('x-api-key'),
    params: ['country', 'max_results', 'max_tokens_per_page', 'search_domain_filter'],
    encode: ({ query, most, only, never, country, tokensPerPage, rest }) => ({
      body: given({
        query,
        numResults: most,
        includeDomains: only,
        excludeDomains: never,
        userLocation: country,
        // Without it there are titles and addresses only.
        contents: { text: { maxCharacters: characters(tokensPerPage) } },
        ...rest,
      }),
    }),
    decode: (body, info) =>
      searchResponse(body, 'results', info, result =>
        hit(
          result.title,
          result.url,
          textOf(result.text) || textsOf(result.highlights),
          result.publishedDate,
        ),
      ),
  },
  parallel_ai: {
    title: 'Parallel',
    docs: 'https://docs.parallel.ai/api-reference/search-beta/search',
    baseUrl: 'https://api.parallel.ai',
    baseUrlEnv: ['PARALLEL_AI_API_BASE'],
    env: ['PARALLEL_AI_API_KEY', 'PARALLEL_API_KEY'],
    path: '/v1beta/search',
    sign: header('x-api-key'),
    params: ['max_results', 'max_tokens_per_page', 'search_domain_filter'],
    many: true,
    encode({ query, queries, most, only, never, tokensPerPage, rest }) {
      const policy = given({ include_domains: only, exclude_domains: never })
      return {
        headers: { 'parallel-beta': 'search-extract-2025-10-10' },
        body: given({
          ...(queries.length > 1 ? { search_queries: queries } : { objective: query }),
          max_results: most,
          excerpts: tokensPerPage && { max_chars_per_result: characters(tokensPerPage) },
          source_policy: Object.keys(policy).length > 0 ? policy : undefined,
          ...rest,
        }),
      }
    },
    decode: (body, info) =>
      searchResponse(body, 'results', info, result =>
        hit(result.title, result.url, textsOf(result.excerpts), result.publish_date),
      ),
  },
  linkup: {
    title: 'Linkup',
    docs: 'https://docs.linkup.so/pages/documentation/api-reference/endpoint/post-search',
    baseUrl: 'https://api.linkup.so',
    baseUrlEnv: ['LINKUP_API_BASE'],
    env: ['LINKUP_API_KEY'],
    path: '/v1/search',
    sign: bearer,
    params: ['max_results', 'search_domain_filter'],
    encode: ({ query, most, only, never, rest }) => ({
      body: given({
        q: query,
        depth: 'standard',
        outputType: 'searchResults',
        maxResults: most,
        includeDomains: only,
        excludeDomains: never,
        ...rest,
      }),
    }),
    errors: [{ kind: 'insufficient_quota', status: 429, code: 'INSUFFICIENT_FUNDS_CREDITS' }],
    decode: (body, info) =>
      searchResponse(body, 'results', info, result =>
        hit(result.name, result.url, textOf(result.content), undefined),
      ),
  },
  firecrawl: {
    title: 'Firecrawl',
    docs: 'https://docs.firecrawl.dev/api-reference/endpoint/search',
    baseUrl: 'https://api.firecrawl.dev',
    baseUrlEnv: ['FIRECRAWL_API_BASE'],
    env: ['FIRECRAWL_API_KEY'],
    path: '/v2/search',
    sign: bearer,
    params: ['country', 'max_results', 'search_domain_filter'],
    encode: asked => ({
      body: given({
        // It knows search engines' operators: https://docs.firecrawl.dev/features/search
        query: withSites(asked),
        limit: asked.most,
        country: asked.country,
        ...asked.rest,
      }),
    }),
    decode(body, info) {
      if (isJsonObject(body) && body.success === false) throw failedSearch(textOf(body.error), info)
      const data = inside(body, 'data') as JsonObject
      const news = isJsonArray(data.news) ? data.news : []
      const web = isJsonArray(data.web) ? data.web : []
      return searchResponse({ all: [...web, ...news] }, 'all', info, result =>
        hit(
          result.title,
          result.url,
          textOf(result.markdown) || textOf(result.description) || textOf(result.snippet),
          result.date,
        ),
      )
    },
  },
} as const satisfies Readonly<Record<string, SearchRow>>

function textsOf(list: unknown): string {
  return isJsonArray(list) ? list.filter(item => typeof item === 'string').join('\n') : ''
}
