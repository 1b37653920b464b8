import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import { createSseReader } from '../../transport/framing/sse.ts'
import type { ChatChunk } from '../../types/chat.ts'
import type { WireEvent } from '../../types/stream.ts'
import type { CallInfo } from '../codec.ts'
import { decodeError } from './errors.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'

const model = 'command-a-03-2025'
const info: CallInfo = {
  id: 'c1',
  now: 1_700_000_000_000,
  model,
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'cohere', model },
  warn() {},
}
const read = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))
const json = (name: string): unknown => JSON.parse(read(name).toString())

function chunksOf(events: readonly WireEvent[]): ChatChunk[] {
  const decoder = decodeStream(info)
  return [...events.flatMap(event => [...decoder.push(event)]), ...decoder.end()]
}
const folded = (name: string) => endpoints.chat.fold?.(chunksOf(createSseReader()(read(name))))

describe('whole replies', () => {
  test('text, thinking, citations, usage', () => {
    const reply = decodeResponse(json('reply-cited.json'), info)
    expect(reply).toMatchObject({
      id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
      created: 1_700_000_000,
      choices: [{ finish_reason: 'stop', provider_specific_fields: { native_finish_reason: 'COMPLETE' } }],
      usage: {
        prompt_tokens: 71,
        completion_tokens: 418,
        total_tokens: 489,
        prompt_tokens_details: { cached_tokens: 64 },
        billed_units: { input_tokens: 5, output_tokens: 418 },
      },
    })
    const message = reply.choices[0]?.message
    expect(message?.content).toBe('The tallest penguins are Emperor penguins.')
    expect(message?.reasoning_content).toBe('The documents name the tallest ones.')
    expect(message?.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: {
          start_index: 25,
          end_index: 41,
          url: 'https://penguins.example/tall',
          title: 'Tall penguins',
        },
      },
      {
        type: 'url_citation',
        url_citation: { start_index: 25, end_index: 41, url: 'source:search:1', title: '' },
      },
    ])
    expect(message?.provider_specific_fields?.citations).toHaveLength(2)
  })

  test('tool calls and their plan', () => {
    const { choices } = decodeResponse(json('reply-tools.json'), info)
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        reasoning_content: 'I will look both cities up.',
        provider_specific_fields: { tool_plan: 'I will look both cities up.' },
        tool_calls: [{ id: 'get_weather_1' }, { id: 'get_weather_2' }],
      },
    })
  })

  test('logprobs of several tokens in one piece are added', () => {
    const body = {
      message: { content: [{ type: 'text', text: 'Hi' }] },
      finish_reason: 'MAX_TOKENS',
      logprobs: [{ text: 'Hi', token_ids: [1, 2], logprobs: [-1, -0.5] }],
    }
    expect(decodeResponse(body, info).choices[0]).toMatchObject({
      finish_reason: 'length',
      logprobs: { content: [{ token: 'Hi', logprob: -1.5, bytes: [72, 105], top_logprobs: [] }] },
    })
  })

  test.each([
    ['ERROR', 'BadGatewayError'],
    ['TIMEOUT', 'APITimeoutError'],
  ])('an answer that ended with %s is no answer', (finish_reason, name) => {
    const body = { message: { content: [] }, finish_reason }
    expect(() => decodeResponse(body, info)).toThrow(expect.objectContaining({ name, provider: 'cohere' }))
  })

  test('a body without a message is a broken answer', () => {
    expect(() => decodeResponse({}, info)).toThrow(/without a "message"/)
  })
})

describe('streams', () => {
  test('thinking, text, logprobs, citations, usage', () => {
    const reply = folded('stream-cited.sse')
    expect(reply).toMatchObject({
      id: '29f14a5a',
      choices: [
        {
          finish_reason: 'stop',
          message: { content: 'Emperor penguins', reasoning_content: 'Look it up.' },
          logprobs: { content: [{ token: 'Emperor ', logprob: -0.75 }] },
        },
      ],
      usage: { prompt_tokens: 66, completion_tokens: 7 },
    })
    expect(reply?.choices[0]?.message.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: { start_index: 0, end_index: 16, url: 'source:doc:0', title: 'Tall penguins' },
      },
    ])
    expect(reply?.choices[0]?.message.provider_specific_fields?.citations).toHaveLength(1)
  })

  test('a plan and two calls', () => {
    expect(folded('stream-tools.sse')?.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        reasoning_content: 'I will look.',
        provider_specific_fields: { tool_plan: 'I will look.' },
        tool_calls: [
          { id: 'get_weather_1', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
          { id: 'clock_2', function: { name: 'clock', arguments: '{}' } },
        ],
      },
    })
  })

  test('cut before message-end it is truncated', () => {
    const events = createSseReader()(read('stream-cited.sse')).slice(0, 8)
    expect(() => chunksOf(events)).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
  })

  test('an error at the end is an error', () => {
    const data = JSON.stringify({
      type: 'message-end',
      delta: { finish_reason: 'ERROR', error: 'internal error while streaming' },
    })
    expect(() => chunksOf([{ data }])).toThrow(/internal error while streaming/)
  })
})

describe('errors', () => {
  test.each([
    [400, 'too many tokens: size limit exceeded by 11326 tokens', 'context_window'],
    [400, 'invalid request: message must be at least 1 token long', 'bad_request'],
    [401, 'invalid api token', 'authentication'],
    [404, 'model "x" not found', 'not_found'],
    [422, 'field messages is required', 'unprocessable'],
    [429, 'You are using a Trial key', 'rate_limit'],
    [498, 'blocked output', 'content_policy'],
    [499, 'request cancelled', 'timeout'],
    [503, 'overloaded', 'unavailable'],
  ])('%i %s', (status, message, kind) => {
    expect(decodeError(status, { message, id: '1' })).toMatchObject({ kind, message })
  })
})
