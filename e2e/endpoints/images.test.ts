import { startUpstream } from '@sluice/testkit'
import { toFile } from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { pixel, post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const PER_IMAGE = 0.04
const upstream = await startUpstream()
const at = { api_base: `${upstream.url}/v1`, api_key: 'vendor-key' }
const rig = await startRig({
  upstream,
  models: [
    {
      model_name: 'dall-e-3',
      litellm_params: { model: 'openai/dall-e-3', ...at },
      model_info: { output_cost_per_image: PER_IMAGE },
    },
    {
      model_name: 'dall-e-2',
      litellm_params: { model: 'openai/dall-e-2', ...at },
      model_info: { output_cost_per_image: PER_IMAGE },
    },
    {
      model_name: 'gpt-image-1',
      litellm_params: { model: 'openai/gpt-image-1', ...at },
      model_info: { input_cost_per_token: 5e-6, output_cost_per_image_token: 4e-5 },
    },
  ],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
const client = openaiClient(rig)
const picture = () => toFile(Buffer.from(pixel, 'base64'), 'dot.png', { type: 'image/png' })

describe('generation', () => {
  test('an address that was asked for comes as one, and costs what an image costs', async () => {
    const { data, response } = await client.images
      .generate({ model: 'dall-e-3', prompt: 'an otter', response_format: 'url' })
      .withResponse()
    expect(data.data?.[0]?.url).toMatch(/^http/)
    expect(await spendLog(rig, response)).toMatchObject({
      call_type: 'aimage_generation',
      spend: PER_IMAGE,
      status: 'success',
    })
  })

  test('a model that reports tokens is charged by them', async () => {
    const { data, response } = await client.images
      .generate({ model: 'gpt-image-1', prompt: 'an otter', size: '1024x1024', quality: 'low' })
      .withResponse()
    expect(data.data?.[0]?.b64_json).toMatch(/^iVBOR/)
    const { input_tokens: input = 0, output_tokens: output = 0 } = data.usage ?? {}
    const row = await spendLog(rig, response)
    expect(row).toMatchObject({ prompt_tokens: input, completion_tokens: output })
    expect(row.spend).toBeCloseTo(input * 5e-6 + output * 4e-5, 9)
  })

  test('a URL asked of a model that has none leaves a receipt, not an error', async () => {
    const response = await post(
      rig.gateway,
      '/v1/images/generations',
      { model: 'gpt-image-1', prompt: 'an otter', response_format: 'url' },
      rig.gateway.masterKey,
    )
    expect(response.status).toBe(200)
    expect(response.headers.get('x-sluice-warnings')).toContain('response_format')
  })

  test('a stream brings unfinished images, then the finished one', async () => {
    const stream = await client.images.generate({
      model: 'gpt-image-1',
      prompt: 'an otter',
      stream: true,
      partial_images: 2,
    })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ])
  })

  test('a request without a prompt is refused before it goes anywhere', async () => {
    const before = upstream.requests.length
    await expect(client.images.generate({ model: 'dall-e-3', prompt: '' })).rejects.toMatchObject({
      status: 400,
      param: 'prompt',
    })
    expect(upstream.requests.length).toBe(before)
  })

  test.each([
    '/v1/images/generations',
    '/images/generations',
    '/openai/deployments/dall-e-3/images/generations',
  ])('POST %s answers', async path => {
    const body = { model: 'dall-e-3', prompt: 'an otter' }
    const response = await post(rig.gateway, path, body, rig.gateway.masterKey)
    expect([response.status, await response.json()]).toMatchObject([200, { data: [{}] }])
  })

  test('a key that may not use the model may not make images with it', async () => {
    const key = await rig.newKey({ models: ['gpt-4o'] })
    const response = await post(
      rig.gateway,
      '/v1/images/generations',
      { model: 'dall-e-3', prompt: 'x' },
      key,
    )
    expect(response.status).toBe(403)
  })

  test('a budget that an image has used up stops the next', async () => {
    const key = await rig.newKey({ max_budget: PER_IMAGE })
    const ask = () => post(rig.gateway, '/v1/images/generations', { model: 'dall-e-3', prompt: 'x' }, key)
    expect((await ask()).status).toBe(200)
    expect((await ask()).status).toBe(429)
  })
})

test('an edit of several images with a mask goes through whole', async () => {
  const { data } = await client.images.edit({
    model: 'gpt-image-1',
    prompt: 'add a hat',
    image: [await picture(), await picture()],
    mask: await picture(),
    size: '1024x1024',
  })
  expect(data?.[0]?.b64_json).toMatch(/^iVBOR/)
  const sent = upstream.requests.at(-1)?.raw.toString('latin1') ?? ''
  expect(sent.match(/name="image\[\]"/g)).toHaveLength(2)
  expect(sent).toContain('name="mask"')
})

test('an edit may stream', async () => {
  const stream = await client.images.edit({
    model: 'gpt-image-1',
    prompt: 'add a hat',
    image: await picture(),
    stream: true,
    partial_images: 1,
  })
  const types: string[] = []
  for await (const event of stream) types.push(event.type)
  expect(types).toEqual(['image_edit.partial_image', 'image_edit.completed'])
})

test('a variation of an image comes back', async () => {
  const { data } = await client.images.createVariation({ model: 'dall-e-2', image: await picture(), n: 2 })
  expect(data).toHaveLength(2)
})

test('a provider without images says so', async () => {
  await expect(client.images.generate({ model: 'claude-sonnet-4-6', prompt: 'x' })).rejects.toMatchObject({
    status: 400,
  })
})
