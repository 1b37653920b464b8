import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DOT } from '../endpoints/image-edit.ts'
import { SECRET } from '../testing/ask.ts'
import { imageEdit, imageGeneration, imageVariation } from './calls/image.ts'
import { ocr } from './calls/ocr.ts'
import { search } from './calls/search.ts'
import {
  videoContent,
  videoDelete,
  videoGeneration,
  videoList,
  videoRemix,
  videoStatus,
} from './calls/video.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(() => upstream.close())

const at = (path = '/v1') => ({ apiKey: SECRET, apiBase: upstream.url + path, numRetries: 0 })

describe('images', () => {
  test('are made from words, and cost what the price list says of their size and quality', async () => {
    const asked = { model: 'dall-e-3', prompt: 'an otter', quality: 'hd', size: '1024x1024' }
    const { data, sluice } = await imageGeneration(asked, at())
    expect(data).toHaveLength(1)
    expect(sluice).toMatchObject({ provider: 'openai', model: 'dall-e-3', costUsd: 0.08 })
  })

  test('bytes that were asked for are fetched where the provider answers an address', async () => {
    const asked = { model: 'recraft/recraftv3', prompt: 'a hat', image: [DOT] }
    const { data, sluice } = await imageEdit({ ...asked, response_format: 'b64_json' }, at('/recraft'))
    expect(data[0]?.b64_json).toMatch(/^iVBOR/)
    expect(sluice.warnings).toEqual([])
  })

  test('a file that cannot be fetched stays an address, with a receipt: it is paid for', async () => {
    upstream.script({ match: { path: /testkit-media/ }, failure: 'not-found' })
    const asked = { model: 'fal_ai/fal-ai/flux/dev', prompt: 'x', response_format: 'b64_json' as const }
    const { data, sluice } = await imageGeneration(asked, at('/fal'))
    expect(data[0]?.url).toMatch(/^http/)
    expect(sluice.warnings).toEqual([
      expect.objectContaining({ action: 'approximated', param: 'response_format' }),
    ])
  })

  test('stream as events, with their facts at the end', async () => {
    const stream = await imageGeneration(
      { model: 'openai/gpt-image-1', prompt: 'an otter', stream: true, partial_images: 1 },
      at(),
    )
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed'])
    const { usage, costUsd = 0 } = await stream.result
    expect(usage?.completion_tokens).toBeGreaterThan(0)
    expect(costUsd).toBeGreaterThan(0)
  })

  test('are varied from a file in memory', async () => {
    const image = { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('pixels') }
    const { data } = await imageVariation({ model: 'openai/dall-e-2', image, n: 2 }, at())
    expect(data).toHaveLength(2)
  })
})

test('a video is begun, watched, fetched, remixed, listed and deleted', async () => {
  upstream.script({ job: { runningPolls: 0 } })
  const begun = await videoGeneration({ model: 'openai/sora-2', prompt: 'waves', seconds: '8' }, at())
  expect(begun.sluice.costUsd).toBeCloseTo(0.8, 9)
  const done = await videoStatus({ video_id: begun.id }, at())
  expect(done).toMatchObject({ id: begun.id, status: 'completed' })
  expect(done.sluice.costUsd).toBe(0)
  const file = await videoContent({ video_id: begun.id }, at())
  expect([file.contentType, file.bytes.length > 8]).toEqual(['video/mp4', true])
  const remix = await videoRemix({ video_id: begun.id, prompt: 'at night' }, at())
  expect(remix.remixed_from_video_id).toBe(begun.id)
  const { data } = await videoList({ model: 'openai/sora-2' }, at())
  expect(data.map(({ id }) => id)).toContain(begun.id)
  expect(await videoDelete({ video_id: begun.id }, at())).toMatchObject({ id: begun.id, deleted: true })
})

test('documents and searches are charged by the page and by the question', async () => {
  const document = { type: 'document_url' as const, document_url: 'https://example.com/a.pdf' }
  const read = await ocr({ model: 'mistral/mistral-ocr-2505', document }, at('/documents/v1'))
  expect(read.pages).toHaveLength(2)
  expect(read.sluice.costUsd).toBeCloseTo(2 * 0.001, 9)
  const found = await search({ query: 'otters', search_provider: 'tavily' }, at('/searches/tavily'))
  expect(found.results[0]?.url).toBe('https://example.com/1')
  expect(found.sluice.costUsd).toBeCloseTo(0.008, 9)
})

test('a search without a question is refused here', async () => {
  await expect(search({ query: '', search_provider: 'tavily' })).rejects.toMatchObject({ param: 'query' })
})

describe('the built-in provider answers without a network', () => {
  test('images, as bytes or as an address', async () => {
    const bytes = await imageGeneration({ model: 'mock/echo', prompt: 'x', n: 2 })
    expect(bytes.data.map(item => Buffer.from(item.b64_json ?? '', 'base64').length > 50)).toEqual([
      true,
      true,
    ])
    const address = await imageGeneration(
      { model: 'openai/gpt-image-1', prompt: 'x' },
      { mockResponse: 'https://example.com/a.png' },
    )
    expect(address.data).toEqual([{ url: 'https://example.com/a.png' }])
  })

  test('videos that are finished at once', async () => {
    const video = await videoGeneration({ model: 'mock/echo', prompt: 'waves', seconds: '8' })
    expect(video).toMatchObject({ status: 'completed', seconds: '8', prompt: 'waves' })
    const asked = { video_id: video.id }
    expect((await videoStatus(asked)).id).toBe(video.id)
    expect((await videoContent(asked)).contentType).toBe('video/mp4')
    expect(await videoDelete(asked)).toMatchObject({ id: video.id, deleted: true })
    expect((await videoList({ model: 'mock/echo' })).data).toEqual([])
  })

  test('documents and searches', async () => {
    const document = { type: 'document_url' as const, document_url: 'https://example.com/a.pdf' }
    expect((await ocr({ model: 'mock/echo', document })).pages[0]?.markdown).toBe('You said: a document')
    expect((await search({ query: 'otters', search_provider: 'mock' })).results).toEqual([
      { title: 'otters', url: 'https://example.com/', snippet: 'You said: otters' },
    ])
  })
})
