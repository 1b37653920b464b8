import { expect, test } from 'vitest'
import type { Warning } from '../../types/warning.ts'
import { WireForm } from '../../types/wire-body.ts'
import type { CallInfo } from '../codec.ts'
import { openaiImages, openaiImagesWith } from './codec.ts'
import { openaiImageEdits } from './edit.ts'
import { decodeImageStream, encodeImageStream } from './stream.ts'
import { openaiImageVariations } from './variation.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const upload = { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('pixels') }

function infoOf(extra: Partial<CallInfo> = {}) {
  const warnings: Warning[] = []
  const info: CallInfo = {
    id: 'i',
    now: 5_000,
    model: 'm',
    stream: false,
    deployment: { id: 'd', group: 'g', provider: 'openai', model: 'm' },
    warn: warning => void warnings.push(warning),
    ...extra,
  }
  return { info, warnings }
}

const inbound = { id: 'i', now: 0, warn() {} }

test('a request goes out as it was asked, under the provider’s model name and without nulls', () => {
  const request = { model: 'mine', prompt: 'a cat', n: 2, size: '512x512', style: null, seed: 7 }
  const { body } = openaiImages.upstream.encodeRequest(request, infoOf().info)
  expect(body).toEqual({ model: 'm', prompt: 'a cat', n: 2, size: '512x512', seed: 7 })
})

test('models that only know base64 hear no response_format, and a URL asked of them leaves a receipt', () => {
  const codec = openaiImagesWith({ bytesOnly: model => model === 'm' })
  const { info, warnings } = infoOf()
  const { body } = codec.upstream.encodeRequest({ model: 'x', prompt: 'a', response_format: 'url' }, info)
  expect(body).not.toHaveProperty('response_format')
  expect(warnings).toEqual([expect.objectContaining({ action: 'approximated', param: 'response_format' })])
  warnings.length = 0
  codec.upstream.encodeRequest({ model: 'x', prompt: 'a', response_format: 'b64_json' }, info)
  expect(warnings).toEqual([])
})

test('an answer without images is an error, not an empty answer', () => {
  const { info } = infoOf()
  expect(() => openaiImages.upstream.decodeResponse({ id: 'x' }, info)).toThrow(/without images/)
  expect(() => openaiImages.upstream.decodeResponse({ error: { message: 'no' } }, info)).toThrow(/no/)
})

test.each([
  [{}, 'prompt'],
  [{ prompt: ' ' }, 'prompt'],
  [{ prompt: 'a', n: 0 }, 'n'],
  [{ prompt: 'a', response_format: 'png' }, 'response_format'],
  [{ prompt: 'a', partial_images: 4 }, 'partial_images'],
])('the request %j is refused, naming %s', (body, param) => {
  expect(() => openaiImages.inbound?.decodeRequest(body, inbound)).toThrow(
    expect.objectContaining({ param, status: 400 }),
  )
})

test('a form with several images becomes an edit, and goes out as one again', () => {
  const form = new WireForm([
    ['model', 'gpt-image-1'],
    ['prompt', 'blue'],
    ['image[]', upload],
    ['image[]', { ...upload, filename: 'b.png' }],
    ['mask', upload],
    ['n', '2'],
    ['stream', 'true'],
  ])
  const request = openaiImageEdits.inbound?.decodeRequest(form, inbound)
  expect(request).toMatchObject({ model: 'gpt-image-1', prompt: 'blue', n: 2, stream: true })
  expect(request?.image).toHaveLength(2)
  if (request === undefined) throw new Error('no request')
  const { payload } = openaiImageEdits.upstream.encodeRequest(request, infoOf({ stream: true }).info)
  const fields = (payload as WireForm).fields.map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value.filename,
  ])
  expect(new Map(fields.map(([name, value]) => [`${name}=${value}`, true])).size).toBe(fields.length)
  expect(fields).toEqual(
    expect.arrayContaining([
      ['model', 'm'],
      ['prompt', 'blue'],
      ['image[]', 'a.png'],
      ['image[]', 'b.png'],
      ['mask', 'a.png'],
      ['n', '2'],
      ['stream', 'true'],
    ]),
  )
})

test('JSON edits may name images by address; data: URIs are uploaded, others must have been fetched', () => {
  const request = openaiImageEdits.inbound?.decodeRequest(
    { prompt: 'x', images: [{ image_url: PNG }] },
    inbound,
  )
  expect(request?.image).toEqual([PNG])
  const { info } = infoOf()
  const { payload } = openaiImageEdits.upstream.encodeRequest({ model: 'm', prompt: 'x', image: [PNG] }, info)
  expect((payload as WireForm).fields.find(([name]) => name === 'image')?.[1]).toMatchObject({
    contentType: 'image/png',
  })
  const url = { model: 'm', prompt: 'x', image: ['https://example.com/a.png'] }
  expect(() => openaiImageEdits.upstream.encodeRequest(url, info)).toThrow(/data: URI/)
})

test('an edit without an image is refused', () => {
  const form = new WireForm([['prompt', 'x']])
  expect(() => openaiImageEdits.inbound?.decodeRequest(form, inbound)).toThrow(
    expect.objectContaining({ param: 'image' }),
  )
})

test('a variation is of exactly one image', () => {
  const one = new WireForm([
    ['image', upload],
    ['n', '3'],
  ])
  expect(openaiImageVariations.inbound?.decodeRequest(one, inbound)).toMatchObject({
    model: 'dall-e-2',
    n: 3,
    image: upload,
  })
  const two = new WireForm([
    ['image', upload],
    ['image', upload],
  ])
  expect(() => openaiImageVariations.inbound?.decodeRequest(two, inbound)).toThrow(/one file/)
})

test('events of a stream come through, and go on to clients under their names', () => {
  const decoder = decodeImageStream(infoOf({ stream: true }).info)
  const partial = { type: 'image_generation.partial_image', b64_json: 'QQ==', partial_image_index: 0 }
  const done = { type: 'image_generation.completed', b64_json: 'QQ==', created_at: 1 }
  const events = [partial, done].flatMap(event => [...decoder.push({ data: JSON.stringify(event) })])
  expect(events).toEqual([partial, done])
  expect([...decoder.end()]).toEqual([])
  const encoder = encodeImageStream()
  expect(events.flatMap(event => [...encoder.push(event)]).map(({ event }) => event)).toEqual([
    partial.type,
    done.type,
  ])
})

test('a stream that ends before an image is finished is truncated, and an error event is an error', () => {
  const { info } = infoOf({ stream: true })
  expect(() => decodeImageStream(info).end()).toThrow(expect.objectContaining({ kind: 'truncated' }))
  const failing = {
    data: JSON.stringify({ type: 'error', error: { message: 'blocked', code: 'moderation_blocked' } }),
  }
  expect(() => [...decodeImageStream(info).push(failing)]).toThrow(
    expect.objectContaining({ kind: 'content_policy' }),
  )
})
