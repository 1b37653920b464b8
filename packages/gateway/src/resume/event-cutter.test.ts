import { expect, test } from 'vitest'
import { type Block, EventCutter } from './event-cutter.ts'

/** Cut at every place of `at` on its way. */
function cutAll(text: string, at: readonly number[] = []): Block[] {
  const bytes = Buffer.from(text)
  const cutter = new EventCutter()
  const ends = [...at, bytes.length]
  const blocks = ends.flatMap((end, index) => cutter.push(bytes.subarray(ends[index - 1] ?? 0, end)))
  const rest = cutter.end()
  return rest ? [...blocks, rest] : blocks
}

const texts = (blocks: readonly Block[]) => blocks.map(({ bytes }) => bytes.toString())

const EVENTS = ['data: {"a":"é🎈"}\n\n', 'event: x\ndata: 1\ndata: 2\n\n', 'data: [DONE]\n\n']

test.each([
  ['LF', '\n'],
  ['CR LF', '\r\n'],
  ['CR', '\r'],
])('events with %s are the same wherever the network cuts them', (_name, lineEnd) => {
  const events = EVENTS.map(event => event.replaceAll('\n', lineEnd))
  const whole = events.join('')
  const length = Buffer.byteLength(whole)
  for (let first = 0; first <= length; first++)
    for (const second of [first, Math.min(first + 1, length), Math.min(first + 7, length)])
      expect(texts(cutAll(whole, [first, second]))).toEqual(events)
  const everywhere = Array.from({ length }, (_, index) => index)
  expect(texts(cutAll(whole, everywhere))).toEqual(events)
  for (const { blankBytes, isEvent } of cutAll(whole))
    expect({ blankBytes, isEvent }).toEqual({ blankBytes: lineEnd.length, isEvent: true })
})

test('an event is handed out as soon as its blank line is there', () => {
  const cutter = new EventCutter()
  expect(cutter.push(Buffer.from('data: 1\n'))).toEqual([])
  expect(texts(cutter.push(Buffer.from('\ndata: 2')))).toEqual(['data: 1\n\n'])
  expect(texts(cutter.push(Buffer.from('\r\n\r\n')))).toEqual(['data: 2\r\n\r\n'])
})

test('comments and stray blank lines are no events', () => {
  const blocks = cutAll(': ping\n\n\ndata: 1\n: said along\n\n:\n: two\n\n')
  expect(blocks.map(({ bytes, isEvent }) => [bytes.toString(), isEvent])).toEqual([
    [': ping\n\n', false],
    ['\n', false],
    ['data: 1\n: said along\n\n', true],
    [':\n: two\n\n', false],
  ])
})

test('what the stream left without a blank line is told apart', () => {
  expect(cutAll('data: 1\n\ndata: cut')).toMatchObject([{ blankBytes: 1 }, { blankBytes: 0 }])
  expect(texts(cutAll('data: 1\n\ndata: cut'))).toEqual(['data: 1\n\n', 'data: cut'])
})
