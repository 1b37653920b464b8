import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import type { SEARCH_PARAMS } from '../../codecs/perplexity-search/codec.ts'
import type { Credentials, OutgoingRequest } from '../../credentials/credentials.ts'
import { badRequest } from '../../errors.ts'
import { isJsonObject, wordOf } from '../../types/json.ts'
import type { SearchRequest, SearchResponse } from '../../types/search.ts'
import type { ErrorRule, Provider } from '../provider.ts'

type SearchParam = (typeof SEARCH_PARAMS)[number]

/** A search as its parts, without what the hub adds; keys that only the vendor knows are in `rest`. */
export interface Asked {
  readonly query: string
  /** Where the vendor takes several at once; one otherwise. */
  readonly queries: readonly string[]
  readonly most: number | undefined
  readonly only: readonly string[]
  readonly never: readonly string[]
  /** ISO 3166-1, two letters, upper case. */
  readonly country: string | undefined
  readonly tokensPerPage: number | undefined
  readonly rest: Readonly<Record<string, unknown>>
}

/** One search service. */
export interface SearchRow {
  readonly title: string
  readonly docs: string
  /** Absent when every user has an own server. */
  readonly baseUrl?: string
  readonly baseUrlEnv?: readonly string[]
  readonly env: readonly string[]
  readonly keyRequired?: false
  readonly path: string
  /** Puts the secret where the service looks for it. */
  readonly sign: Credentials['sign']
  readonly params: readonly SearchParam[]
  /** True when one request may hold several questions. */
  readonly many?: true
  readonly encode: (asked: Asked, info: CallInfo) => WireRequest
  readonly decode: (body: unknown, info: CallInfo) => SearchResponse
  readonly errors?: readonly ErrorRule[]
}

/** Makes a provider of a row; its one model is `search`. */
export function searchProvider(name: string, row: SearchRow): Provider {
  const { title, docs, env, baseUrl, baseUrlEnv } = row
  return {
    name,
    title,
    docs,
    baseUrl: baseUrl ?? noBaseUrl(title, baseUrlEnv),
    ...(baseUrlEnv && { baseUrlEnv }),
    credentials: { env, required: row.keyRequired ?? true, sign: row.sign },
    endpoints: { search: [{ codec: codecOf(name, row), path: row.path }] },
    ...(row.errors && { errors: row.errors }),
    exampleModels: ['search'],
  }
}

function codecOf(name: string, row: SearchRow): Codec<'search'> {
  return {
    endpoint: 'search',
    format: `${name}-search`,
    framing: 'sse',
    upstream: {
      params: new Set(row.params),
      encodeRequest: (request, info) => row.encode(askedOf(request, row), info),
      decodeResponse: row.decode,
      decodeError,
    },
  }
}

function askedOf(request: SearchRequest, { title, many }: SearchRow): Asked {
  const {
    model: _,
    query,
    max_results,
    search_domain_filter,
    country,
    max_tokens_per_page,
    ...rest
  } = request
  const queries = typeof query === 'string' ? [query] : query
  if (queries.length !== 1 && !many)
    throw badRequest(`query: ${title} takes one question at a time; send a string.`, 'query')
  const domains = search_domain_filter ?? []
  return {
    query: queries[0] ?? '',
    queries,
    most: max_results ?? undefined,
    only: domains.filter(domain => !domain.startsWith('-')),
    never: domains.filter(domain => domain.startsWith('-')).map(domain => domain.slice(1)),
    country: country?.toUpperCase(),
    tokensPerPage: max_tokens_per_page ?? undefined,
    rest,
  }
}

/** The question with domains as search engines write them. */
export function withSites({ query, only, never }: Asked): string {
  const wanted = only.map(domain => `site:${domain}`).join(' OR ')
  const parts = [query, only.length > 1 ? `(${wanted})` : wanted, ...never.map(domain => `-site:${domain}`)]
  return parts.filter(part => part !== '').join(' ')
}

const NAMES = new Intl.DisplayNames('en', { type: 'region' })

/** A country's English name, for services that do not take codes. */
export function countryName(code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  if (!/^[A-Z]{2}$/.test(code)) throw badRequest('country: must be two letters, such as "US".', 'country')
  return NAMES.of(code)
}

/** A body or query without what was not asked for; the vendor's own keys win. */
export function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )
}

/** As `given`, for a URL's query. */
export function queryOf(fields: Readonly<Record<string, unknown>>): WireRequest {
  const query = Object.fromEntries(Object.entries(given(fields)).map(([key, value]) => [key, wordOf(value)]))
  return { method: 'GET', body: {}, query }
}

export function header(name: string): Credentials['sign'] {
  return (request: OutgoingRequest, secret) => {
    if (secret) request.headers[name] = secret
  }
}

/** The object under a path of keys; an empty one where there is none. */
export function inside(body: unknown, ...keys: readonly string[]): unknown {
  let at: unknown = body
  for (const key of keys) at = isJsonObject(at) ? at[key] : undefined
  return isJsonObject(at) ? at : {}
}

function noBaseUrl(title: string, env: readonly string[] | undefined) {
  return (): never => {
    const variable = env?.[0] ? ` or the environment variable ${env[0]}` : ''
    throw badRequest(
      `api_base: ${title} needs the address of your server; set api_base${variable}.`,
      'api_base',
    )
  }
}
