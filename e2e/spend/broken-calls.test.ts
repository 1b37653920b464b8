import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { chatModels, post, price, providers, startRig } from '../gateway.ts'
import { spendLog, spendLogs } from '../spend-log.ts'

const rig = await startRig({
  models: [{ model_name: 'priceless', litellm_params: { model: 'openai/priceless', api_key: 'vendor-key' } }],
})
afterAll(() => rig.close())
beforeEach(() => rig.upstream.reset())

const messages = [{ role: 'user', content: 'one two three four five six seven eight nine ten' }]
const ask = (key: string, more: object) =>
  post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages, ...more }, key)
const spendOf = async (key: string) =>
  ((await (await rig.admin(`/key/info?key=${key}`)).json()) as { info: { spend: number } }).info.spend
const costOf = (input: number, output: number) =>
  Math.round(input * price.input * 1e9 + output * price.output * 1e9) / 1e9

test.each([
  ['openai/testkit-429', 429, 'RateLimitError'],
  ['anthropic/testkit-401', 401, 'AuthenticationError'],
  ['gemini/testkit-500', 500, 'InternalServerError'],
  ['openai/testkit-context', 400, 'ContextWindowExceededError'],
])('a call that fails with %s costs nothing and has a row that says why', async (model, code, type) => {
  const key = await rig.newKey()
  const row = await spendLog(rig, await ask(key, { model }))
  expect(row).toMatchObject({
    status: 'failure',
    spend: 0,
    total_tokens: 0,
    metadata: {
      error_information: { error_code: String(code), error_class: type, llm_provider: model.split('/')[0] },
    },
  })
})

test('calls the gateway itself refuses have rows too, under the key they came with', async () => {
  const key = await rig.newKey({ models: ['gpt-4o'] })
  const row = await spendLog(rig, await ask(key, { model: 'gpt-5' }))
  expect(row).toMatchObject({ status: 'failure', spend: 0, model_group: 'gpt-5' })
  expect((await spendLogs(rig, key, 1))[0]?.request_id).toBe(row.request_id)
})

describe.each(providers)('a stream of %s', provider => {
  const model = chatModels[provider]

  test('that was cut is a failure, charged for what was seen', async () => {
    const key = await rig.newKey()
    rig.upstream.script({ tokenIntervalMs: 5, cutAfterBytes: 1500 })
    const response = await ask(key, { model, stream: true })
    const text = await response.text().catch(() => '')
    const row = await spendLog(rig, response)
    expect(row.status).toBe('failure')
    const seen = row.completion_tokens
    // Twelve tokens make the whole answer; what is not told is estimated.
    expect([text.length > 0, seen > 0, seen <= 14]).toEqual([true, true, true])
    expect(row.spend).toBe(costOf(row.prompt_tokens, seen))
    await eventually('the key is charged', async () => (await spendOf(key)) === row.spend)
  })

  test('whose client hung up is charged for what was seen', async () => {
    const key = await rig.newKey()
    rig.upstream.script({ tokenIntervalMs: 30 })
    const hangUp = new AbortController()
    const response = await fetch(`${rig.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, messages, stream: true }),
      signal: hangUp.signal,
    })
    const reader = response.body?.getReader()
    let text = ''
    while (!text.includes('two')) text += Buffer.from((await reader?.read())?.value ?? []).toString()
    hangUp.abort()
    await rig.upstream.until(() => rig.upstream.aborted.length === 1)
    const row = await spendLog(rig, response)
    expect(row).toMatchObject({ status: 'failure', metadata: { client_disconnected: true } })
    expect(row.completion_tokens).toBeGreaterThan(0)
    expect(row.completion_tokens).toBeLessThan(12)
    expect(row.prompt_tokens).toBeGreaterThan(0)
    expect(row.spend).toBe(costOf(row.prompt_tokens, row.completion_tokens))
    await eventually('the key is charged', async () => (await spendOf(key)) === row.spend)
  })

  test('that ends in an error event is charged for what was seen', async () => {
    const key = await rig.newKey()
    const response = await ask(key, { model: `${provider}/testkit-error-event-6`, stream: true })
    const text = await response.text()
    expect(text).toContain('"error"')
    expect(text).not.toContain('[DONE]')
    const row = await spendLog(rig, response)
    expect(row.status).toBe('failure')
    expect(row.completion_tokens).toBeGreaterThan(0)
    expect(row.spend).toBeGreaterThan(0)
  })
})

test('an unknown price is null in the row, unknown in the header, and charges nobody', async () => {
  const unpriced = await startRig({
    upstream: rig.upstream,
    models: [
      {
        model_name: 'unpriced',
        litellm_params: {
          model: 'openai/made-up-model',
          api_base: rig.upstream.baseUrl('openai'),
          api_key: 'vendor-key',
        },
      },
    ],
  })
  const key = await unpriced.newKey({ max_budget: 1 })
  const response = await post(unpriced.gateway, '/v1/chat/completions', { model: 'unpriced', messages }, key)
  expect(response.status).toBe(200)
  expect(response.headers.get('x-litellm-response-cost')).toBeNull()
  expect(response.headers.get('x-sluice-cost')).toBe('unknown')
  const row = await spendLog(unpriced, response)
  expect(row.spend).toBeNull()
  expect(row.total_tokens).toBeGreaterThan(0)
  const today = new Date().toISOString().slice(0, 10)
  const report = await unpriced.admin(
    `/global/spend/report?start_date=${today}&end_date=${today}&group_by=api_key`,
  )
  expect(await report.json()).toMatchObject([{ total_cost: 0, unknown_cost_requests: 1 }])
  await unpriced.close()
})
