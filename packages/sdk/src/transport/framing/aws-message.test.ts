import { EventStreamCodec } from '@smithy/eventstream-codec'
import { expect, test } from 'vitest'
import { createAwsEventStreamReader } from './aws-event-stream.ts'
import { writeAwsMessage } from './aws-message.ts'

const utf8 = (bytes: Uint8Array | string) =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()

test('AWS’s own library and our reader read what is written', () => {
  const message = writeAwsMessage('event', 'contentBlockDelta', '{"text":"Grüße 👋"}')
  const { headers, body } = new EventStreamCodec(utf8, text => Buffer.from(text)).decode(message)
  expect(headers).toMatchObject({
    ':message-type': { value: 'event' },
    ':event-type': { value: 'contentBlockDelta' },
    ':content-type': { value: 'application/json' },
  })
  expect(utf8(body)).toBe('{"text":"Grüße 👋"}')
  const both = Buffer.concat([message, writeAwsMessage('exception', 'throttlingException', '{}')])
  expect(createAwsEventStreamReader()(both)).toEqual([
    { event: 'contentBlockDelta', data: '{"text":"Grüße 👋"}' },
    { event: 'throttlingException', data: '{}', exception: true },
  ])
})
