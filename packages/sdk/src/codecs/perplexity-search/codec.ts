import { badRequest, createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { SearchRequest, SearchResponse, SearchResult } from '../../types/search.ts'
import type { CallInfo, Codec, InboundInfo } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { stated } from '../openai-images/options.ts'

export const SEARCH_PARAMS = [
  'country',
  'max_results',
  'max_tokens_per_page',
  'search_domain_filter',
] as const

/** Groups of search tools have names of their own, so that a tool may be called like a model. */
export const SEARCH_GROUP = 'search/'

/** Perplexity's search, which is the hub's. Source: https://docs.perplexity.ai/api-reference/search-post */
export const perplexitySearch: Codec<'search'> = {
  endpoint: 'search',
  format: 'perplexity-search',
  framing: 'sse',
  upstream: {
    params: new Set(SEARCH_PARAMS),
    encodeRequest(request) {
      const { model: _, ...body } = stated(request)
      return { body }
    },
    decodeResponse: (body, info) => searchResponse(body, 'results', info, result => result as SearchResult),
    decodeError,
  },
  inbound: { decodeRequest, encodeResponse: response => response, encodeError },
}

/**
 * The hub's answer from a vendor's list of hits; `read` answers `undefined` for what is no hit. Throws when the answer has no such list.
 */
export function searchResponse(
  body: unknown,
  key: string,
  info: CallInfo,
  read: (hit: JsonObject) => SearchResult | undefined,
): SearchResponse {
  const list = isJsonObject(body) ? (body[key] ?? []) : undefined
  if (!Array.isArray(list))
    throw createError({
      kind: 'bad_gateway',
      message: `The provider answered a search without a list of "${key}".`,
      provider: info.deployment.provider,
      model: info.model,
    })
  const results = list.filter(isJsonObject).flatMap(hit => read(hit) ?? [])
  return { object: 'search', results }
}

/** The tool comes from the path, or from `search_tool_name`; other keys are the search's own. */
function decodeRequest(given: unknown, info: InboundInfo): SearchRequest {
  if (!isJsonObject(given)) throw badRequest('The request body must be a JSON object.')
  const { search_tool_name: named, model, ...body } = given
  const tool = info.variables?.search_tool ?? named ?? model
  if (typeof tool !== 'string' || tool === '')
    throw badRequest(
      'search_tool_name: must name a search tool, here or in the path /search/{name}.',
      'search_tool_name',
    )
  checkQuery(body)
  return { ...body, model: SEARCH_GROUP + tool, query: body.query as string }
}

/** Throws `BadRequestError` unless the request can be searched for. */
export function checkQuery({ query, max_results: most, search_domain_filter: domains }: JsonObject): void {
  const list: unknown[] = Array.isArray(query) ? query : [query]
  if (list.length === 0 || !list.every(item => typeof item === 'string' && item.trim() !== ''))
    throw badRequest('query: must be a non-empty string, or an array of them.', 'query')
  if (most != null && !(Number.isInteger(most) && (most as number) >= 1 && (most as number) <= 20))
    throw badRequest('max_results: must be a whole number from 1 to 20.', 'max_results')
  if (domains == null) return
  if (!Array.isArray(domains) || domains.length > 20 || !domains.every(item => typeof item === 'string'))
    throw badRequest('search_domain_filter: must be an array of at most 20 domains.', 'search_domain_filter')
}
