import { afterAll, describe, expect, test } from 'vitest'
import { chatModels, startRig } from '../gateway.ts'
import { gathered } from './gathered.ts'
import { anthropicClient, googleClient, openaiClient } from './sdk-clients.ts'

const rig = await startRig({
  models: [{ model_name: 'only-mine', litellm_params: { model: 'openai/gpt-4o' } }],
})
afterAll(() => rig.close())
const names = Object.values(chatModels)

test('the OpenAI client lists and finds models', async () => {
  const client = openaiClient(rig)
  const listed = (await client.models.list()).data
  expect(listed.map(model => model.id)).toEqual(expect.arrayContaining([...names, 'only-mine']))
  expect(listed[0]).toMatchObject({ object: 'model', owned_by: 'openai' })
  expect((await client.models.retrieve('gpt-4o')).id).toBe('gpt-4o')
  await expect(client.models.retrieve('nothing-like-it')).rejects.toMatchObject({ status: 404 })
})

test('the Anthropic client lists and finds models in the shape it knows', async () => {
  const client = anthropicClient(rig)
  const listed = await client.models.list()
  expect(listed.data.map(model => model.id)).toEqual(expect.arrayContaining(names))
  expect(listed.data[0]).toMatchObject({ type: 'model', display_name: expect.any(String) })
  expect(await client.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', type: 'model' })
})

test("Google's client lists and finds models", async () => {
  const client = googleClient(rig)
  const listed = await gathered(await client.models.list())
  expect(listed.map(model => model.name)).toEqual(expect.arrayContaining(names.map(name => `models/${name}`)))
  expect((await client.models.get({ model: 'gemini-2.5-flash' })).name).toBe('models/gemini-2.5-flash')
})

describe('a key with few models', () => {
  test('sees those only', async () => {
    const client = openaiClient(rig, await rig.newKey({ models: ['only-mine', 'gpt-4o'] }))
    expect((await client.models.list()).data.map(model => model.id).toSorted()).toEqual([
      'gpt-4o',
      'only-mine',
    ])
    await expect(client.models.retrieve('claude-sonnet-4-6')).rejects.toMatchObject({ status: 404 })
  })

  test('sees them in /model/info too, with prices and without secrets', async () => {
    const key = await rig.newKey({ models: ['gpt-4o'] })
    const response = await fetch(`${rig.gateway.url}/model/info`, { headers: { 'x-api-key': key } })
    const text = await response.text()
    expect(text).not.toContain('vendor-key')
    expect(JSON.parse(text)).toMatchObject({
      data: [{ model_name: 'gpt-4o', model_info: { input_cost_per_token: 0.000003, db_model: false } }],
    })
  })
})
