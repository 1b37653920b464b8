import { startUpstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, post, startRig } from '../gateway.ts'
import { spendLogs } from '../spend-log.ts'

/** Only output costs: $0.001 for a token, so that the worst case of a call is exactly its `max_tokens`. */
const metered = { input_cost_per_token: 0, output_cost_per_token: 0.001 }
const upstream = await startUpstream()
const models = [deployment(upstream, 'openai', 'metered', metered, 'gpt-4o-mini')]
const rig = await startRig({ upstream, models })
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const messages = [{ role: 'user' as const, content: 'Hello there' }]

async function ask(key: string, more: object): Promise<Response> {
  const response = await post(
    rig.gateway,
    '/v1/chat/completions',
    { model: 'metered', messages, ...more },
    key,
  )
  // Read to its end, also when it breaks off.
  await response
    .clone()
    .text()
    .catch(() => '')
  return response
}

const spendOf = async (key: string) => {
  const answer = (await (await rig.admin(`/key/info?key=${key}`)).json()) as { info: { spend: number } }
  return answer.info.spend
}
const nano = (usd: number | null) => Math.round((usd ?? 0) * 1e9)

describe('fifty calls at once on a budget for ten', () => {
  test.each([
    ['whole', {}],
    ['streamed', { stream: true }],
  ])('%s: ten are answered, and to the last digit the budget is what was spent', async (_, more) => {
    const key = await rig.newKey({ max_budget: 0.04 })
    upstream.script({ latencyMs: 50, times: Number.POSITIVE_INFINITY })
    const replies = await Promise.all(Array.from({ length: 50 }, () => ask(key, { max_tokens: 4, ...more })))
    expect(replies.filter(reply => reply.status === 200)).toHaveLength(10)
    expect(replies.filter(reply => reply.status === 429)).toHaveLength(40)
    expect(upstream.requests).toHaveLength(10)
    await eventually('the spend is in the database', async () => (await spendOf(key)) === 0.04)
    const refused = await ask(key, { max_tokens: 1, ...more })
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false'])
  })

  test.each([
    ['whole', {}, {}],
    ['streamed', { stream: true }, {}],
    ['cut', { stream: true }, { cutAfterBytes: 700 }],
    ['failing', {}, { status: 500 }],
  ])(
    '%s: calls that cost less than their worst case never exceed it by more than one',
    async (kind, more, script) => {
      const worst = 0.009
      const budget = 0.04
      const key = await rig.newKey({ max_budget: budget })
      upstream.script({ ...script, times: Number.POSITIVE_INFINITY })
      let calls = 0
      for (let round = 0; round < 30; round++) {
        const replies = await Promise.all(
          Array.from({ length: kind === 'failing' ? 5 : 25 }, () => ask(key, { max_tokens: 9, ...more })),
        )
        calls += replies.length
        if (replies.every(reply => reply.headers.get('x-should-retry') === 'false')) break
      }
      const rows = await spendLogs(rig, key, calls)
      const total = rows.reduce((sum, row) => sum + nano(row.spend), 0)
      expect(total).toBeLessThan(nano(budget) + nano(worst))
      if (kind === 'failing') expect(total).toBe(0)
      else expect(total).toBeGreaterThanOrEqual(nano(budget))
      expect(nano(await spendOf(key))).toBe(total)
    },
  )
})

test("a spent budget answers LiteLLM's error, and the official client does not try again", async () => {
  const key = await rig.newKey({ max_budget: 0.001, key_alias: 'poor' })
  expect((await ask(key, { max_tokens: 4 })).status).toBe(200)
  const refused = await ask(key, { max_tokens: 4 })
  expect(await refused.json()).toEqual({
    error: {
      message: expect.stringMatching(
        /^Budget has been exceeded! Key=poor Current cost: 0.004, Max budget: 0.001/,
      ),
      type: 'budget_exceeded',
      param: null,
      code: '429',
    },
  })
  expect(refused.headers.get('retry-after')).toBeNull()
  const before = await spendLogs(rig, key, 2)
  const client = new OpenAI({ apiKey: key, baseURL: `${rig.gateway.url}/v1`, maxRetries: 5 })
  const asked = client.chat.completions.create({ model: 'metered', messages })
  await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  expect(await spendLogs(rig, key, 3)).toHaveLength(before.length + 1)
})

test('raising the budget, or setting the spend back, lets a key go on at once', async () => {
  const key = await rig.newKey({ max_budget: 0.004 })
  expect((await ask(key, { max_tokens: 4 })).status).toBe(200)
  expect((await ask(key, { max_tokens: 4 })).status).toBe(429)
  await rig.admin('/key/update', { key, max_budget: 0.008 })
  expect((await ask(key, { max_tokens: 4 })).status).toBe(200)
  expect((await ask(key, { max_tokens: 4 })).status).toBe(429)
  await eventually('the spend is in the database', async () => (await spendOf(key)) === 0.008)
  await rig.admin('/key/update', { key, spend: 0 })
  expect((await ask(key, { max_tokens: 4 })).status).toBe(200)
})

test('a regenerated key inherits what the old one spent', async () => {
  const old = await rig.newKey({ max_budget: 0.004 })
  expect((await ask(old, { max_tokens: 4 })).status).toBe(200)
  const { key } = (await (await rig.admin('/key/regenerate', { key: old })).json()) as { key: string }
  expect((await ask(key, { max_tokens: 4 })).status).toBe(429)
})

test('a budget survives a restart of the gateway', async () => {
  const first = await startRig({
    upstream,
    models,
    dataDirectory: `${rig.gateway.dataDirectory}-restarted`,
  })
  const key = await first.newKey({ max_budget: 0.004 })
  const body = { model: 'metered', messages, max_tokens: 4 }
  expect((await post(first.gateway, '/v1/chat/completions', body, key)).status).toBe(200)
  await first.gateway.stop('SIGKILL')
  const second = await startRig({
    upstream,
    models,
    dataDirectory: first.gateway.dataDirectory,
    env: { LITELLM_MASTER_KEY: first.gateway.masterKey },
  })
  expect((await post(second.gateway, '/v1/chat/completions', body, key)).status).toBe(429)
  await second.close()
})
