import type { JsonObject } from './json.ts'

/** The hub shape of the `rerank` endpoint: Cohere's. Source: https://docs.cohere.com/reference/rerank */
export interface RerankRequest extends JsonObject {
  model: string
  query: string
  /** Texts, or objects whose `text` (or `rank_fields`) are compared with the query. */
  documents: (string | JsonObject)[]
  /** How many results to give; all unless stated. */
  top_n?: number | null
  /** Keys of the documents to compare, in order. */
  rank_fields?: string[] | null
  /** True to get each document back beside its score. */
  return_documents?: boolean | null
  max_chunks_per_doc?: number | null
  max_tokens_per_doc?: number | null
}

export interface RerankResponse extends JsonObject {
  id: string
  /** The most relevant first. */
  results: RerankResult[]
  meta?: RerankMeta
}

export interface RerankResult extends JsonObject {
  /** Place among the request's documents, from 0. */
  index: number
  relevance_score: number
  document?: JsonObject
}

export interface RerankMeta extends JsonObject {
  api_version?: JsonObject
  /** What is charged: searches (of up to 100 documents), or tokens. */
  billed_units?: { search_units?: number; total_tokens?: number; [key: string]: unknown }
  tokens?: { input_tokens?: number; output_tokens?: number; [key: string]: unknown }
}
