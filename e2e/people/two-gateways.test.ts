import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, post, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase } from '../test-database.ts'
import { send } from './send.ts'

const database = await openTestDatabase()
const general_settings = { database_url: database.url }
const one = await startRig({ config: { general_settings }, env: { LITELLM_SALT_KEY: 'sk-salt-of-the-test' } })
const { upstream } = one
const inGroup = deployment(upstream, 'openai', 'beta-model', { access_groups: ['beta'] }, 'gpt-4o-mini')
const two = await startRig({
  upstream,
  config: { general_settings },
  models: [inGroup],
  env: { LITELLM_MASTER_KEY: one.gateway.masterKey, LITELLM_SALT_KEY: 'sk-salt-of-the-test' },
})
afterAll(async () => {
  await two.close()
  await one.close()
  await database.close()
})

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = async (rig: Rig, key: string, model: string) =>
  (await post(rig.gateway, '/v1/chat/completions', { model, messages }, key)).status
const WITHIN_MS = 2_000

describe('access groups', () => {
  test('a group in a list of models stands for its models, on the other gateway within a second', async () => {
    const made = await send(one, 'POST', '/v1/access_group', {
      access_group_name: 'research',
      access_model_names: ['gpt-4o'],
    })
    expect(made.status).toBe(201)
    const id = String(made.json['access_group_id'])
    const key = await one.newKey({ models: ['research'] })
    expect(await ask(one, key, 'gpt-4o')).toBe(200)
    expect(await ask(one, key, 'gpt-5')).toBe(403)
    await eventually('the other knows', async () => (await ask(two, key, 'gpt-4o')) === 200, WITHIN_MS)
    await send(two, 'PUT', `/v1/access_group/${id}`, { access_model_names: ['gpt-5'] })
    expect(await ask(two, key, 'gpt-5')).toBe(200)
    await eventually('the model is refused', async () => (await ask(one, key, 'gpt-4o')) === 403, WITHIN_MS)
    expect((await send(one, 'DELETE', `/v1/access_group/${id}`)).status).toBe(204)
    expect(await ask(one, key, 'gpt-5')).toBe(403)
    await eventually('it stands for nothing', async () => (await ask(two, key, 'gpt-5')) === 403, WITHIN_MS)
  })

  test('the configuration makes groups too, and lists of models show what a key reaches by them', async () => {
    const key = await two.newKey({ models: ['beta'] })
    expect([await ask(two, key, 'beta-model'), await ask(two, key, 'gpt-4o')]).toEqual([200, 403])
    const models = (await send(two, 'GET', '/v1/models', undefined, key)).json['data'] as { id: string }[]
    expect(models.map(({ id }) => id)).toEqual(['beta-model'])
    const info = await send(two, 'GET', '/access_group/beta/info')
    expect(info.json).toEqual({ access_group: 'beta', model_names: ['beta-model'], deployment_count: 1 })
    const refused = await send(two, 'DELETE', '/access_group/beta/delete')
    expect([refused.status, refused.message]).toEqual([
      400,
      expect.stringContaining('model_info.access_groups'),
    ])
  })

  test('a group that names a key widens its list; the models of a new group must exist', async () => {
    const key = await one.newKey({ models: ['gpt-4o'] })
    expect(await ask(one, key, 'gpt-5')).toBe(403)
    const body = { access_group_name: 'extra', access_model_names: ['gpt-5'], assigned_key_ids: [key] }
    const made = await send(one, 'POST', '/v1/access_group', body)
    expect(JSON.stringify(made.json)).not.toContain(key)
    expect(await ask(one, key, 'gpt-5')).toBe(200)
    const unknown = await send(one, 'POST', '/access_group/new', {
      access_group: 'x',
      model_names: ['nothing'],
    })
    expect([unknown.status, unknown.param]).toEqual([400, 'model_names'])
    const twice = await send(one, 'POST', '/access_group/new', {
      access_group: 'extra',
      model_names: ['gpt-5'],
    })
    expect(twice.status).toBe(409)
  })
})
