import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { decodeVideoId } from '../../codecs/media/video-id.ts'
import { DOT } from '../../endpoints/image-edit.ts'
import { runwayml } from '../images/runwayml.ts'
import { ProviderCaller } from '../testing/provider-caller.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const caller = new ProviderCaller(runwayml)
const at = () => ({ model: 'gen4_turbo', apiKey: 'vendor-key', apiBase: `${upstream.url}/runway` })
const start = (request: object = {}) =>
  caller.whole({
    endpoint: 'video_generation',
    clientFormat: 'openai-videos',
    deployment: at(),
    request: { prompt: 'waves', seconds: '5', ...request },
  })
const rawId = (id: string) => decodeVideoId(id)?.videoId ?? ''

test('a video is made from words, or from a picture, each by its own door', async () => {
  await start()
  expect(upstream.requests.at(-1)?.path).toContain('/v1/text_to_video')
  await start({ input_reference: DOT })
  expect(upstream.requests.at(-1)?.path).toContain('/v1/image_to_video')
  expect(upstream.requests.at(-1)?.body).toMatchObject({ promptImage: DOT, duration: 5 })
})

test('its state is told in OpenAI’s words, and its file is fetched when it is finished', async () => {
  const { id, status } = await start()
  expect(status).toBe('queued')
  const request = { video_id: rawId(id) }
  const look = () =>
    caller.whole({ endpoint: 'video_status', clientFormat: 'openai-videos', deployment: at(), request })
  expect(await look()).toMatchObject({ id, status: 'in_progress', progress: 50, created_at: 1_767_323_045 })
  expect(await look()).toMatchObject({ id, status: 'completed', progress: 100 })
  const file = await caller.whole({
    endpoint: 'video_content',
    clientFormat: 'openai-videos',
    deployment: at(),
    request,
  })
  expect(file.contentType).toBe('video/mp4')
  expect(file.bytes.length).toBeGreaterThan(8)
})

test('a video that is not finished has no file yet', async () => {
  upstream.script({ job: { runningPolls: 9 } })
  const { id } = await start()
  const error = await caller.failure({
    endpoint: 'video_content',
    clientFormat: 'openai-videos',
    deployment: at(),
    request: { video_id: rawId(id) },
  })
  expect(error).toMatchObject({ status: 400, param: 'video_id' })
})

test('a task that failed is a failed video with the vendor’s reason', async () => {
  upstream.script({ job: { error: 'blocked', runningPolls: 0 } })
  const { id } = await start()
  const video = await caller.whole({
    endpoint: 'video_status',
    clientFormat: 'openai-videos',
    deployment: at(),
    request: { video_id: rawId(id) },
  })
  expect(video).toMatchObject({ status: 'failed', error: { code: 'SAFETY.INPUT.TEXT', message: 'blocked' } })
})

test('a length that is no number is refused', async () => {
  const error = await start({ seconds: 'long' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ status: 400, param: 'seconds' })
})
