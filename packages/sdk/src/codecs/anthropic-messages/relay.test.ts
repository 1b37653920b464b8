import { describe, expect, test } from 'vitest'
import { relay } from './relay.ts'
import { testInfo } from './testing/call-info.ts'
import { readFrames, readJson } from './testing/fixture.ts'

const tap = () => relay.tap({}, testInfo())

describe('the tap of a relayed stream', () => {
  test.each([
    ['stream-text.sse', 'msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyY', 32, 15, 6],
    ['stream-tool.sse', 'msg_014p7gG3wDgGV9EUtLvnow3U', 472, 89, 65],
    ['stream-web-search.sse', 'msg_01G', 10682, 510, 55],
  ])('%s: passes every frame and knows id, usage and text', (name, id, prompt, completion, text) => {
    const watch = tap()
    for (const frame of readFrames(name)) expect(watch.push(frame)).toBe(true)
    watch.end()
    expect(watch.id).toBe(id)
    expect(watch.usage).toMatchObject({ prompt_tokens: prompt, completion_tokens: completion })
    // Near enough: escapes count double, and a citation is not output.
    expect(Math.abs(watch.textLength - text)).toBeLessThanOrEqual(10)
  })

  test('works without event lines', () => {
    const watch = tap()
    for (const frame of readFrames('stream-text.sse')) watch.push(frame.slice(frame.indexOf('\n') + 1))
    watch.end()
    expect([watch.id, watch.usage?.total_tokens, watch.textLength]).toEqual([
      'msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyY',
      47,
      6,
    ])
  })

  test('a cut after any frame but the last is truncated, with what was seen until then', () => {
    const frames = readFrames('stream-text.sse')
    for (let length = 0; length < frames.length; length++) {
      const watch = tap()
      for (const frame of frames.slice(0, length)) watch.push(frame)
      expect(() => watch.end()).toThrowError(expect.objectContaining({ kind: 'truncated' }))
      if (length > 0) expect(watch.usage?.prompt_tokens).toBe(32)
    }
  })

  test('an error event is thrown, its text read as UTF-8', () => {
    const watch = tap()
    const data = '{"type":"error","error":{"type":"overloaded_error","message":"Überlastet"}}'
    const frame = Buffer.from(`event: error\ndata: ${data}`).toString('latin1')
    expect(() => watch.push(frame)).toThrowError(
      expect.objectContaining({ kind: 'unavailable', status: 529, message: 'Überlastet' }),
    )
  })

  test('text that looks like an event is not one', () => {
    const watch = tap()
    const delta = { type: 'text_delta', text: '"type":"message_stop" event: error' }
    const data = JSON.stringify({ type: 'content_block_delta', index: 0, delta })
    expect(watch.push(`event: content_block_delta\ndata: ${data}`)).toBe(true)
    expect(watch.push(`data: ${data}`)).toBe(true)
    expect(() => watch.end()).toThrow()
  })
})

test('usage of a whole body', () => {
  expect(relay.usage(readJson('message.json'))).toMatchObject({
    id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF',
    usage: { prompt_tokens: 2095, completion_tokens: 503 },
  })
  expect(relay.usage('x')).toEqual({})
})

test('a whole reply that is an error is thrown, whatever its status', () => {
  const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
  expect(() => relay.usage(body)).toThrow(expect.objectContaining({ kind: 'unavailable' }))
})
