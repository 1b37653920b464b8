import { searchResponse } from '../../codecs/perplexity-search/codec.ts'
import { badRequest, createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { SearchResult } from '../../types/search.ts'
import { WireBytes } from '../../types/wire-body.ts'
import { failedSearch } from './failed-search.ts'
import { countryName, given, header, inside, queryOf, type SearchRow, withSites } from './search-provider.ts'

/** Google gives ten at most at a time. */
const GOOGLE_MOST = 10
/** DataForSEO must be told where to ask; LiteLLM's default. */
const DEFAULT_LOCATION = 2250

const searchapiKey: SearchRow['sign'] = (request, secret) => {
  if (secret) request.headers.authorization = `Bearer ${secret}`
}

/** The engine's id stands in the URL; the key does not. */
const googleKeys: SearchRow['sign'] = (request, secret, { params }, host) => {
  if (secret) request.headers['x-goog-api-key'] = secret
  const url = new URL(request.url)
  const engine = textOf(params?.search_engine_id) || host.secret(['GOOGLE_PSE_ENGINE_ID'])
  if (engine && !url.searchParams.has('cx')) url.searchParams.set('cx', engine)
  if (!url.searchParams.has('cx'))
    throw badRequest(
      'search_engine_id: Google must be told which engine to ask; set it on the tool, or GOOGLE_PSE_ENGINE_ID.',
      'search_engine_id',
    )
  request.url = url.href
}

/** Login and password: both as `login:password` in `api_key`, or from two variables. */
const dataforseoKeys: SearchRow['sign'] = (request, secret, _deployment, host) => {
  const password = host.secret(['DATAFORSEO_PASSWORD'])
  const pair = secret?.includes(':') ? secret : password && `${secret ?? ''}:${password}`
  if (pair === undefined)
    throw createError({
      kind: 'authentication',
      message:
        'No password for DataForSEO. Set DATAFORSEO_LOGIN and DATAFORSEO_PASSWORD, or api_key as "login:password".',
    })
  request.headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
}

function hit(title: unknown, url: unknown, snippet: unknown, date: unknown): SearchResult | undefined {
  if (typeof url !== 'string') return undefined
  return { title: textOf(title), url, snippet: textOf(snippet), ...(typeof date === 'string' && { date }) }
}

/** Search engines, and services that ask them: a short text for each page found. */
export const ENGINE_SEARCHES = {
  google_pse: {
    title: 'Google Programmable Search',
    docs: 'https://developers.google.com/custom-search/v1/reference/rest/v1/cse/list',
    baseUrl: 'https://www.googleapis.com',
    baseUrlEnv: ['GOOGLE_PSE_API_BASE'],
    env: ['GOOGLE_PSE_API_KEY'],
    path: '/customsearch/v1',
    sign: googleKeys,
    params: ['country', 'max_results', 'search_domain_filter'],
    encode(asked, info) {
      const { most, country, rest } = asked
      if (most !== undefined && most > GOOGLE_MOST)
        info.warn({
          action: 'clamped',
          param: 'max_results',
          reason: `this provider gives at most ${GOOGLE_MOST}`,
        })
      return queryOf({
        q: withSites(asked),
        num: most && Math.min(most, GOOGLE_MOST),
        gl: country?.toLowerCase(),
        ...rest,
      })
    },
    decode: (body, info) =>
      searchResponse(body, 'items', info, result =>
        hit(result.title, result.link, result.snippet, undefined),
      ),
  },
  brave: {
    title: 'Brave Search',
    docs: 'https://api-dashboard.search.brave.com/app/documentation/web-search/get-started',
    baseUrl: 'https://api.search.brave.com',
    baseUrlEnv: ['BRAVE_API_BASE'],
    env: ['BRAVE_API_KEY'],
    path: '/res/v1/web/search',
    sign: header('x-subscription-token'),
    params: ['country', 'max_results', 'search_domain_filter'],
    encode: asked =>
      queryOf({ q: withSites(asked), count: asked.most, country: asked.country, ...asked.rest }),
    errors: [{ kind: 'authentication', status: 422, code: 'SUBSCRIPTION_TOKEN_INVALID' }],
    decode: (body, info) =>
      searchResponse(inside(body, 'web'), 'results', info, result =>
        hit(result.title, result.url, result.description, result.page_age ?? result.age),
      ),
  },
  serper: {
    title: 'Serper',
    docs: 'https://serper.dev',
    baseUrl: 'https://google.serper.dev',
    baseUrlEnv: ['SERPER_API_BASE'],
    env: ['SERPER_API_KEY'],
    path: '/search',
    sign: header('x-api-key'),
    params: ['country', 'max_results', 'search_domain_filter'],
    encode: asked => ({
      body: given({
        q: withSites(asked),
        num: asked.most,
        gl: asked.country?.toLowerCase(),
        ...asked.rest,
      }),
    }),
    errors: [{ kind: 'authentication', status: 403 }],
    decode: (body, info) =>
      searchResponse(body, 'organic', info, result =>
        hit(result.title, result.link, result.snippet, result.date),
      ),
  },
  searchapi: {
    title: 'SearchApi',
    docs: 'https://www.searchapi.io/docs/google',
    baseUrl: 'https://www.searchapi.io',
    baseUrlEnv: ['SEARCHAPI_API_BASE'],
    env: ['SEARCHAPI_API_KEY'],
    path: '/api/v1/search',
    sign: searchapiKey,
    params: ['country', 'max_results', 'search_domain_filter'],
    encode: asked =>
      queryOf({
        engine: 'google',
        q: withSites(asked),
        num: asked.most,
        gl: asked.country?.toLowerCase(),
        ...asked.rest,
      }),
    decode: (body, info) =>
      searchResponse(body, 'organic_results', info, result =>
        hit(result.title, result.link, result.snippet, result.date),
      ),
  },
  you_com: {
    title: 'You.com',
    docs: 'https://documentation.you.com/api-reference/search',
    baseUrl: 'https://ydc-index.io',
    baseUrlEnv: ['YOU_API_BASE'],
    env: ['YOU_COM_API_KEY', 'YDC_API_KEY'],
    path: '/v1/search',
    sign: header('x-api-key'),
    params: ['country', 'max_results', 'search_domain_filter'],
    encode: asked =>
      queryOf({ query: withSites(asked), count: asked.most, country: asked.country, ...asked.rest }),
    decode: (body, info) =>
      searchResponse(inside(body, 'results'), 'web', info, result =>
        hit(
          result.title,
          result.url,
          isJsonArray(result.snippets) && result.snippets.length > 0
            ? result.snippets.filter(text => typeof text === 'string').join('\n')
            : result.description,
          result.page_age,
        ),
      ),
  },
  searxng: {
    title: 'SearXNG',
    docs: 'https://docs.searxng.org/dev/search_api.html',
    baseUrlEnv: ['SEARXNG_API_BASE'],
    env: ['SEARXNG_API_KEY'],
    keyRequired: false,
    path: '/search',
    sign: searchapiKey,
    params: ['max_results', 'search_domain_filter'],
    encode(asked, info) {
      if (asked.most !== undefined)
        info.warn({
          action: 'ignored',
          param: 'max_results',
          reason: 'this server decides itself how many results a page has',
        })
      return queryOf({ q: withSites(asked), format: 'json', ...asked.rest })
    },
    decode: (body, info) =>
      searchResponse(body, 'results', info, result =>
        hit(result.title, result.url, result.content, result.publishedDate),
      ),
  },
  duckduckgo: {
    title: 'DuckDuckGo Instant Answers',
    docs: 'https://duckduckgo.com/api',
    baseUrl: 'https://api.duckduckgo.com',
    baseUrlEnv: ['DUCKDUCKGO_API_BASE'],
    env: [],
    keyRequired: false,
    path: '/',
    sign() {},
    params: ['search_domain_filter'],
    encode: asked =>
      queryOf({ q: withSites(asked), format: 'json', no_html: 1, no_redirect: 1, ...asked.rest }),
    decode(body, info) {
      const answer = isJsonObject(body) ? body : {}
      const found = [abstractOf(answer), ...topicsOf(answer.Results), ...topicsOf(answer.RelatedTopics)]
      return searchResponse({ found }, 'found', info, topic =>
        hit(textOf(topic.Text).split(' - ', 1)[0], topic.FirstURL, topic.Text, undefined),
      )
    },
  },
  dataforseo: {
    title: 'DataForSEO',
    docs: 'https://docs.dataforseo.com/v3/serp/google/organic/live/advanced/',
    baseUrl: 'https://api.dataforseo.com',
    baseUrlEnv: ['DATAFORSEO_API_BASE'],
    env: ['DATAFORSEO_LOGIN'],
    path: '/v3/serp/google/organic/live/advanced',
    sign: dataforseoKeys,
    params: ['country', 'max_results', 'search_domain_filter'],
    encode(asked) {
      const { country, most, rest } = asked
      const place = country ? { location_name: countryName(country) } : { location_code: DEFAULT_LOCATION }
      const task = given({ keyword: withSites(asked), language_code: 'en', depth: most, ...place, ...rest })
      // The body is a list of tasks.
      return { body: {}, payload: new WireBytes(Buffer.from(JSON.stringify([task])), 'application/json') }
    },
    decode(body, info) {
      const tasks = isJsonObject(body) && isJsonArray(body.tasks) ? body.tasks.filter(isJsonObject) : []
      const [task] = tasks
      if (task === undefined || task.status_code !== 20_000)
        throw failedSearch(textOf(task?.status_message) || textOf((body as JsonObject).status_message), info)
      const [result] = isJsonArray(task.result) ? task.result.filter(isJsonObject) : []
      return searchResponse(result ?? {}, 'items', info, item =>
        item.type === 'organic' ? hit(item.title, item.url, item.description, item.timestamp) : undefined,
      )
    },
  },
} as const satisfies Readonly<Record<string, SearchRow>>

function abstractOf({ AbstractText, AbstractURL, Heading }: JsonObject): JsonObject {
  const text = textOf(AbstractText)
  return text === '' ? {} : { Text: `${textOf(Heading)} - ${text}`, FirstURL: AbstractURL }
}

/** Topics lie in groups of topics. */
function topicsOf(list: unknown): JsonObject[] {
  if (!isJsonArray(list)) return []
  return list
    .filter(isJsonObject)
    .flatMap(topic => (isJsonArray(topic.Topics) ? topicsOf(topic.Topics) : [topic]))
}
