import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, startRig } from '../gateway.ts'

const rig = await startRig()
afterAll(() => rig.close())

const ask = (key: string, model = 'gpt-4o') =>
  post(rig.gateway, '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hi' }] }, key)
const statusOf = async (key: string) => (await ask(key)).status

test('a blocked key stops at once and an unblocked one works at once', async () => {
  const key = await rig.newKey()
  expect(await statusOf(key)).toBe(200)
  expect(await (await rig.admin('/key/block', { key })).json()).toMatchObject({ blocked: true })
  const refused = await ask(key)
  expect([refused.status, await refused.json()]).toMatchObject([
    401,
    { error: { type: 'auth_error', message: expect.stringContaining('blocked') } },
  ])
  await rig.admin('/key/unblock', { key })
  expect(await statusOf(key)).toBe(200)
})

test('a key expires', async () => {
  const key = await rig.newKey({ duration: '1s' })
  expect(await statusOf(key)).toBe(200)
  const refused = await eventually('the key has expired', async () => {
    const response = await ask(key)
    return response.status !== 200 && response
  })
  expect([refused && refused.status, refused && (await refused.json())]).toMatchObject([
    401,
    { error: { type: 'expired_key', message: expect.stringContaining('Expired Key') } },
  ])
  await rig.admin('/key/update', { key, duration: '1h' })
  expect(await statusOf(key)).toBe(200)
})

test('a regenerated key keeps everything but its secret, and the old secret stops at once', async () => {
  const old = await rig.newKey({ key_alias: 'renewed', rpm_limit: 50 })
  expect(await statusOf(old)).toBe(200)
  const answer = (await (await rig.admin('/key/regenerate', { key: old, max_budget: 5 })).json()) as {
    key: string
  }
  expect(answer).toMatchObject({ key_alias: 'renewed', rpm_limit: 50, max_budget: 5 })
  expect(await statusOf(old)).toBe(401)
  expect(await statusOf(answer.key)).toBe(200)
  const again = await rig.admin(`/key/${answer.key}/regenerate`, { new_key: 'sk-chosen-by-me-0123456789' })
  expect(again.status).toBe(200)
  expect(await statusOf(answer.key)).toBe(401)
  expect(await statusOf('sk-chosen-by-me-0123456789')).toBe(200)
})

test('calls in flight while their key is regenerated end well, and their spend is the key’s', async () => {
  const old = await rig.newKey({ key_alias: 'busy', max_budget: 1 })
  const spendOf = async (key: string) => {
    const { info } = (await (await rig.admin(`/key/info?key=${key}`)).json()) as { info: { spend: number } }
    return info.spend
  }
  await (await ask(old)).text()
  const price = await eventually('the first call is in the books', () => spendOf(old))
  const body = {
    model: 'openai/testkit-interval-300ms',
    stream: true,
    messages: [{ role: 'user', content: 'Hi' }],
  }
  const long = await post(rig.gateway, '/v1/chat/completions', body, old)
  const { key: first } = (await (await rig.admin('/key/regenerate', { key: old })).json()) as { key: string }
  // Its call ends under the hash before the last.
  const second = await post(rig.gateway, '/v1/chat/completions', body, first)
  const { key } = (await (await rig.admin('/key/regenerate', { key: first })).json()) as { key: string }
  expect([await statusOf(old), await statusOf(first)]).toEqual([401, 401])
  for (const stream of [long, second]) expect(await stream.text()).toContain('[DONE]')
  await (await ask(key)).text()
  await eventually('all four are the key’s', async () => Math.abs((await spendOf(key)) - 4 * price) < 1e-9)
  await rig.admin('/key/update', { key, max_budget: 3.5 * price })
  const refused = await ask(key)
  expect([refused.status, (await refused.json()) as object]).toMatchObject([
    429,
    { error: { message: expect.stringContaining('Budget has been exceeded') } },
  ])
})

test('deleted keys stop at once, by secret and by alias', async () => {
  const keys = [await rig.newKey(), await rig.newKey({ key_alias: 'doomed' })] as const
  const removed = await rig.admin('/key/delete', { keys: [keys[0]], key_aliases: ['doomed'] })
  expect((await removed.json()) as object).toMatchObject({
    deleted_keys: [expect.any(String), expect.any(String)],
  })
  for (const key of keys) expect(await statusOf(key)).toBe(401)
})

test('models, wildcards and aliases of a key are kept to', async () => {
  const key = await rig.newKey({ models: ['gpt-4o', 'anthropic/*', 'smart'], aliases: { smart: 'gpt-5' } })
  for (const model of ['gpt-4o', 'anthropic/claude-opus-4-8', 'smart']) {
    expect([model, (await ask(key, model)).status]).toEqual([model, 200])
  }
  expect(rig.upstream.requests.at(-1)?.body).toMatchObject({ model: 'gpt-5' })
  for (const model of ['gpt-5', 'openai/gpt-4.1', 'gemini-2.5-flash']) {
    const response = await ask(key, model)
    expect([model, response.status, await response.json()]).toMatchObject([
      model,
      403,
      { error: { type: 'key_model_access_denied', param: 'model', message: expect.stringContaining(model) } },
    ])
  }
})

test('a fallback the caller names must be allowed too', async () => {
  const key = await rig.newKey({ models: ['gpt-4o'] })
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], fallbacks: ['gpt-5'] }
  expect((await post(rig.gateway, '/v1/chat/completions', body, key)).status).toBe(403)
})

test('routes of a key are kept to', async () => {
  const key = await rig.newKey({ allowed_routes: ['/chat/completions'] })
  expect(await statusOf(key)).toBe(200)
  const body = { model: 'gpt-4o', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
  const refused = await post(rig.gateway, '/v1/messages', body, key)
  expect(refused.status).toBe(403)
  expect(await refused.text()).toContain('not allowed to call this route')
})
