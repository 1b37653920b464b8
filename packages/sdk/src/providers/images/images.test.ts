import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DOT } from '../../endpoints/image-edit.ts'
import type { EndpointName, RequestOf } from '../../types/endpoint-map.ts'
import { providers } from '../registry.ts'
import { ProviderCaller } from '../testing/provider-caller.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => {
  upstream.reset()
  // Jobs are done at the first look, so that nobody waits for the second.
  upstream.script({ job: { runningPolls: 0 } })
})

/** LiteLLM's provider, a model, and where the testkit plays the vendor. */
const VENDORS = [
  ['black_forest_labs', 'flux-pro-1.1', '/bfl'],
  ['stability', 'stable-image-core', '/stability'],
  ['fal_ai', 'fal-ai/flux/dev', '/fal'],
  ['runwayml', 'gen4_image', '/runway'],
  ['recraft', 'recraftv3', ''],
  ['modelscope', 'Qwen/Qwen-Image', '/modelscope/v1'],
  ['dashscope', 'qwen-image', '/dashscope/compatible-mode/v1'],
  ['openrouter', 'google/gemini-2.5-flash-image', '/chat-images/v1'],
  ['aihubmix', 'dall-e-3', '/v1'],
  ['cometapi', 'dall-e-3', '/v1'],
  ['xinference', 'sd3', '/v1'],
] as const

const EDITORS = [
  ['black_forest_labs', 'flux-kontext-pro', '/bfl'],
  ['stability', 'inpaint', '/stability'],
  ['runwayml', 'gen4_image', '/runway'],
  ['recraft', 'recraftv3', '/recraft'],
  ['dashscope', 'qwen-image-edit', '/dashscope/compatible-mode/v1'],
  ['openrouter', 'google/gemini-2.5-flash-image', '/chat-images/v1'],
] as const

function caller(name: string): ProviderCaller {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error(`No provider ${name}.`)
  return new ProviderCaller(provider)
}

function ask<E extends EndpointName>(
  endpoint: E,
  model: string,
  path: string,
  request: Omit<RequestOf<E>, 'model'>,
) {
  const deployment = { model, apiKey: 'vendor-key', apiBase: upstream.url + path }
  return { endpoint, clientFormat: 'openai-images', deployment, request }
}

const POLLING = 20_000

describe.each(VENDORS)('%s', (name, model, path) => {
  test('makes an image, as an address or as bytes by itself', { timeout: POLLING }, async () => {
    const { data, created } = await caller(name).whole(
      ask('image_generation', model, path, { prompt: 'an otter' }),
    )
    expect(created).toBeGreaterThan(0)
    expect(data[0]?.url ?? data[0]?.b64_json).toBeTruthy()
  })

  test('gives bytes where bytes were asked for', { timeout: POLLING }, async () => {
    const { data } = await caller(name).whole(
      ask('image_generation', model, path, { prompt: 'an otter', response_format: 'b64_json' }),
    )
    expect(data[0]?.b64_json).toMatch(/^iVBOR/)
    expect(data[0]).not.toHaveProperty('url')
  })
})

describe.each(EDITORS)('%s', (name, model, path) => {
  test('edits a picture', { timeout: POLLING }, async () => {
    const asked = ask('image_edit', model, path, { prompt: 'a hat', image: [DOT] })
    const { data } = await caller(name).whole({ ...asked, clientFormat: 'openai-image-edits' })
    expect(data[0]?.url ?? data[0]?.b64_json).toBeTruthy()
  })
})

test('sizes become shapes or sides, with a receipt where pixels are lost', async () => {
  const sizes = async (name: string, model: string, path: string) => {
    const each = caller(name)
    await each.whole(ask('image_generation', model, path, { prompt: 'an otter', size: '1536x1024' }))
    return { sent: upstream.requests[0]?.raw.toString('latin1') ?? '', warnings: each.warnings }
  }
  const stability = await sizes('stability', 'stable-image-core', '/stability')
  expect(stability.sent).toMatch(/name="aspect_ratio"\r\n\r\n3:2/)
  expect(stability.warnings).toEqual([expect.objectContaining({ action: 'approximated', param: 'size' })])
  upstream.reset()
  const fal = await sizes('fal_ai', 'fal-ai/flux/dev', '/fal')
  expect(fal.sent).toContain('"image_size":{"width":1536,"height":1024}')
  expect(fal.warnings).toEqual([])
  upstream.reset()
  const bfl = await sizes('black_forest_labs', 'flux-pro-1.1', '/bfl')
  expect(bfl.sent).toContain('"width":1536,"height":1024')
})

test('an address asked of a vendor that has only bytes leaves a receipt', async () => {
  const each = caller('stability')
  const { data } = await each.whole(
    ask('image_generation', 'stable-image-core', '/stability', { prompt: 'x', response_format: 'url' }),
  )
  expect(data[0]?.b64_json).toMatch(/^iVBOR/)
  expect(each.warnings).toEqual([expect.objectContaining({ param: 'response_format' })])
})

test('more images than a vendor makes at once are refused, naming n', async () => {
  const asked = ask('image_generation', 'stable-image-core', '/stability', { prompt: 'x', n: 3 })
  expect(await caller('stability').failure(asked)).toMatchObject({ kind: 'unsupported_params', param: 'n' })
})

test('a stream asked of a vendor that has none brings its finished images as events', async () => {
  const asked = ask('image_generation', 'fal-ai/flux/dev', '/fal', { prompt: 'x', n: 2 })
  const events = await caller('fal_ai').stream(asked)
  expect(events.map(({ type }) => type)).toEqual(['image_generation.completed', 'image_generation.completed'])
  expect(events[0]?.b64_json).toMatch(/^iVBOR/)
})

test('a job that the vendor’s filter stopped is a content policy error, and is not tried again', async () => {
  upstream.reset()
  upstream.script({ job: { error: 'blocked', runningPolls: 0 } })
  const asked = ask('image_generation', 'flux-dev', '/bfl', { prompt: 'x' })
  expect(await caller('black_forest_labs').failure(asked)).toMatchObject({
    kind: 'content_policy',
    retryable: false,
  })
})

test('the key of a job’s vendor goes to the vendor alone', async () => {
  await caller('black_forest_labs').whole(
    ask('image_generation', 'flux-dev', '/bfl', { prompt: 'x', response_format: 'b64_json' }),
  )
  const byPath = upstream.requests.map(({ path, headers }) => [
    path.includes('testkit-media'),
    headers['x-key'],
  ])
  expect(byPath.filter(([isFile]) => isFile)).toEqual([[true, undefined]])
  expect(byPath.filter(([isFile]) => !isFile).every(([, key]) => key === 'vendor-key')).toBe(true)
})

test('behind a mask, pictures are painted: the fields and paths that are for that', async () => {
  const asked = { prompt: 'a hat', image: [DOT], mask: DOT }
  await caller('recraft').whole(ask('image_edit', 'recraftv3', '/recraft', asked))
  expect(upstream.requests.at(-1)?.path).toContain('/v1/images/inpaint')
  await caller('black_forest_labs').whole(ask('image_edit', 'flux-pro-1.0-fill', '/bfl', asked))
  const [first] = upstream.requests.filter(({ path }) => path.includes('flux-pro-1.0-fill'))
  expect(first?.body).toMatchObject({ image: expect.any(String), mask: expect.any(String) })
})

test('a better picture of the same comes as bytes', async () => {
  const asked = ask('image_variation', 'Standard V2', '/topaz', { image: DOT, size: '2048x2048' })
  const { data } = await caller('topaz').whole(asked)
  expect(data[0]?.b64_json).toMatch(/^iVBOR/)
  expect(upstream.requests[0]?.raw.toString('latin1')).toMatch(/name="output_width"\r\n\r\n2048/)
})

test('a chat’s images say what they used and what they cost', async () => {
  const answer = await caller('openrouter').whole(
    ask('image_generation', 'm', '/chat-images/v1', { prompt: 'x', quality: 'high' }),
  )
  expect(answer.usage).toMatchObject({ input_tokens: 10, output_tokens: 1290, cost: 0.04 })
})

test('a picture that the vendor will not draw is a content policy error in its words', async () => {
  upstream.reset()
  upstream.script({ failure: 'content-policy' })
  const asked = ask('image_generation', 'stable-image-core', '/stability', { prompt: 'x' })
  expect(await caller('stability').failure(asked)).toMatchObject({
    kind: 'content_policy',
    code: 'content_moderation',
    provider: 'stability',
  })
})

test('a size that is none is refused, naming it', async () => {
  const asked = ask('image_generation', 'stable-image-core', '/stability', { prompt: 'x', size: 'big' })
  expect(await caller('stability').failure(asked)).toMatchObject({ status: 400, param: 'size' })
})
