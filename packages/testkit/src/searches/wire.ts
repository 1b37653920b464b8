import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, integer, list, oneOf, openRecord, record, type Shape, text } from '../wire/shape.ts'
import { keyIn, type SmallRoute, smallWire } from '../wire/small-wire.ts'
import type { Head, Wire } from '../wire/wire.ts'

/** One search service: where it listens, what it takes, how it words a hit. */
interface Service {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly key: (head: Head) => string | undefined
  /** The body's shape, or the query's for GET. */
  readonly shape: Shape
  readonly question: (asked: JsonObject) => unknown
  readonly answer: (hits: readonly Hit[]) => unknown
}

interface Hit {
  readonly title: string
  readonly url: string
  readonly snippet: string
}

const domains = list(filledText, 1)
const q = (asked: JsonObject) => asked.q

const SERVICES: Readonly<Record<string, Service>> = {
  tavily: {
    method: 'POST',
    path: '/search',
    key: bearerOf,
    shape: record(
      { query: filledText },
      {
        max_results: integer(0, 20),
        include_domains: domains,
        exclude_domains: domains,
        country: text,
        topic: text,
      },
    ),
    question: ({ query }) => query,
    answer: hits => ({ results: hits.map(({ title, url, snippet }) => ({ title, url, content: snippet })) }),
  },
  exa_ai: {
    method: 'POST',
    path: '/search',
    key: keyIn('x-api-key'),
    shape: record(
      { query: filledText, contents: openRecord },
      { numResults: integer(1), includeDomains: domains, excludeDomains: domains, userLocation: text },
    ),
    question: ({ query }) => query,
    answer: hits => ({
      results: hits.map(({ title, url, snippet }) => ({
        title,
        url,
        text: snippet,
        publishedDate: '2026-01-02',
      })),
    }),
  },
  parallel_ai: {
    method: 'POST',
    path: '/v1beta/search',
    key: keyIn('x-api-key'),
    shape: record(
      {},
      {
        objective: filledText,
        search_queries: list(filledText, 1),
        max_results: integer(1),
        excerpts: openRecord,
        source_policy: record({}, { include_domains: domains, exclude_domains: domains }),
      },
    ),
    question: ({ objective, search_queries: many }) => objective ?? many,
    answer: hits => ({
      results: hits.map(({ title, url, snippet }) => ({ title, url, excerpts: [snippet] })),
    }),
  },
  linkup: {
    method: 'POST',
    path: '/v1/search',
    key: bearerOf,
    shape: record(
      { q: filledText, depth: oneOf('standard', 'deep'), outputType: oneOf('searchResults') },
      { maxResults: integer(1), includeDomains: domains, excludeDomains: domains },
    ),
    question: q,
    answer: hits => ({
      results: hits.map(({ title, url, snippet }) => ({ type: 'text', name: title, url, content: snippet })),
    }),
  },
  firecrawl: {
    method: 'POST',
    path: '/v2/search',
    key: bearerOf,
    shape: record({ query: filledText }, { limit: integer(1, 100), country: text }),
    question: ({ query }) => query,
    answer: hits => ({
      success: true,
      data: { web: hits.map(({ title, url, snippet }) => ({ title, url, description: snippet })) },
    }),
  },
  perplexity: {
    method: 'POST',
    path: '/search',
    key: bearerOf,
    shape: (value, path) => {
      const { query, ...rest } = asObject(value)
      for (const one of Array.isArray(query) ? query : [query]) filledText(one, [...path, 'query'])
      record(
        {},
        {
          max_results: integer(1, 20),
          search_domain_filter: domains,
          country: text,
          max_tokens_per_page: integer(1),
        },
      )(rest, path)
    },
    question: ({ query }) => query,
    answer: hits => ({ id: 'search', results: hits.map(hit => ({ ...hit, date: null })) }),
  },
  google_pse: {
    method: 'GET',
    path: '/customsearch/v1',
    key: keyIn('x-goog-api-key'),
    shape: record({ q: filledText, cx: filledText }, { num: text, gl: text }),
    question: q,
    answer: hits => ({ items: hits.map(({ title, url, snippet }) => ({ title, link: url, snippet })) }),
  },
  brave: {
    method: 'GET',
    path: '/res/v1/web/search',
    key: keyIn('x-subscription-token'),
    shape: record({ q: filledText }, { count: text, country: text }),
    question: q,
    answer: hits => ({
      web: { results: hits.map(({ title, url, snippet }) => ({ title, url, description: snippet })) },
    }),
  },
  serper: {
    method: 'POST',
    path: '/search',
    key: keyIn('x-api-key'),
    shape: record({ q: filledText }, { num: integer(1), gl: text }),
    question: q,
    answer: hits => ({ organic: hits.map(({ title, url, snippet }) => ({ title, link: url, snippet })) }),
  },
  searchapi: {
    method: 'GET',
    path: '/api/v1/search',
    key: bearerOf,
    shape: record({ q: filledText, engine: oneOf('google') }, { num: text, gl: text }),
    question: q,
    answer: hits => ({
      organic_results: hits.map(({ title, url, snippet }) => ({ title, link: url, snippet })),
    }),
  },
  you_com: {
    method: 'GET',
    path: '/v1/search',
    key: keyIn('x-api-key'),
    shape: record({ query: filledText }, { count: text, country: text }),
    question: ({ query }) => query,
    answer: hits => ({
      results: { web: hits.map(({ title, url, snippet }) => ({ title, url, snippets: [snippet] })) },
    }),
  },
  searxng: {
    method: 'GET',
    path: '/search',
    key: () => 'none needed',
    shape: record({ q: filledText, format: oneOf('json') }),
    question: q,
    answer: hits => ({ results: hits.map(({ title, url, snippet }) => ({ title, url, content: snippet })) }),
  },
  duckduckgo: {
    method: 'GET',
    path: '/',
    key: () => 'none needed',
    shape: record({ q: filledText, format: oneOf('json') }, { no_html: text, no_redirect: text }),
    question: q,
    answer: hits => ({
      AbstractText: '',
      Results: [],
      RelatedTopics: [
        {
          Name: 'Group',
          Topics: hits.map(({ title, url, snippet }) => ({ Text: `${title} - ${snippet}`, FirstURL: url })),
        },
      ],
    }),
  },
  dataforseo: {
    method: 'POST',
    path: '/v3/serp/google/organic/live/advanced',
    key: keyIn('authorization', 'Basic '),
    shape: record(
      { keyword: filledText, language_code: filledText },
      { location_code: integer(), location_name: filledText, depth: integer(1) },
    ),
    question: ({ keyword }) => keyword,
    answer: hits => ({
      status_code: 20_000,
      tasks: [
        {
          status_code: 20_000,
          result: [
            {
              items: [
                { type: 'people_also_ask', title: 'no hit' },
                ...hits.map(({ title, url, snippet }) => ({
                  type: 'organic',
                  title,
                  url,
                  description: snippet,
                })),
              ],
            },
          ],
        },
      ],
    }),
  },
}

function routeOf(name: string, service: Service): SmallRoute {
  return {
    method: service.method,
    path: new RegExp(`^/${name}${service.path.replaceAll('/', '\\/')}$`),
    operation: {
      kind: 'call',
      takes: service.method === 'GET' ? ['none'] : ['json', 'list'],
      answer: call => ({ json: service.answer(hitsOf(service, askedOf(call, service))) }),
    },
  }
}

function askedOf({ head, body, raw }: WireCall, { method, shape }: Service): JsonObject {
  const isList = method === 'POST' && raw.toString('utf8', 0, 1) === '['
  const tasks = isList ? asObjects(JSON.parse(raw.toString()) as unknown) : []
  const asked = method === 'GET' ? Object.fromEntries(head.query) : isList ? asObject(tasks[0]) : body
  shape(asked, [])
  return asked
}

function hitsOf({ question }: Service, asked: JsonObject): Hit[] {
  const said = question(asked)
  const texts = Array.isArray(said) ? said.map(asText) : [asText(said)]
  if (texts.includes('nothing')) return []
  return texts.map((each, index) => ({
    title: `About ${each}`,
    url: `https://example.com/${index + 1}`,
    snippet: `All that is known of ${each}.`,
  }))
}

/** Search services, each below `/searches/<LiteLLM's name>`. */
export const searches: Wire = smallWire({
  name: 'searches',
  credential(head) {
    const service = SERVICES[head.path.split('/')[1] ?? '']
    if (service === undefined) throw new Failure('not-found')
    return service.key(head)
  },
  routes: Object.entries(SERVICES).map(([name, service]) => routeOf(name, service)),
})
