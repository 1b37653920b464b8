import { startUpstream } from '@sluice/testkit'
import { toFile } from 'openai'
import { afterAll, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { pixel, post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const PER_SECOND = 0.1
const here = await startUpstream()
const there = await startUpstream()
const video = (url: string) => ({
  model_name: 'films',
  litellm_params: { model: 'openai/sora-2', api_base: `${url}/v1`, api_key: 'vendor-key' },
  model_info: { output_cost_per_video_per_second: PER_SECOND },
})
const rig = await startRig({ upstream: here, models: [video(here.url), video(there.url)] })
afterAll(async () => {
  await rig.close()
  await Promise.all([here.close(), there.close()])
})
const client = openaiClient(rig)

const asksOf = (kit: typeof here) => kit.requests.filter(({ path }) => path.startsWith('/v1/videos')).length

async function finished(id: string) {
  for (let look = 0; look < 10; look++) {
    const video = await client.videos.retrieve(id)
    if (video.status === 'completed') return video
  }
  throw new Error('The video was never finished.')
}

test('a video is asked for, watched and fetched, always at the deployment that makes it', async () => {
  for (let round = 0; round < 4; round++) {
    const before = [asksOf(here), asksOf(there)]
    const { data: started, response } = await client.videos
      .create({ model: 'films' as 'sora-2', prompt: 'waves', seconds: '8' })
      .withResponse()
    expect(started.id).toMatch(/^video_[\w-]+$/)
    expect(await spendLog(rig, response)).toMatchObject({
      call_type: 'avideo_generation',
      spend: 8 * PER_SECOND,
    })
    const done = await finished(started.id)
    expect(done).toMatchObject({ id: started.id, progress: 100, seconds: '8' })
    const content = await client.videos.downloadContent(started.id)
    expect(content.headers.get('content-type')).toBe('video/mp4')
    expect((await content.arrayBuffer()).byteLength).toBeGreaterThan(8)
    const asked = [asksOf(here) - (before[0] ?? 0), asksOf(there) - (before[1] ?? 0)].sort((a, b) => a - b)
    expect(asked[0]).toBe(0)
    expect(asked[1]).toBeGreaterThanOrEqual(3)
  }
})

test('asking after a video costs nothing and says so', async () => {
  const { id } = await client.videos.create({ model: 'films' as 'sora-2', prompt: 'waves' })
  const { response } = await client.videos.retrieve(id).withResponse()
  expect(await spendLog(rig, response)).toMatchObject({
    call_type: 'avideo_status',
    spend: 0,
    status: 'success',
  })
})

test('a picture to begin with is uploaded', async () => {
  const picture = await toFile(Buffer.from(pixel, 'base64'), 'dot.png', { type: 'image/png' })
  await client.videos.create({ model: 'films' as 'sora-2', prompt: 'waves', input_reference: picture })
  const sent = [...here.requests, ...there.requests].some(
    ({ path, raw }) => path === '/v1/videos' && raw.toString('latin1').includes('name="input_reference"'),
  )
  expect(sent).toBe(true)
})

test('a finished video is remixed, and deleted', async () => {
  const { id } = await client.videos.create({ model: 'films' as 'sora-2', prompt: 'waves' })
  await finished(id)
  const remix = await client.videos.remix(id, { prompt: 'at night' })
  expect(remix.remixed_from_video_id).toBe(id)
  expect(remix.id).not.toBe(id)
  expect(await client.videos.delete(id)).toMatchObject({ id, deleted: true })
  await expect(client.videos.retrieve(id)).rejects.toMatchObject({ status: 404 })
})

test('videos are listed under the ids they were given out by', async () => {
  const response = await post(rig.gateway, '/v1/videos?model=films&limit=2', undefined, rig.gateway.masterKey)
  const list = (await response.json()) as { data: { id: string }[] }
  expect(response.status).toBe(200)
  for (const { id } of list.data) expect((await client.videos.retrieve(id)).id).toBe(id)
})

test('CVE-2026-30886: a key that may not use the model may not look at its videos either', async () => {
  const { id } = await client.videos.create({ model: 'films' as 'sora-2', prompt: 'waves' })
  const stranger = await rig.newKey({ models: ['gpt-4o'] })
  const friend = await rig.newKey({ models: ['films'] })
  const ask = (path: string, key: string) => post(rig.gateway, path, undefined, key)
  expect((await ask(`/v1/videos/${id}`, stranger)).status).toBe(403)
  expect((await ask(`/v1/videos/${id}/content`, stranger)).status).toBe(403)
  expect((await ask(`/v1/videos/${id}`, friend)).status).toBe(200)
})

test('CVE-2026-30886: an id that was tampered with opens nothing that its sender may not use', async () => {
  const { id } = await client.videos.create({ model: 'films' as 'sora-2', prompt: 'waves' })
  const text = Buffer.from(id.slice('video_'.length), 'base64url').toString()
  const forged = (from: RegExp, to: string) =>
    `video_${Buffer.from(text.replace(from, to)).toString('base64url')}`
  const key = await rig.newKey({ models: ['films'] })
  const [, deployment = ''] = /model_id:([^;]*)/.exec(text) ?? []
  const before = here.requests.length + there.requests.length
  const looks: [string, number][] = [
    // Another group, by its name or as LiteLLM's ids have it: by its deployment.
    [forged(/model:[^;]*/, 'model:gpt-4o'), 403],
    [forged(/model:[^;]*;/, ''), 403],
    [forged(/model_id:[^;]*/, 'model_id:another'), 404],
    // Another place at the vendor.
    [forged(/video_id:.*/, 'video_id:..'), 400],
    [forged(/video_id:.*/, 'video_id:../files/f'), 400],
    [forged(/video_id:.*/, 'video_id:a\r\nb'), 404],
  ]
  for (const [look, status] of looks) {
    const found = []
    for (const [method, tail] of [
      ['GET', ''],
      ['GET', '/content'],
      ['DELETE', ''],
    ] as const) {
      const response = await fetch(`${rig.gateway.url}/v1/videos/${look}${tail}`, {
        method,
        headers: { authorization: `Bearer ${key}` },
      })
      found.push(response.status)
    }
    expect([Buffer.from(look.slice(6), 'base64url').toString(), ...found]).toEqual([
      expect.any(String),
      status,
      status,
      status,
    ])
  }
  expect(deployment).not.toBe('')
  const paths = [...here.requests, ...there.requests].slice(before).map(({ path }) => path)
  for (const path of paths) expect(path).not.toMatch(/files|\.\./)
})

test('an id that leads nowhere is refused with its remedy', async () => {
  const response = await post(rig.gateway, '/v1/videos/video_123', undefined, rig.gateway.masterKey)
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('?model=')
})
