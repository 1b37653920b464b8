import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import type { TextCompletionRequest, TextCompletionResponse } from '../../types/text-completion.ts'
import type { CallInfo, InboundInfo } from '../codec.ts'
import { openaiCompletions, openaiCompletionsWith } from './codec.ts'

const { upstream, inbound } = openaiCompletions
const info: CallInfo = {
  id: 'c',
  now: 5_000,
  model: 'm',
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
  warn() {},
}
const asked: InboundInfo = { id: 'c', now: 0, warn() {} }
const encode = (request: Partial<TextCompletionRequest>, more: Partial<CallInfo> = {}) =>
  upstream.encodeRequest({ model: 'a', prompt: 'x', ...request }, { ...info, ...more }).body

describe('requests', () => {
  test('go as they are, without nulls; a stream asks for its usage', () => {
    expect(encode({ prompt: [[1, 2], [3]], suffix: null, own: 1, stream: false })).toEqual({
      model: 'm',
      prompt: [[1, 2], [3]],
      own: 1,
    })
    expect(encode({ stream: true, stream_options: { extra: 1 } }, { stream: true })).toMatchObject({
      stream: true,
      stream_options: { extra: 1, include_usage: true },
    })
  })

  test.each<[unknown, RegExp]>([
    ['x', /^The request body must be a JSON object/],
    [{ prompt: 'x' }, /^model: /],
    [{ model: 'm' }, /^prompt: must be a string, or a non-empty array/],
    [{ model: 'm', prompt: [] }, /^prompt: /],
    [{ model: 'm', prompt: ['x', 1] }, /^prompt\[1\]: all items must be/],
    [{ model: 'm', prompt: [[1], []] }, /^prompt\[1\]: /],
    [{ model: 'm', prompt: [1, 0.5] }, /^prompt\[1\]: /],
    [{ model: 'm', prompt: 'x', stream: 1 }, /^stream: /],
    [{ model: 'm', prompt: 'x', n: 0 }, /^n: must be a whole number of at least 1/],
    [{ model: 'm', prompt: 'x', suffix: 1 }, /^suffix: /],
  ])('%j is refused by field', (body, message) => {
    expect(() => inbound?.decodeRequest(body, asked)).toThrow(message)
  })

  test.each(['', ['x', 'y'], [1, 2], [[1], [2]]])('the prompt %j is taken as it is', prompt => {
    const body = { model: 'm', prompt, max_tokens: 0 }
    expect(inbound?.decodeRequest(body, asked)).toBe(body)
  })

  test('where a prompt is one text, several prompts and tokens are refused with a remedy', () => {
    const one = openaiCompletionsWith({ promptLists: false }).upstream
    const body = (prompt: TextCompletionRequest['prompt']) =>
      one.encodeRequest({ model: 'a', prompt }, info).body.prompt
    expect(body(['x'])).toBe('x')
    expect(() => body(['x', 'y'])).toThrow('prompt: p takes one prompt in a request. Send a request for each')
    expect(() => body([1, 2])).toThrow('prompt: p takes text, not tokens')
  })
})

const chunk = (text: string, more: object = {}) =>
  ({
    id: 'x',
    object: 'text_completion',
    created: 1,
    model: 'm',
    ...more,
    choices: [{ index: 0, text, logprobs: null, finish_reason: null }],
  }) as TextCompletionResponse // prettier-ignore

describe('replies', () => {
  test('pass with what they lack put in', () => {
    const body = { choices: [{ text: 'a', own: 1 }], usage: { prompt_tokens: 1, completion_tokens: 2 } }
    expect(upstream.decodeResponse(body, info)).toEqual({
      id: 'c',
      object: 'text_completion',
      created: 5,
      model: 'm',
      choices: [{ text: 'a', index: 0, logprobs: null, finish_reason: null, own: 1 }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    })
  })

  test('of fill-in-the-middle servers have a message in the place of the text', () => {
    const body = { choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }] }
    expect(upstream.decodeResponse(body, info).choices[0]).toMatchObject({ text: 'a', finish_reason: 'stop' })
  })

  test.each([{}, { choices: 'x' }, { error: { message: 'no' } }, { choices: [1] }])(
    '%j is a bad gateway',
    body => {
      expect(() => upstream.decodeResponse(body, info)).toThrow(expect.objectContaining({ status: 502 }))
    },
  )

  test('streams end with a mark or a finish reason, and never without both', () => {
    const stream = () => upstream.decodeStream?.({ ...info, stream: true })
    const [whole, cut] = [stream(), stream()]
    const first = JSON.stringify(chunk('a'))
    const last = JSON.stringify({ ...chunk('b'), choices: [{ index: 0, text: 'b', finish_reason: 'stop' }] })
    const events = [first, last].flatMap(data => [...(whole?.push({ data }) ?? [])])
    expect(events.map(event => event.choices[0]?.text)).toEqual(['a', 'b'])
    expect(() => whole?.end()).not.toThrow()
    cut?.push({ data: first })
    expect(() => cut?.end()).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
  })

  test('a client that did not ask for usage gets no usage event', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const request = { model: 'm', prompt: 'x', stream: true }
    const told = (more: object) => {
      const encoder = inbound?.encodeStream?.({ ...request, ...more }, asked)
      const pushed = [...(encoder?.push({ ...chunk(''), choices: [], usage }) ?? [])]
      return [...pushed, ...(encoder?.end() ?? [])]
    }
    expect(told({})).toHaveLength(1)
    expect(told({ stream_options: { include_usage: true } })).toHaveLength(2)
  })
})

test('chunks fold into the whole they add up to', () => {
  const endpoint = endpoints.text_completion
  const logprobs = (token: string) => ({ tokens: [token], token_logprobs: [-1] })
  const pieces = ['Hello', ' there'].map(text => {
    const piece = chunk(text)
    return {
      ...piece,
      choices: [{ ...piece.choices[0], logprobs: logprobs(text) }],
    } as TextCompletionResponse
  })
  expect(endpoint.fold?.(pieces).choices).toEqual([
    {
      index: 0,
      text: 'Hello there',
      finish_reason: null,
      logprobs: { tokens: ['Hello', ' there'], token_logprobs: [-1, -1] },
    },
  ])
})

test('the texts of a request are its prompts and its suffix, and can be replaced', () => {
  const endpoint = endpoints.text_completion
  const request = { model: 'm', prompt: ['a', 'b'], suffix: 'c' }
  expect(endpoint.texts(request)).toEqual(['a', 'b', 'c'])
  expect(endpoint.withTexts(request, ['x', 'y', 'z'])).toEqual({
    model: 'm',
    prompt: ['x', 'y'],
    suffix: 'z',
  })
  expect(endpoint.maxOutputTokens({ ...request, max_tokens: 10, best_of: 3 })).toBe(60)
})
