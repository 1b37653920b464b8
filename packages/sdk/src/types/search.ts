import type { JsonObject } from './json.ts'

/** The hub shape of `search`: Perplexity's. Source: https://docs.perplexity.ai/api-reference/search-post */
export interface SearchRequest extends JsonObject {
  /** A search tool's name, or `provider/search`. */
  model: string
  /** One question, or several that are answered together. */
  query: string | string[]
  /** 1 to 20; 10 unless stated. */
  max_results?: number | null
  /** At most 20 domains to keep to; a leading `-` leaves one out. */
  search_domain_filter?: string[] | null
  max_tokens_per_page?: number | null
  /** ISO 3166-1, two letters. */
  country?: string | null
}

export interface SearchResponse extends JsonObject {
  object: 'search'
  results: SearchResult[]
}

export interface SearchResult extends JsonObject {
  title: string
  url: string
  snippet: string
  /** When it was published, as the provider writes it. */
  date?: string | null
  last_updated?: string | null
}
