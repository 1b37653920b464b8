import { startUpstream } from '@sluice/testkit'
import { afterAll, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { deployment, post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const upstream = await startUpstream()
const free = { input_cost_per_token: 0, output_cost_per_token: 0 }
const rig = await startRig({
  upstream,
  models: [deployment(upstream, 'openai', 'omni-moderation-latest', free)],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
const client = openaiClient(rig)

test('texts are judged one by one, by the usual model when none is named', async () => {
  const { data, response } = await client.moderations
    .create({ input: ['Good morning', 'I will kill you'] })
    .withResponse()
  expect(data.model).toBe('omni-moderation-latest')
  expect(data.results.map(({ flagged }) => flagged)).toEqual([false, true])
  expect(data.results[1]?.categories.violence).toBe(true)
  expect(await spendLog(rig, response)).toMatchObject({
    call_type: 'amoderation',
    spend: 0,
    status: 'success',
  })
})

test('parts of text and images are judged together', async () => {
  const { results } = await client.moderations.create({
    model: 'omni-moderation-latest',
    input: [
      { type: 'text', text: 'I will kill you' },
      { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
    ],
  })
  expect(results).toHaveLength(1)
  expect(results[0]?.flagged).toBe(true)
})

test.each(['/v1/moderations', '/moderations'])('POST %s answers', async path => {
  const response = await post(rig.gateway, path, { input: 'Hello' }, rig.gateway.masterKey)
  expect([response.status, await response.json()]).toMatchObject([200, { results: [{ flagged: false }] }])
})

test('a provider that judges nothing says so', async () => {
  await expect(client.moderations.create({ model: 'claude-sonnet-4-6', input: 'x' })).rejects.toMatchObject({
    status: 400,
  })
})
