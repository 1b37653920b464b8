import { expect, test } from 'vitest'
import { WireForm } from '../types/wire-body.ts'
import { encodeMultipart } from './multipart.ts'

test('a form comes out of another reader as it went in, awkward names included', async () => {
  const bytes = Buffer.from([0, 13, 10, 45, 45, 255])
  const body = encodeMultipart(
    new WireForm([
      ['model', 'whisper-1'],
      ['tag[]', 'a'],
      ['tag[]', 'b\r\nc'],
      ['file', { filename: 'a "quoted"\nname.wav', contentType: 'audio/wav', bytes }],
    ]),
  )
  const form = await new Response(new Uint8Array(body.bytes), {
    headers: { 'content-type': body.contentType },
  }).formData()
  expect(form.get('model')).toBe('whisper-1')
  expect(form.getAll('tag[]')).toEqual(['a', 'b\r\nc'])
  const file = form.get('file') as File
  expect(file.name).toContain('quoted')
  expect(file.type).toBe('audio/wav')
  expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes)
})

test('CVE-2026-29791: neither names nor types of files become headers or parts', () => {
  const hostile = 'image/png\r\nContent-Disposition: form-data; name="model"\r\n\r\ndear'
  const { bytes } = encodeMultipart(
    new WireForm([
      ['image', { filename: hostile, contentType: hostile, bytes: Buffer.from('x') }],
      [hostile, 'a'],
    ]),
  )
  const lines = bytes.toString().split('\r\n')
  expect(lines.filter(line => line.startsWith('Content-Disposition'))).toHaveLength(2)
  expect(lines).toContain('Content-Type: application/octet-stream')
  expect(lines).not.toContain('dear')
})
