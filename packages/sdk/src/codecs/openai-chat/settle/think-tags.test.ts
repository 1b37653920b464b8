import { expect, test } from 'vitest'
import type { JsonObject } from '../../../types/json.ts'
import { thinkTags } from './think-tags.ts'

function whole(content: string) {
  const message: JsonObject = { role: 'assistant', content }
  thinkTags()({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
  return message
}

/** The same text in pieces of one size, put together again. */
function streamed(content: string, size: number) {
  const settle = thinkTags()
  const out = { content: '', reasoning_content: '' }
  const pieces = content.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
  for (const delta of [...pieces.map(piece => ({ content: piece }) as JsonObject), {} as JsonObject]) {
    const last = Object.keys(delta).length === 0
    settle({ choices: [{ index: 0, delta, finish_reason: last ? 'stop' : null }] })
    out.content += (delta.content as string | null | undefined) ?? ''
    out.reasoning_content += (delta.reasoning_content as string | undefined) ?? ''
  }
  return out
}

test('thinking between tags becomes reasoning_content, and the blank lines after it go', () => {
  expect(whole('<think>\nHm.\n</think>\n\nFour.')).toMatchObject({
    content: 'Four.',
    reasoning_content: 'Hm.',
  })
})

test.each([1, 2, 3, 7, 100])('a stream in pieces of %i says the same', size => {
  expect(streamed('<think>Well, 2 < 3.</think>\n\nFour.', size)).toEqual({
    content: 'Four.',
    reasoning_content: 'Well, 2 < 3.',
  })
  expect(streamed('<thin ice> ahead', size)).toEqual({ content: '<thin ice> ahead', reasoning_content: '' })
  expect(streamed('<th', size)).toEqual({ content: '<th', reasoning_content: '' })
})

test('tags in the middle of a text are text', () => {
  expect(whole('Write <think> and </think>.')).toEqual({
    role: 'assistant',
    content: 'Write <think> and </think>.',
  })
})

test('thinking that was cut off by the token limit is thinking', () => {
  expect(whole('<think>So far')).toMatchObject({ content: '', reasoning_content: 'So far' })
  expect(streamed('<think>So far</thi', 2)).toEqual({ content: '', reasoning_content: 'So far</thi' })
})

test('each choice is read for itself, and calls of tools are left alone', () => {
  const settle = thinkTags()
  const one: JsonObject = { content: '<think>a' }
  const two: JsonObject = { content: 'b' }
  settle({
    choices: [
      { index: 0, delta: one, finish_reason: null },
      { index: 1, delta: two, finish_reason: null },
    ],
  })
  expect([one, two]).toEqual([{ content: null, reasoning_content: 'a' }, { content: 'b' }])
  const call: JsonObject = { content: null, tool_calls: [] }
  settle({ choices: [{ index: 2, delta: call, finish_reason: 'tool_calls' }] })
  expect(call).toEqual({ content: null, tool_calls: [] })
})
