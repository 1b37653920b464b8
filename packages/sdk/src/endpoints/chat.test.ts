import { describe, expect, test } from 'vitest'
import type { ChatChunk, ChatDelta, ChatRequest, ChatResponse } from '../types/chat.ts'
import { chat } from './chat.ts'
import { foldChunks, unfoldResponse } from './chat-fold.ts'
import { embedding } from './embedding.ts'
import { ChatMeter } from './meter.ts'

const head = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' } as const
const piece = (delta: ChatDelta, index = 0): ChatChunk => ({
  ...head,
  choices: [{ index, delta, finish_reason: null }],
})
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }

describe('texts', () => {
  const request: ChatRequest = {
    model: 'm',
    messages: [
      { role: 'system', content: 'one' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'two' },
          { type: 'image_url', image_url: { url: 'u' } },
        ],
      },
      { role: 'assistant', content: null },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'three' }] },
    ],
  }

  test('are read in order and written back in the same order', () => {
    expect(chat.texts(request)).toEqual(['one', 'two', 'three'])
    const changed = chat.withTexts(request, ['1', '2', '3'])
    expect(chat.texts(changed)).toEqual(['1', '2', '3'])
    expect(chat.texts(request)).toEqual(['one', 'two', 'three'])
    expect(JSON.stringify(changed)).toContain('"image_url":{"url":"u"}')
  })

  test('of a reply come back where they stood, and changed thoughts lose their signed blocks', () => {
    const call = { index: 0, id: 'c', function: { name: 'f', arguments: '{"a":1}' } }
    const signed = [{ type: 'thinking' as const, thinking: 'hm', signature: 's' }]
    const reply = foldChunks([
      piece({ content: 'Hi', reasoning_content: 'hm', thinking_blocks: signed, tool_calls: [call] }),
      piece({ content: 'Yo' }, 1),
    ])
    expect(chat.replyTexts(reply)).toEqual(['hm', 'Hi', '{"a":1}', 'Yo'])
    expect(chat.withReplyTexts(reply, chat.replyTexts(reply))).toEqual(reply)
    const masked = chat.withReplyTexts(reply, ['*', 'Hi', '{"a":"*"}', '**'])
    expect(chat.replyTexts(masked)).toEqual(['*', 'Hi', '{"a":"*"}', '**'])
    expect(JSON.stringify(masked)).not.toContain('hm')
  })

  test('of embeddings, tokens aside', () => {
    expect(embedding.texts({ model: 'm', input: 'a' })).toEqual(['a'])
    expect(embedding.texts({ model: 'm', input: ['a', 'b'] })).toEqual(['a', 'b'])
    expect(embedding.texts({ model: 'm', input: [1, 2] })).toEqual([])
    expect(embedding.withTexts({ model: 'm', input: ['a', 'b'] }, ['1', '2']).input).toEqual(['1', '2'])
    expect(embedding.withTexts({ model: 'm', input: 'a' }, ['1']).input).toBe('1')
    expect(embedding.withTexts({ model: 'm', input: [[1]] }, []).input).toEqual([[1]])
  })
})

test('the output limit counts every answer', () => {
  const request = { model: 'm', messages: [] }
  expect(chat.maxOutputTokens(request)).toBeUndefined()
  expect(chat.maxOutputTokens({ ...request, max_tokens: 5, n: 3 })).toBe(15)
  expect(chat.maxOutputTokens({ ...request, max_tokens: 5, max_completion_tokens: 7 })).toBe(7)
})

describe('fold', () => {
  test('joins text, reasoning, refusals, calls, audio and logprobs, choice by choice', () => {
    const call = (index: number, args: string, more = {}) => ({
      tool_calls: [{ index, function: { arguments: args }, ...more }],
    })
    const folded = foldChunks([
      piece({ role: 'assistant', content: 'a', reasoning_content: 'r' }),
      piece({ content: 'z' }, 1),
      piece({ content: 'b', refusal: 'no' }),
      piece({ reasoning_content: 's', refusal: '!' }),
      piece(call(1, '', { id: 'two', function: { name: 'g' } })),
      piece(call(0, '', { id: 'one', function: { name: 'f' } })),
      piece(call(0, '{"x"')),
      piece(call(1, '{}')),
      piece(call(0, ':1}')),
      piece({ audio: { id: 'a', data: 'AA', transcript: 'x' } }),
      piece({ audio: { data: 'BB', transcript: 'y' } }),
      {
        ...head,
        choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls', logprobs: { content: [1] } }],
      },
      { ...head, choices: [{ index: 0, delta: {}, finish_reason: null, logprobs: { content: [2] } }] },
      { ...head, choices: [], usage, service_tier: 'flex', system_fingerprint: 'fp' },
    ])
    expect(folded).toMatchObject({ id: 'x', usage, service_tier: 'flex', system_fingerprint: 'fp' })
    expect(folded.choices[0]).toEqual({
      index: 0,
      finish_reason: 'tool_calls',
      logprobs: { content: [1, 2] },
      message: {
        role: 'assistant',
        content: 'ab',
        reasoning_content: 'rs',
        refusal: 'no!',
        audio: { id: 'a', data: 'AABB', transcript: 'xy' },
        tool_calls: [
          { id: 'one', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'two', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
    })
    expect(folded.choices[1]?.message.content).toBe('z')
  })

  test('thinking pieces make blocks, a signature closing each', () => {
    const thinking = (text: string, signature?: string) =>
      piece({ thinking_blocks: [{ type: 'thinking', thinking: text, ...(signature && { signature }) }] })
    const redacted = piece({ thinking_blocks: [{ type: 'redacted_thinking', data: 'x' }] })
    const folded = foldChunks([
      thinking('a'),
      thinking('b'),
      thinking('', 's1'),
      redacted,
      thinking('c'),
      thinking('', 's2'),
    ])
    expect(folded.choices[0]?.message.thinking_blocks).toEqual([
      { type: 'thinking', thinking: 'ab', signature: 's1' },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'thinking', thinking: 'c', signature: 's2' },
    ])
  })

  test('nothing folds to an empty answer, and Azure’s empty first chunk names nothing', () => {
    expect(foldChunks([])).toMatchObject({ id: '', choices: [] })
    const azure: ChatChunk = { id: '', object: 'chat.completion.chunk', created: 0, model: '', choices: [] }
    expect(foldChunks([azure, piece({ content: 'x' })])).toMatchObject({ id: 'x', model: 'm', created: 1 })
  })

  test('leaves the chunks as they were', () => {
    const chunks = [piece({ content: 'a', thinking_blocks: [{ type: 'thinking', thinking: 'x' }] })]
    chunks.push(piece({ thinking_blocks: [{ type: 'thinking', thinking: 'y', signature: 's' }] }))
    const before = structuredClone(chunks)
    foldChunks(chunks)
    expect(chunks).toEqual(before)
  })
})

test('unfold and fold give the reply back', () => {
  const reply: ChatResponse = {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    usage,
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        logprobs: { content: [1] },
        message: {
          role: 'assistant',
          content: 'Hi',
          reasoning_content: 'hm',
          thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }],
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
      },
      { index: 1, finish_reason: 'stop', message: { role: 'assistant', content: 'Yo' } },
    ],
  }
  expect(foldChunks(unfoldResponse(reply))).toEqual(reply)
})

test('the meter reads the id, usage and length of what passes', () => {
  const meter = new ChatMeter()
  meter.see({ ...head, id: '', choices: [] })
  meter.see(piece({ content: 'abc', reasoning_content: 'de' }))
  meter.see(piece({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }))
  expect(meter).toMatchObject({ id: 'x', textLength: 7, usage: undefined })
  meter.see({ ...head, choices: [], usage })
  expect(meter.usage).toBe(usage)
})

test('a limit that thinking would eat up is raised by it, and odd numbers of answers count as one', () => {
  const most = (limits: object) =>
    chat.maxOutputTokens({ model: 'm', messages: [], ...limits } as ChatRequest)
  expect(most({ max_tokens: 10, reasoning_effort: 'low' })).toBe(1034)
  expect(most({ max_tokens: 5000, reasoning_effort: 'low' })).toBe(5000)
  expect(most({ max_tokens: 10, thinking: { type: 'enabled', budget_tokens: 2000 } })).toBe(2010)
  expect(most({ max_tokens: 10, n: -3 })).toBe(10)
})
