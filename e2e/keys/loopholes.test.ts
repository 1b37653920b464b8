import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { deployment, providers, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

/** $0.001 for a token of output, nothing for input. */
const metered = { input_cost_per_token: 0, output_cost_per_token: 0.001, max_output_tokens: 20 }
const upstream = await startUpstream()
const models = { openai: 'gpt-4o-mini', anthropic: 'claude-haiku-4-5', gemini: 'gemini-2.5-flash' }
const rig = await startRig({
  upstream,
  models: providers.map(provider =>
    deployment(upstream, provider, `metered-${provider}`, metered, models[provider]),
  ),
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const long = 'one two three four five six seven eight nine ten eleven twelve'
const messages = [{ role: 'user', content: long }]

function ask(key: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${rig.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-4o', messages, ...body }),
  })
}

describe('a caller cannot reach another model', () => {
  test.each([
    ['extra_body', { extra_body: { model: 'gpt-5' } }],
    ['custom_llm_provider', { custom_llm_provider: 'anthropic' }],
    ['api_base', { api_base: 'http://127.0.0.1:1' }],
    ['base_url', { base_url: 'http://127.0.0.1:1' }],
    ['api_key', { api_key: 'my-own' }],
    ['organization', { organization: 'org-other' }],
  ])('through %s', async (param, body) => {
    const response = await ask(await rig.newKey({ models: ['gpt-4o'] }), body)
    expect([param, response.status]).toEqual([param, 400])
    expect(upstream.requests).toHaveLength(0)
  })

  test('through two models in one body', async () => {
    const key = await rig.newKey({ models: ['gpt-4o'] })
    const response = await fetch(`${rig.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: `{"model":"gpt-4o","messages":${JSON.stringify(messages)},"model":"gpt-5"}`,
    })
    if (response.status === 200) {
      expect(
        upstream.requests[0]?.raw
          .toString()
          .match(/gpt-4o|gpt-5/g)
          ?.at(-1),
      ).toBe('gpt-4o')
    } else expect(response.status).toBeGreaterThanOrEqual(400)
  })
})

describe('a caller cannot send headers that are not its own', () => {
  test.each([
    ['authorization', 'Bearer other'],
    ['x-api-key', 'other'],
    ['api-key', 'other'],
    ['x-goog-api-key', 'other'],
    ['cookie', 'session=other'],
    ['host', 'other.example'],
    ['content-length', '5'],
    ['content-type', 'text/plain'],
    ['transfer-encoding', 'chunked'],
    ['connection', 'close'],
    ['upgrade', 'h2c'],
    ['expect', '100-continue'],
  ])('%s', async (name, value) => {
    for (const response of [
      await ask(rig.gateway.masterKey, { extra_headers: { [name]: value } }),
      await ask(rig.gateway.masterKey, { headers: { [name.toUpperCase()]: value } }),
    ]) {
      expect([name, response.status]).toEqual([name, 400])
      expect(await response.text()).toContain(name)
    }
    expect(upstream.requests).toHaveLength(0)
    const passed = await ask(rig.gateway.masterKey, {}, { [`x-pass-${name}`]: value })
    expect(passed.status).toBe(200)
    expect(upstream.requests.at(-1)?.headers[name]).not.toBe(value)
  })

  test('one that is no header at all', async () => {
    for (const headers of [{ 'x mine': '1' }, { 'x-mine': 'a\r\nx-other: b' }, { '': 'x' }]) {
      expect((await ask(rig.gateway.masterKey, { extra_headers: headers })).status).toBe(400)
    }
  })

  test('but may pass others on', async () => {
    await ask(rig.gateway.masterKey, { extra_headers: { 'X-Mine': 'one' } }, { 'x-pass-x-other': 'two' })
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ 'x-mine': 'one', 'x-other': 'two' })
  })
})

describe.each(providers)('a caller cannot spend more than was held for it: %s', provider => {
  const model = `metered-${provider}`

  const tricks: Record<string, object> = {
    'a limit in extra_body': { max_tokens: 2, extra_body: { max_tokens: 100 } },
    'two limits': { max_tokens: 2, max_completion_tokens: 100 },
    "the vendor's own words": {
      max_tokens: 2,
      generationConfig: { maxOutputTokens: 100 },
      extra_body: { generationConfig: { maxOutputTokens: 100 } },
    },
    ...(provider === 'anthropic'
      ? {}
      : { 'many answers': { n: 5 }, 'many short answers': { n: 5, max_tokens: 2 } }),
  }

  test.each(Object.entries(tricks))('through %s', async (_, body) => {
    // With a second call in flight, a claim is taken only when it fits: what is admitted is what was held.
    const key = await rig.newKey({ max_budget: 0.001 * heldFor(body), max_parallel_requests: 2 })
    upstream.script({ match: { model: models[provider] }, latencyMs: 200 })
    const first = ask(key, { model, max_tokens: 1 })
    await upstream.until(() => upstream.requests.length === 1)
    const response = await ask(key, { model, ...body })
    await (await first).text()
    if (response.status !== 200) return
    const row = await spendLog(rig, response)
    expect(row.spend ?? 0).toBeLessThanOrEqual(0.001 * (heldFor(body) - 1))
  })
})

/** Tokens that leave room for one call of a single token and a claim of the visible limit, taken as the lowest stated. */
function heldFor(body: object): number {
  const { max_tokens: limit = metered.max_output_tokens } = body as { max_tokens?: number }
  return limit + 1
}
