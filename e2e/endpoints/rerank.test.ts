import { startUpstream } from '@sluice/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const upstream = await startUpstream()
const PER_SEARCH = 0.002
const PER_TOKEN = 0.000_001
const rig = await startRig({
  upstream,
  models: [
    {
      model_name: 'searcher',
      litellm_params: { model: 'cohere/rerank-v3.5', api_base: upstream.url, api_key: 'vendor-key' },
      model_info: { input_cost_per_query: PER_SEARCH },
    },
    {
      model_name: 'reader',
      litellm_params: { model: 'infinity/reranker', api_base: `${upstream.url}/v1`, api_key: 'vendor-key' },
      model_info: { input_cost_per_token: PER_TOKEN, output_cost_per_token: 0 },
    },
  ],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const query = 'capital of France'
const documents = [
  'Berlin is in Germany',
  { text: 'Paris is the capital of France', id: 7 },
  'The capital of Spain',
]
const ask = (path: string, body: object, key = rig.gateway.masterKey) => post(rig.gateway, path, body, key)

describe.each(['searcher', 'reader'])('by %s', model => {
  test('the best come first, as many as were asked for, with their documents', async () => {
    const response = await ask('/v1/rerank', { model, query, documents, top_n: 2, return_documents: true })
    expect([response.status, await response.json()]).toMatchObject([
      200,
      {
        id: expect.stringMatching(/./),
        results: [
          { index: 1, relevance_score: expect.any(Number), document: documents[1] },
          { index: 2, document: { text: documents[2] } },
        ],
        meta: { billed_units: expect.any(Object) },
      },
    ])
  })

  test('documents stay away unless they are asked for', async () => {
    const { results } = (await (await ask('/v1/rerank', { model, query, documents })).json()) as {
      results: object[]
    }
    expect(results.map(result => Object.keys(result).sort())).toEqual(
      Array(3).fill(['index', 'relevance_score']),
    )
  })
})

test('searches are charged by the search, tokens by the token', async () => {
  const searched = await spendLog(rig, await ask('/rerank', { model: 'searcher', query, documents }))
  expect(searched).toMatchObject({ call_type: 'arerank', spend: PER_SEARCH, status: 'success' })
  const read = await spendLog(rig, await ask('/rerank', { model: 'reader', query, documents }))
  expect(read.prompt_tokens).toBeGreaterThan(0)
  expect(read.spend).toBeCloseTo(read.prompt_tokens * PER_TOKEN, 12)
})

test.each(['/rerank', '/v1/rerank', '/v2/rerank'])(
  'POST %s answers, whichever version the provider has',
  async path => {
    for (const model of ['searcher', 'reader'])
      expect([path, model, (await ask(path, { model, query, documents })).status]).toEqual([path, model, 200])
  },
)

test('searches at one time cannot spend a budget twice', async () => {
  const slow = upstream.script({
    match: { path: /rerank$/ },
    latencyMs: 300,
    times: Number.POSITIVE_INFINITY,
  })
  const key = await rig.newKey({ max_budget: PER_SEARCH * 1.5 })
  const body = { model: 'searcher', query, documents }
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask('/v1/rerank', body, key)))
  slow.remove()
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429, 429, 429])
})

test.each<[string, object]>([
  ['query', { documents }],
  ['documents', { query }],
  ['top_n', { query, documents, top_n: 0 }],
  ['documents[0]', { query, documents: [{ title: 'x' }] }],
])('%s is named when it is wrong', async (param, body) => {
  const response = await ask('/v1/rerank', { model: 'searcher', ...body })
  expect([response.status, await response.json()]).toMatchObject([400, { error: { param } }])
})
