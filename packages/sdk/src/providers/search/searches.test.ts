import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SearchRequest } from '../../types/search.ts'
import { providers } from '../registry.ts'
import { ProviderCaller } from '../testing/provider-caller.ts'

const KEY = 'search-secret-0123456789'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const names = [...providers.values()]
  .filter(({ endpoints, answer }) => endpoints.search && answer === undefined)
  .map(({ name }) => name)

const callers = new Map<string, ProviderCaller>()
function callerOf(name: string): ProviderCaller {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error(`No provider ${name}.`)
  const caller = callers.get(name) ?? new ProviderCaller(provider)
  callers.set(name, caller)
  caller.environment = { GOOGLE_PSE_ENGINE_ID: 'engine-1', DATAFORSEO_PASSWORD: 'pass' }
  return caller
}

function ask(name: string, request: Omit<SearchRequest, 'model'>) {
  return {
    endpoint: 'search' as const,
    clientFormat: 'perplexity-search',
    deployment: { model: 'search', apiKey: KEY, apiBase: `${upstream.url}/searches/${name}` },
    request: request as Omit<SearchRequest, 'model'>,
  }
}

function sent() {
  const request = upstream.requests.at(-1)
  if (request === undefined) throw new Error('Nothing was sent.')
  return request
}

test('every search service of the catalogue is there', () => {
  expect(names.sort()).toEqual([
    'brave',
    'dataforseo',
    'duckduckgo',
    'exa_ai',
    'firecrawl',
    'google_pse',
    'linkup',
    'parallel_ai',
    'perplexity',
    'searchapi',
    'searxng',
    'serper',
    'tavily',
    'you_com',
  ])
})

describe.each(names)('%s', name => {
  test('answers a question with titles, addresses and texts', async () => {
    const { object, results } = await callerOf(name).whole(ask(name, { query: 'otters' }))
    expect(object).toBe('search')
    expect(results[0]).toMatchObject({ title: 'About otters', url: 'https://example.com/1' })
    expect(results[0]?.snippet).toContain('All that is known of otters.')
  })

  test('its key is in no address', async () => {
    await callerOf(name).whole(ask(name, { query: 'otters' }))
    expect(sent().query.toString()).not.toContain(KEY)
    expect(sent().path).not.toContain(KEY)
  })

  test('finding nothing is an empty list', async () => {
    const { results } = await callerOf(name).whole(ask(name, { query: 'nothing' }))
    expect(results).toEqual([])
  })

  test('domains reach it, or are refused aloud', async () => {
    const caller = callerOf(name)
    await caller.whole(ask(name, { query: 'otters', search_domain_filter: ['a.example', '-b.example'] }))
    const { query, raw } = sent()
    const said = decodeURIComponent(query.toString()) + raw.toString()
    expect(said).toContain('a.example')
    expect(said).toContain('b.example')
    expect(caller.warnings).toEqual([])
  })

  test('several questions at once are answered, or refused with the remedy', async () => {
    const many = ask(name, { query: ['otters', 'seals'] })
    if (name === 'perplexity' || name === 'parallel_ai') {
      expect((await callerOf(name).whole(many)).results).toHaveLength(2)
      return
    }
    expect(await callerOf(name).failure(many)).toMatchObject({
      param: 'query',
      message: expect.stringContaining('one question at a time'),
    })
  })

  test('a bad key is an authentication error', async () => {
    if (name === 'searxng' || name === 'duckduckgo' || name === 'dataforseo') return
    const bad = ask(name, { query: 'otters' })
    const error = await callerOf(name).failure({
      ...bad,
      deployment: { ...bad.deployment, apiKey: 'bad-key' },
    })
    expect(error).toMatchObject({ kind: 'authentication', provider: name })
  })
})

test('countries are spelled as each service wants them', async () => {
  const spelled = async (name: string) => {
    await callerOf(name).whole(ask(name, { query: 'otters', country: 'us' }))
    return decodeURIComponent(sent().query.toString()) + sent().raw.toString()
  }
  expect(await spelled('tavily')).toContain('"country":"united states"')
  expect(await spelled('exa_ai')).toContain('"userLocation":"US"')
  expect(await spelled('serper')).toContain('"gl":"us"')
  expect(await spelled('dataforseo')).toContain('"location_name":"United States"')
  expect(await spelled('brave')).toContain('country=US')
})

test('what a service cannot do is refused, naming it', async () => {
  const error = await callerOf('linkup').failure(ask('linkup', { query: 'otters', country: 'US' }))
  expect(error).toMatchObject({ kind: 'unsupported_params', param: 'country' })
})

test('more than Google gives at a time is clamped with a receipt', async () => {
  const caller = callerOf('google_pse')
  await caller.whole(ask('google_pse', { query: 'otters', max_results: 20 }))
  expect(sent().query.get('num')).toBe('10')
  expect(caller.warnings).toEqual([expect.objectContaining({ action: 'clamped', param: 'max_results' })])
})

test('keys that only the service knows go to it as they are', async () => {
  await callerOf('tavily').whole(ask('tavily', { query: 'otters', topic: 'news' }))
  expect(sent().body).toMatchObject({ topic: 'news' })
})

test('what a service needs beside its key is asked for by name', async () => {
  const engine = callerOf('google_pse')
  engine.environment = {}
  expect(await engine.failure(ask('google_pse', { query: 'otters' }))).toMatchObject({
    status: 400,
    param: 'search_engine_id',
  })
  const serp = callerOf('dataforseo')
  serp.environment = {}
  const error = await serp.failure(ask('dataforseo', { query: 'otters' }))
  expect(error).toMatchObject({
    kind: 'authentication',
    message: expect.stringContaining('DATAFORSEO_PASSWORD'),
  })
})
