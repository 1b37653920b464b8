import { expect, test } from 'vitest'
import { createNdjsonReader } from './ndjson.ts'
import { createSseReader } from './sse.ts'

const STREAM =
  ': hello\r\n\r\nevent: a\r\ndata: {"x":"é🎈"}\r\n\r\ndata: one\ndata: two\n\nevent: only\n\ndata: [DONE]\n\n'

test('any split of the bytes gives the same events', () => {
  const bytes = Buffer.from(STREAM)
  const expected = [
    { event: 'a', data: '{"x":"é🎈"}' },
    { event: undefined, data: 'one\ntwo' },
    { event: undefined, data: '[DONE]' },
  ]
  for (let at = 0; at <= bytes.length; at++) {
    const read = createSseReader()
    expect([...read(bytes.subarray(0, at)), ...read(bytes.subarray(at))]).toEqual(expected)
  }
})

test('an event without its blank line is not an event', () => {
  expect(createSseReader()(Buffer.from('data: {"half":'))).toEqual([])
})

test('an event without end is refused', () => {
  const read = createSseReader()
  const block = Buffer.from(`data: ${'x'.repeat(4 * 1024 * 1024)}`)
  expect(() => {
    for (let i = 0; i < 5; i++) read(block)
  }).toThrow(/more than/)
})

test('lines are events however they are cut', () => {
  const bytes = Buffer.from('{"a":"é"}\n\n{"b":2}\r\n{"c":')
  for (let at = 0; at <= bytes.length; at++) {
    const read = createNdjsonReader()
    const lines = [...read(bytes.subarray(0, at)), ...read(bytes.subarray(at))].map(event =>
      event.data.trim(),
    )
    expect(lines).toEqual(['{"a":"é"}', '{"b":2}'])
  }
})
