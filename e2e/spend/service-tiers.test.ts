import { startUpstream } from '@sluice/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { deployment, post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const prices = {
  input_cost_per_token: 0.001,
  output_cost_per_token: 0.002,
  input_cost_per_token_priority: 0.01,
  output_cost_per_token_priority: 0.02,
}
const upstream = await startUpstream()
const rig = await startRig({
  upstream,
  models: [deployment(upstream, 'openai', 'tiered', prices, 'gpt-4o-mini')],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const messages = [{ role: 'user', content: 'Hello there' }]
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  service_tier: 'priority',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
}
const chunk = { ...answer, object: 'chat.completion.chunk', usage: null }
const events = [
  { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }] },
  { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { ...chunk, choices: [], usage: answer.usage },
].map(event => `data: ${JSON.stringify(event)}\n\n`)

describe.each([
  ['relayed', '/v1/chat/completions', {}],
  ['translated', '/v1/messages', { max_tokens: 9 }],
])('an answer by the priority tier, %s', (_, path, more) => {
  const ask = (body: object) =>
    post(rig.gateway, path, { model: 'tiered', messages, ...more, ...body }, rig.gateway.masterKey)

  test('whole, costs what that tier costs', async () => {
    upstream.script({ body: answer })
    expect((await spendLog(rig, await ask({}))).spend).toBe(0.04)
  })

  test('streamed, costs what that tier costs', async () => {
    upstream.script({ rawStream: Buffer.from(`${events.join('')}data: [DONE]\n\n`) })
    const response = await ask({ stream: true })
    await response.text()
    expect(await spendLog(rig, response)).toMatchObject({ status: 'success', spend: 0.04 })
  })
})

test('a tier that was asked for and not given costs the standard price', async () => {
  const body = { model: 'tiered', messages, service_tier: 'priority' }
  const response = await post(rig.gateway, '/v1/chat/completions', body, rig.gateway.masterKey)
  expect((await spendLog(rig, response)).spend).toBe(0.01)
})

test('a budget holds the price of the tier that is asked for', async () => {
  const key = await rig.newKey({ max_budget: 0.1 })
  const before = upstream.requests.length
  upstream.script({ latencyMs: 300, match: { model: 'gpt-4o-mini' } })
  const first = post(rig.gateway, '/v1/chat/completions', { model: 'tiered', messages, max_tokens: 1 }, key)
  await upstream.until(() => upstream.requests.length > before)
  const dear = { model: 'tiered', messages, max_tokens: 9, service_tier: 'priority' }
  expect((await post(rig.gateway, '/v1/chat/completions', dear, key)).status).toBe(429)
  expect((await first).status).toBe(200)
})
