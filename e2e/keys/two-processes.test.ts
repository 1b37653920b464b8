import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, post, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase } from '../test-database.ts'

const database = await openTestDatabase()
const one = await startRig({ config: { general_settings: { database_url: database.url } } })
const { upstream } = one
const metered = { input_cost_per_token: 0, output_cost_per_token: 0.001 }
const two = await startRig({
  upstream,
  config: { general_settings: { database_url: database.url } },
  models: [deployment(upstream, 'openai', 'metered', metered, 'gpt-4o-mini')],
  env: { LITELLM_MASTER_KEY: one.gateway.masterKey },
})
afterAll(async () => {
  await two.close()
  await one.close()
  await database.close()
})
beforeEach(() => upstream.reset())

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = (rig: Rig, key: string, more: object = {}) =>
  post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages, ...more }, key)
const statusOf = async (rig: Rig, key: string) => (await ask(rig, key)).status

describe('two gateways on one PostgreSQL', () => {
  test('a key made on one works on the other at once', async () => {
    for (let turn = 0; turn < 5; turn++) expect(await statusOf(two, await one.newKey())).toBe(200)
  })

  test.each([
    ['blocked', (key: string) => one.admin('/key/block', { key })],
    ['deleted', (key: string) => one.admin('/key/delete', { keys: [key] })],
    ['regenerated', (key: string) => one.admin(`/key/${key}/regenerate`, {})],
  ])('a key that was %s on one stops on the other soon', async (_, change) => {
    const key = await one.newKey()
    expect([await statusOf(one, key), await statusOf(two, key)]).toEqual([200, 200])
    expect((await change(key)).status).toBe(200)
    expect(await statusOf(one, key)).toBe(401)
    await eventually('the key stops', async () => (await statusOf(two, key)) === 401)
  })

  test('an unblocked key works on the other soon', async () => {
    const key = await one.newKey({ blocked: true })
    expect(await statusOf(two, key)).toBe(401)
    await one.admin('/key/unblock', { key })
    await eventually('the key works', async () => (await statusOf(two, key)) === 200)
  })

  test('other models hold on the other soon', async () => {
    const key = await one.newKey({ models: ['gpt-4o'] })
    expect(await statusOf(two, key)).toBe(200)
    await one.admin('/key/update', { key, models: ['gpt-5'] })
    await eventually('the model is refused', async () => (await statusOf(two, key)) === 403)
  })

  test('what one has spent counts on the other', async () => {
    const key = await one.newKey({ max_budget: 0.004 })
    expect(await statusOf(one, key)).toBe(200)
    expect((await ask(two, key, { model: 'metered', max_tokens: 4 })).status).toBe(200)
    await eventually('the budget is spent here too', async () => (await statusOf(one, key)) === 429)
  })
})
