import { describe, expect, test } from 'vitest'
import type { TextCompletionRequest } from '../../types/text-completion.ts'
import { anthropicMessages } from '../anthropic-messages/codec.ts'
import type { CallInfo } from '../codec.ts'
import { openaiChat } from '../openai-chat/codec.ts'
import { textViaChat } from './text-via-chat.ts'

const info: CallInfo = {
  id: 'c',
  now: 0,
  model: 'm',
  stream: false,
  maxOutputTokens: 100,
  deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
  warn() {},
}
const { upstream } = textViaChat(openaiChat)
const encode = (request: Partial<TextCompletionRequest>) =>
  upstream.encodeRequest({ model: 'a', prompt: 'Hi', ...request }, info).body

describe('requests', () => {
  test('become one user message', () => {
    expect(encode({ temperature: 0, stop: ['x'], own: 1 })).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0,
      stop: ['x'],
      own: 1,
    })
    expect(encode({ prompt: ['Hi'], logprobs: 2 })).toMatchObject({ logprobs: true, top_logprobs: 2 })
  })

  test('what no chat can do is not among the parameters, nor what this format cannot', () => {
    for (const param of ['echo', 'suffix', 'best_of']) expect(upstream.params.has(param)).toBe(false)
    expect(upstream.params.has('seed')).toBe(true)
    expect(textViaChat(anthropicMessages).upstream.params.has('seed')).toBe(false)
  })

  test('tokens and several prompts are refused with a remedy', () => {
    expect(() => encode({ prompt: [1, 2] })).toThrow('Send the prompt as a string')
    expect(() => encode({ prompt: [[1], [2]] })).toThrow('Send the prompt as a string')
    expect(() => encode({ prompt: ['a', 'b'] })).toThrow('Send a request for each prompt')
  })
})

test('a reply becomes text, with its thoughts beside it and its likelihoods as lists', () => {
  const logprobs = {
    content: ['He', 'llo'].map(token => ({
      token,
      logprob: -1,
      bytes: null,
      top_logprobs: [{ token, logprob: -1, bytes: null }],
    })),
  }
  const message = { role: 'assistant', content: 'Hello', reasoning_content: 'Hm' }
  const body = {
    id: 'x',
    created: 1,
    model: 'm2',
    choices: [{ index: 0, message, logprobs, finish_reason: 'length' }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  }
  expect(upstream.decodeResponse(body, info, {})).toEqual({
    id: 'x',
    object: 'text_completion',
    created: 1,
    model: 'm2',
    choices: [
      {
        index: 0,
        text: 'Hello',
        finish_reason: 'length',
        reasoning_content: 'Hm',
        logprobs: {
          tokens: ['He', 'llo'],
          token_logprobs: [-1, -1],
          top_logprobs: [{ He: -1 }, { llo: -1 }],
          text_offset: [0, 2],
        },
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  })
})

test('a stream becomes text, and one that is cut says so', () => {
  const stream = upstream.decodeStream?.({ ...info, stream: true })
  const delta = (content: string) => JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content } }] })
  const events = ['Hel', 'lo'].flatMap(text => [...(stream?.push({ data: delta(text) }) ?? [])])
  expect(events.map(({ object, choices }) => [object, choices[0]?.text])).toEqual([
    ['text_completion', 'Hel'],
    ['text_completion', 'lo'],
  ])
  expect(() => stream?.end()).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
})
