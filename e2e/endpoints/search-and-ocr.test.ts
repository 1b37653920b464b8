import { startUpstream } from '@sluice/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const PER_PAGE = 0.001
const upstream = await startUpstream()
const tool = (name: string, provider: string, extra: object = {}) => ({
  search_tool_name: name,
  litellm_params: {
    search_provider: provider,
    api_key: 'vendor-key',
    api_base: `${upstream.url}/searches/${provider}`,
    ...extra,
  },
})
const rig = await startRig({
  upstream,
  models: [
    {
      model_name: 'reader',
      litellm_params: {
        model: 'mistral/mistral-ocr-latest',
        api_base: `${upstream.url}/documents/v1`,
        api_key: 'vendor-key',
      },
      model_info: { ocr_cost_per_page: PER_PAGE, annotation_cost_per_page: 2 * PER_PAGE },
    },
  ],
  config: {
    search_tools: [
      tool('web', 'tavily', { topic: 'news' }),
      tool('engine', 'google_pse', { search_engine_id: 'engine-1' }),
      // A tool may be called like a model.
      tool('reader', 'brave'),
    ],
  },
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
const ask = (path: string, body: object, key = rig.gateway.masterKey) => post(rig.gateway, path, body, key)

describe('search', () => {
  test.each([
    ['/v1/search/web', {}],
    ['/search/web', {}],
    ['/v1/search', { search_tool_name: 'web' }],
    ['/search', { search_tool_name: 'web' }],
  ])('POST %s with %j answers', async (path, extra) => {
    const response = await ask(path, { query: 'otters', max_results: 5, ...extra })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      object: 'search',
      results: [
        {
          title: 'About otters',
          url: 'https://example.com/1',
          snippet: 'All that is known of otters.',
        },
      ],
    })
  })

  test('what the tool was given in the configuration goes along with every search', async () => {
    await ask('/v1/search/web', { query: 'otters' })
    expect(upstream.requests.at(-1)?.body).toMatchObject({ topic: 'news' })
    await ask('/v1/search/engine', { query: 'otters' })
    expect(upstream.requests.at(-1)?.query.get('cx')).toBe('engine-1')
  })

  test('a tool may be called like a model, and neither is taken for the other', async () => {
    expect((await ask('/v1/search/reader', { query: 'otters' })).status).toBe(200)
    const document = { type: 'document_url', document_url: 'https://example.com/a.pdf' }
    expect((await ask('/v1/ocr', { model: 'reader', document })).status).toBe(200)
    expect((await ask('/v1/ocr', { model: 'web', document })).status).toBe(404)
  })

  test('it is written down as a search', async () => {
    const response = await ask('/v1/search/web', { query: 'otters' })
    expect(await spendLog(rig, response)).toMatchObject({
      call_type: 'asearch',
      spend: 0.008,
      custom_llm_provider: 'tavily',
      status: 'success',
    })
  })

  test('tools are in no list of models', async () => {
    const { data } = (await (
      await post(rig.gateway, '/v1/models', undefined, rig.gateway.masterKey)
    ).json()) as {
      data: { id: string }[]
    }
    expect(data.map(({ id }) => id).filter(id => id.startsWith('search/'))).toEqual([])
  })

  test('an unknown tool, and a question that is none, are refused', async () => {
    expect((await ask('/v1/search/nowhere', { query: 'otters' })).status).toBe(404)
    const response = await ask('/v1/search/web', { query: '' })
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: 'query' } }])
  })

  test('a key with a list of models needs the tool in it', async () => {
    const without = await rig.newKey({ models: ['gpt-4o'] })
    const withIt = await rig.newKey({ models: ['search/web'] })
    expect((await ask('/v1/search/web', { query: 'otters' }, without)).status).toBe(403)
    expect((await ask('/v1/search/web', { query: 'otters' }, withIt)).status).toBe(200)
  })
})

describe('ocr', () => {
  const document = { type: 'document_url', document_url: 'https://example.com/a.pdf' }

  test('a document by address is read, and charged by the page', async () => {
    const response = await ask('/v1/ocr', { model: 'reader', document })
    const answer = (await response.json()) as { pages: unknown[]; usage_info: object }
    expect(answer.pages).toHaveLength(2)
    expect(await spendLog(rig, response)).toMatchObject({ call_type: 'aocr', spend: 2 * PER_PAGE })
  })

  test('annotated pages cost both', async () => {
    const format = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } }
    const response = await ask('/v1/ocr', { model: 'reader', document, document_annotation_format: format })
    expect((await spendLog(rig, response)).spend).toBeCloseTo(2 * 3 * PER_PAGE, 9)
  })

  test('a file is uploaded as a form', async () => {
    const form = new FormData()
    form.set('model', 'reader')
    form.set('file', new Blob(['%PDF-1.4'], { type: 'application/pdf' }), 'a.pdf')
    form.set('pages', '[0]')
    const response = await fetch(`${rig.gateway.url}/ocr`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.gateway.masterKey}` },
      body: form,
    })
    const answer = (await response.json()) as { pages: { markdown: string }[] }
    expect(answer.pages.map(({ markdown }) => markdown)).toEqual([
      expect.stringContaining('data:application/pdf;base64,'),
    ])
  })

  test('a request without a document is refused', async () => {
    const response = await ask('/v1/ocr', { model: 'reader' })
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: 'document' } }])
  })
})
