import OpenAI from 'openai'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, startRig } from '../gateway.ts'

const rig = await startRig()
afterAll(() => rig.close())
beforeEach(() => rig.upstream.reset())

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const ask = (key: string, more: object = {}, signal?: AbortSignal) =>
  fetch(`${rig.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'gpt-4o', max_tokens: 10, messages, ...more }),
    ...(signal && { signal }),
  })
const headersOf = (response: Response, names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, response.headers.get(name)]))

test('requests a minute are counted down, then refused with the time to wait', async () => {
  const key = await rig.newKey({ rpm_limit: 2, key_alias: 'slow' })
  const limits = ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-litellm-key-rpm-limit']
  for (const remaining of ['1', '0']) {
    const reply = await ask(key)
    expect([reply.status, ...Object.values(headersOf(reply, limits))]).toEqual([200, '2', remaining, '2'])
  }
  const refused = await ask(key)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(61)
  expect(headersOf(refused, ['rate_limit_type', 'x-should-retry', 'x-ratelimit-remaining-requests'])).toEqual(
    {
      rate_limit_type: 'requests',
      'x-should-retry': 'true',
      'x-ratelimit-remaining-requests': '0',
    },
  )
  expect(await refused.json()).toMatchObject({
    error: {
      code: '429',
      type: 'rate_limit_error',
      message: expect.stringMatching(
        /^Rate limit exceeded for api_key: slow\. Limit type: requests\. Current limit: 2/,
      ),
    },
  })
})

test('the official client knows it as a rate limit', async () => {
  const client = new OpenAI({
    apiKey: await rig.newKey({ rpm_limit: 0 }),
    baseURL: `${rig.gateway.url}/v1`,
    maxRetries: 0,
  })
  const asked = client.chat.completions.create({ model: 'gpt-4o', messages })
  await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError)
})

test('of many calls at once exactly as many pass as the limit says', async () => {
  const key = await rig.newKey({ rpm_limit: 7 })
  const replies = await Promise.all(Array.from({ length: 40 }, () => ask(key)))
  expect(replies.filter(reply => reply.status === 200)).toHaveLength(7)
  expect(rig.upstream.requests).toHaveLength(7)
})

test('tokens a minute are held for the worst case and settled to what was used', async () => {
  const key = await rig.newKey({ tpm_limit: 100 })
  const first = await ask(key, { max_tokens: 50 })
  expect(first.headers.get('x-ratelimit-limit-tokens')).toBe('100')
  await first.text()
  // 6 tokens were used, so that 90 more fit, and 100 do not.
  const tooMuch = await ask(key, { max_tokens: 100 })
  expect([tooMuch.status, tooMuch.headers.get('rate_limit_type')]).toEqual([429, 'tokens'])
  expect(tooMuch.headers.get('x-ratelimit-remaining-tokens')).toBe('94')
  expect((await ask(key, { max_tokens: 70 })).status).toBe(200)
})

describe('a parallel slot', () => {
  const slow = { firstTokenMs: 60_000 }

  test('is refused while it is taken, and free when the call ends', async () => {
    const key = await rig.newKey({ max_parallel_requests: 1 })
    rig.upstream.script({ latencyMs: 300 })
    const first = ask(key)
    await rig.upstream.until(() => rig.upstream.requests.length === 1)
    const refused = await ask(key)
    expect([refused.status, refused.headers.get('rate_limit_type')]).toEqual([429, 'max_parallel_requests'])
    expect((await first).status).toBe(200)
    expect((await ask(key)).status).toBe(200)
  })

  test.each([
    ['a stream that was cut', { cutAfterBytes: 400 }],
    ['a stream that was reset', { cutAfterBytes: 400, cutMode: 'reset' as const }],
    ['a failure', { status: 500 }],
    ['a vendor that hung up', { cutBeforeHead: true }],
  ])('is free after %s', async (_, script) => {
    const key = await rig.newKey({ max_parallel_requests: 1 })
    for (let turn = 0; turn < 3; turn++) {
      rig.upstream.script(script)
      const reply = await ask(key, { stream: true })
      expect(reply.status).not.toBe(429)
      await reply.text().catch(() => '')
    }
    expect((await ask(key)).status).toBe(200)
  })

  test.each([
    ['before the answer', { latencyMs: 60_000 }, false],
    ['before the first token', slow, true],
    // What comes before the first output is held back: the middle needs some.
    ['in the middle', { reply: { events: 2_000 }, tokenIntervalMs: 10 }, true],
  ])('is free after the client hung up %s, and so is the vendor', async (when, script, stream) => {
    const key = await rig.newKey({ max_parallel_requests: 1 })
    rig.upstream.script(script)
    const hangUp = new AbortController()
    const reply = ask(key, { stream }, hangUp.signal)
    await rig.upstream.until(() => rig.upstream.requests.length === 1)
    if (when === 'in the middle') await (await reply).body?.getReader().read()
    hangUp.abort()
    await reply.catch(() => undefined)
    await rig.upstream.until(() => rig.upstream.aborted.length === 1)
    await eventually('the slot is free', async () => (await ask(key)).status === 200, 8_000)
  })
})

test('a refused call takes nothing', async () => {
  const key = await rig.newKey({ rpm_limit: 2, max_parallel_requests: 1 })
  rig.upstream.script({ latencyMs: 300 })
  const first = ask(key)
  await rig.upstream.until(() => rig.upstream.requests.length === 1)
  expect((await ask(key)).status).toBe(429)
  expect((await ask(key)).status).toBe(429)
  await first
  expect((await post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages }, key)).status).toBe(
    200,
  )
})
