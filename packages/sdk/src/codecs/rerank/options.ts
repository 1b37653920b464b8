import type { JsonObject } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'

/** Where a provider of rerank differs from the shape most of them share (Cohere's, Jina's). */
export interface RerankOptions {
  /** Its name for `top_n`; false where it has none: all results come, and we cut. */
  readonly topN?: string | false
  /** Its name for `return_documents`; false where it has none: we put them in. */
  readonly returnDocuments?: string | false
  /** True when documents may be objects; otherwise they are sent as text. */
  readonly objects?: true
  /** True when it picks the fields of objects itself (`rank_fields`). */
  readonly rankFields?: true
  /** Parameters it takes besides: `max_tokens_per_doc`, `max_chunks_per_doc`. */
  readonly params?: readonly string[]
  /** The body in its own shape, made of the shared one: `model`, `query`, `documents` and parameters under its names. */
  readonly shape?: (body: RerankBody, info: CallInfo) => WireRequest
  /** True when it charges by the search and does not say how many. */
  readonly perSearch?: true
}

export interface RerankBody extends JsonObject {
  readonly model: string
  readonly query: string
  readonly documents: readonly (string | JsonObject)[]
}
