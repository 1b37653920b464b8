import { expect, test } from 'vitest'
import type { Deployment } from '../../types/deployment.ts'
import { WireBytes, WireForm } from '../../types/wire-body.ts'
import type { CallInfo } from '../codec.ts'
import { decodeVideoId, encodeVideoId } from '../media/video-id.ts'
import { openaiVideos, openaiVideosWith } from './codec.ts'

const deployment: Deployment = { id: 'dep;1', group: 'films/α', provider: 'openai', model: 'sora-2' }
const info: CallInfo = { id: 'i', now: 0, model: 'sora-2', stream: false, deployment, warn() {} }
const inbound = { id: 'i', now: 0, warn() {} }

test('a public id tells group, deployment and the provider’s own id, whatever characters they have', () => {
  const id = encodeVideoId('video_a;b:c', deployment)
  expect(id).toMatch(/^video_[A-Za-z0-9_-]+$/)
  expect(decodeVideoId(id)).toEqual({ model: 'films/α', deployment: 'dep;1', videoId: 'video_a;b:c' })
})

test('an id that LiteLLM gave out is understood; a provider’s own is not taken for ours', () => {
  const text = 'litellm:custom_llm_provider:azure;model_id:abc;video_id:video_1'
  const id = `video_${Buffer.from(text).toString('base64')}`
  expect(decodeVideoId(id)).toEqual({ model: 'abc', deployment: 'abc', videoId: 'video_1' })
  expect(decodeVideoId('video_68f0c0ffee')).toBeUndefined()
})

test('a job is asked for as a form, and comes back under its public id', () => {
  const form = new WireForm([
    ['prompt', 'waves'],
    ['seconds', '8'],
    ['input_reference', { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('x') }],
  ])
  const request = openaiVideos.video_generation.inbound?.decodeRequest(form, inbound)
  if (request === undefined) throw new Error('no request')
  expect(request).toMatchObject({ model: 'sora-2', prompt: 'waves', seconds: '8' })
  const wire = openaiVideos.video_generation.upstream.encodeRequest(request, info)
  expect(wire).toMatchObject({ path: '/videos' })
  expect((wire.payload as WireForm).fields.map(([name]) => name)).toEqual(
    expect.arrayContaining(['model', 'prompt', 'seconds', 'input_reference']),
  )
  const body = { id: 'video_1', object: 'video', status: 'queued' }
  const video = openaiVideos.video_generation.upstream.decodeResponse(body, info)
  expect(decodeVideoId(video.id)).toMatchObject({ videoId: 'video_1' })
})

test('a later question finds the deployment in the id, and asks for the provider’s own', () => {
  const variables = { video_id: encodeVideoId('video_1', deployment) }
  const request = openaiVideos.video_content.inbound?.decodeRequest(
    { variant: 'thumbnail' },
    { ...inbound, variables },
  )
  expect(request).toEqual({
    model: 'films/α',
    deployment: 'dep;1',
    video_id: 'video_1',
    variant: 'thumbnail',
  })
  if (request === undefined) throw new Error('no request')
  expect(openaiVideos.video_content.upstream.encodeRequest(request, info)).toMatchObject({
    method: 'GET',
    path: '/videos/video_1/content',
    query: { variant: 'thumbnail' },
  })
})

test('an id that says nothing needs a model beside it', () => {
  const variables = { video_id: 'video_own' }
  const ask = (query: object) =>
    openaiVideos.video_status.inbound?.decodeRequest(query, { ...inbound, variables })
  expect(() => ask({})).toThrow(/name the model beside it/)
  expect(ask({ model: 'sora-2' })).toEqual({ model: 'sora-2', video_id: 'video_own' })
})

test('each operation has its method and path, under the vendor’s prefix', () => {
  const at = openaiVideosWith({ prefix: '/openai/v1', query: () => ({ 'api-version': 'preview' }) })
  const one = { model: 'm', video_id: 'v/1' }
  expect(at.video_status.upstream.encodeRequest(one, info)).toEqual({
    method: 'GET',
    path: '/openai/v1/videos/v%2F1',
    query: { 'api-version': 'preview' },
    body: {},
  })
  expect(at.video_delete.upstream.encodeRequest(one, info)).toMatchObject({ method: 'DELETE' })
  expect(at.video_remix.upstream.encodeRequest({ ...one, prompt: 'x' }, info)).toMatchObject({
    path: '/openai/v1/videos/v%2F1/remix',
    body: { prompt: 'x' },
  })
  const after = encodeVideoId('video_9', deployment)
  expect(at.video_list.upstream.encodeRequest({ model: 'm', after, limit: 2 }, info).query).toEqual({
    'api-version': 'preview',
    after: 'video_9',
    limit: '2',
  })
})

test('content is bytes; anything else is an error', () => {
  const bytes = new WireBytes(Buffer.from('mp4'), 'video/mp4')
  expect(openaiVideos.video_content.upstream.decodeResponse(bytes, info)).toBe(bytes)
  expect(() =>
    openaiVideos.video_content.upstream.decodeResponse({ error: { message: 'gone' } }, info),
  ).toThrow(/gone/)
})
