import { EventStreamCodec } from '@smithy/eventstream-codec'
import { expect, test } from 'vitest'
import { PromptCache } from './answer/prompt-cache.ts'
import { composeCall } from './compose.ts'
import type { Control } from './delivery/control.ts'

import { UpstreamState } from './state/upstream-state.ts'
import type { WireAnswer } from './wire/call.ts'
import type { CallOperation, Wire } from './wire/wire.ts'
import { wires } from './wire/wires.ts'

const wire: Wire = {
  ...wires.openai,
  failureEvent: failure => ({
    kind: 'exception',
    type: 'throttlingException',
    data: { message: failure.kind },
  }),
}

function composed(answer: WireAnswer, control: Control) {
  const operation: CallOperation = { kind: 'call', answer: () => answer }
  const head = { method: 'GET', path: '/', query: new URLSearchParams(), headers: {} }
  const state = new UpstreamState()
  const shared = { route: { operation }, body: {}, model: 'm', sequence: 1 }
  const call = {
    ...shared,
    head,
    raw: Buffer.alloc(0),
    stream: true,
    control,
    state,
    jobs: state.jobs('openai'),
    origin: '',
  }
  return composeCall({ ...shared, wire, cache: new PromptCache() }, operation, call)
}

const text = (bytes: Uint8Array | string) =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()
const codec = new EventStreamCodec(text, one => Buffer.from(one))

test('AWS messages can be read by AWS’s own library, exception included', async () => {
  const events = [
    { type: 'chunk', data: { a: 1 } },
    { type: 'chunk', data: { a: 2 } },
  ]
  const reply = await composed({ events, framing: 'aws-event-stream' }, { failAfterEvents: 1 })
  const messages = reply.frames.map(frame => codec.decode(frame))
  expect(messages.map(({ headers, body }) => [headers[':message-type']?.value, text(body)])).toEqual([
    ['event', '{"a":1}'],
    ['exception', '{"message":"overloaded"}'],
  ])
  expect(messages[1]?.headers[':exception-type']?.value).toBe('throttlingException')
  expect(reply.headers['content-type']).toBe('application/vnd.amazon.eventstream')
})

test('lines are JSON with a line break, the failure too', async () => {
  const reply = await composed({ events: [{ a: 1 }, { a: 2 }], framing: 'ndjson' }, { failAfterEvents: 1 })
  expect(Buffer.concat(reply.frames).toString().split('\n')).toEqual([
    '{"a":1}',
    expect.stringContaining('throttling'),
    '',
  ])
})

test('raw bytes stop and break the connection where they fail', async () => {
  const events = [Buffer.from([1, 2]), Buffer.from([3])]
  const answer = { events, framing: 'bytes', contentType: 'audio/mpeg' } as const
  expect(await composed(answer, { failAfterEvents: 1 })).toMatchObject({
    frames: [events[0]],
    isBroken: true,
  })
  const whole = await composed(answer, {})
  expect(whole).toMatchObject({ frames: events, headers: { 'content-type': 'audio/mpeg' } })
  expect(whole.isBroken).toBeUndefined()
})

test('scripted bodies and events replace what is answered', async () => {
  expect((await composed({ text: 'a' }, { body: { b: 1 } })).frames[0]?.toString()).toBe('{"b":1}')
  const stream = await composed({ events: [{ a: 1 }], framing: 'ndjson' }, { events: [{ c: 1 }] })
  expect(stream.frames[0]?.toString()).toBe('{"c":1}\n')
})
