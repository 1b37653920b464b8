import { describe, expect, test } from 'vitest'
import type { RelayTap } from '../../types/stream.ts'
import { relay } from './relay.ts'
import { upstreamInfo } from './testing/call-info.ts'
import { readFrames, readJson } from './testing/fixture.ts'

function tapped(frames: readonly string[]): RelayTap {
  const tap = relay.tap({}, upstreamInfo())
  for (const frame of frames) expect(tap.push(frame)).toBe(true)
  return tap
}

test('usage of the last frame, the id, and the text seen', () => {
  const tap = tapped(readFrames('stream-text.sse'))
  tap.end()
  expect(tap.usage).toMatchObject({ prompt_tokens: 8, completion_tokens: 12, total_tokens: 20 })
  expect(tap.id).toBe('sTr1')
  expect(tap.textLength).toBeGreaterThan('Count the words.Grüße, say "error" and end.'.length - 1)
  expect(tap.textLength).toBeLessThan(60)
})

describe.each(['stream-text.sse', 'stream-tools.sse'])('%s', name => {
  const frames = readFrames(name)
  test.each(frames.map((_, count) => count))('cut after %i frames it is truncated', count => {
    const tap = tapped(frames.slice(0, count))
    expect(() => tap.end()).toThrow(expect.objectContaining({ kind: 'truncated' }))
  })

  test('whole, it ends well', () => {
    expect(() => tapped(frames).end()).not.toThrow()
  })
})

test('an error frame is thrown as what it is', () => {
  const [hello = '', error = ''] = readFrames('stream-error.sse')
  const tap = tapped([hello])
  expect(() => tap.push(error)).toThrow(expect.objectContaining({ kind: 'unavailable' }))
})

test('comments pass, and a refused prompt is an end', () => {
  const tap = tapped([': ping', 'data: {"promptFeedback": {"blockReason": "SAFETY"}}'])
  expect(() => tap.end()).not.toThrow()
  expect(tap.usage).toBeUndefined()
})

test('usage of a whole reply', () => {
  expect(relay.usage(readJson('reply-text.json'))).toMatchObject({
    usage: { completion_tokens: 25 },
    id: 'rEsp1',
  })
  expect(relay.usage('?')).toEqual({})
})

test('a broken frame is a bad gateway, not passed on', () => {
  const tap = relay.tap({}, upstreamInfo())
  expect(() => tap.push('data: {"candidates": [')).toThrow(expect.objectContaining({ kind: 'bad_gateway' }))
})

test('a whole reply that is an error is thrown, whatever its status', () => {
  const body = { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }
  expect(() => relay.usage(body)).toThrow(expect.objectContaining({ kind: 'unavailable' }))
})
