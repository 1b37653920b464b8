import { EventStreamCodec } from '@smithy/eventstream-codec'
import { expect, test } from 'vitest'
import { createAwsEventStreamReader } from './aws-event-stream.ts'

const utf8 = (bytes: Uint8Array | string) =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()
const codec = new EventStreamCodec(utf8, text => Buffer.from(text))

function message(headers: Record<string, string>, body: string): Buffer {
  const typed = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]),
  )
  return Buffer.from(codec.encode({ headers: typed, body: Buffer.from(body) }))
}

const first = message({ ':message-type': 'event', ':event-type': 'contentBlockDelta' }, '{"text":"Grüße"}')
const second = message(
  { ':message-type': 'exception', ':exception-type': 'throttlingException' },
  '{"message":"slow down"}',
)
const both = Buffer.concat([first, second])
const decoded = [
  { event: 'contentBlockDelta', data: '{"text":"Grüße"}' },
  { event: 'throttlingException', data: '{"message":"slow down"}', exception: true },
]

test('messages that AWS’s own library wrote are read, whatever the reads they arrive in', () => {
  for (let size = 1; size <= both.length; size++) {
    const read = createAwsEventStreamReader()
    const events = []
    for (let at = 0; at < both.length; at += size) events.push(...read(both.subarray(at, at + size)))
    expect(events).toEqual(decoded)
  }
})

test('an error message keeps its code and text', () => {
  const error = message(
    { ':message-type': 'error', ':error-code': 'Oops', ':error-message': 'no "luck"' },
    '',
  )
  const read = createAwsEventStreamReader()
  expect(read(error)).toEqual([{ event: 'Oops', data: '{"message":"no \\"luck\\""}', exception: true }])
})

test('a payload that is no text stays bytes, half a character included', () => {
  const half = Buffer.from('ü').subarray(0, 1)
  const headers = {
    ':message-type': { type: 'string', value: 'event' },
    ':event-type': { type: 'string', value: 'PayloadPart' },
    ':content-type': { type: 'string', value: 'application/octet-stream' },
  } as const
  const part = Buffer.from(codec.encode({ headers, body: half }))
  expect(createAwsEventStreamReader()(part)).toEqual([{ event: 'PayloadPart', data: '', bytes: half }])
})

test('headers of every other type are stepped over', () => {
  const mixed = codec.encode({
    headers: {
      flag: { type: 'boolean', value: true },
      tiny: { type: 'byte', value: 1 },
      small: { type: 'short', value: 2 },
      int: { type: 'integer', value: 3 },
      blob: { type: 'binary', value: new Uint8Array([1, 2]) },
      when: { type: 'timestamp', value: new Date(5) },
      ':event-type': { type: 'string', value: 'chunk' },
    },
    body: Buffer.from('x'),
  })
  expect(createAwsEventStreamReader()(Buffer.from(mixed))).toEqual([{ event: 'chunk', data: 'x' }])
})

test.each([8, 20, first.length - 6, first.length - 1])('a flipped bit at byte %i is found', at => {
  const broken = Buffer.from(first)
  broken.writeUInt8(broken.readUInt8(at) ^ 1, at)
  expect(() => createAwsEventStreamReader()(broken)).toThrow(/damaged/)
})
