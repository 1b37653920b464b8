import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import { createSseReader } from '../../transport/framing/sse.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { ociCohereChat } from './cohere.ts'
import { decodeError } from './errors.ts'
import { ociGenericChat } from './generic.ts'

const info: CallInfo = {
  id: 'c1',
  now: 1_700_000_000_000,
  model: 'm',
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'oci', model: 'm' },
  warn() {},
}
const read = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))
const json = (name: string): unknown => JSON.parse(read(name).toString())

function folded(codec: Codec<'chat'>, name: string) {
  const decoder = codec.upstream.decodeStream?.(info)
  if (decoder === undefined) throw new Error('It streams.')
  const chunks = createSseReader()(read(name)).flatMap(event => [...decoder.push(event)])
  return endpoints.chat.fold?.([...chunks, ...decoder.end()])
}

const usage = {
  prompt_tokens: 66,
  completion_tokens: 7,
  total_tokens: 73,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 2 },
}

describe('the generic format', () => {
  test('a whole reply: text, a call, logprobs, usage, and its time', () => {
    expect(ociGenericChat.upstream.decodeResponse(json('reply-generic.json'), info)).toMatchObject({
      created: 1_741_064_767,
      model: 'meta.llama-3.3-70b-instruct',
      choices: [
        {
          finish_reason: 'tool_calls',
          message: {
            tool_calls: [{ id: 'call_1', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } }],
          },
          logprobs: {
            content: [{ token: 'I', logprob: -0.5, top_logprobs: [{ token: 'I' }, { token: 'We' }] }],
          },
        },
      ],
      usage,
    })
  })

  test('a stream of text and thinking', () => {
    expect(folded(ociGenericChat, 'stream-generic.sse')).toMatchObject({
      choices: [
        {
          finish_reason: 'stop',
          message: { content: 'Emperor penguins 🐧', reasoning_content: 'Look it up.' },
        },
      ],
      usage,
    })
  })

  test('a stream of two calls, the first in pieces', () => {
    expect(folded(ociGenericChat, 'stream-generic-tools.sse')?.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [
          { id: 'call_1', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
          { id: 'call_2', function: { name: 'clock', arguments: '{}' } },
        ],
      },
    })
  })
})

describe('Cohere’s format', () => {
  test('a whole reply that a limit cut, with its citations', () => {
    const reply = ociCohereChat.upstream.decodeResponse(json('reply-cohere.json'), info)
    expect(reply).toMatchObject({
      model: 'cohere.command-a-03-2025',
      choices: [{ finish_reason: 'length', message: { content: 'Emperor penguins.' } }],
      usage,
    })
    expect(reply.choices[0]?.message.provider_specific_fields?.citations).toHaveLength(1)
  })

  test('the last event of a stream repeats the text, which is told once', () => {
    expect(folded(ociCohereChat, 'stream-cohere.sse')).toMatchObject({
      choices: [{ finish_reason: 'stop', message: { content: 'Emperor penguins 🐧' } }],
      usage,
    })
  })

  test('calls get ids, which Cohere does not give', () => {
    expect(folded(ociCohereChat, 'stream-cohere-tools.sse')?.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'I will look.',
        tool_calls: [
          { id: 'call_c1_0', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
          { id: 'call_c1_1', function: { name: 'clock', arguments: '{}' } },
        ],
      },
    })
  })

  test('an answer that Cohere broke off is no answer', () => {
    const body = { chatResponse: { apiFormat: 'COHERE', text: 'Emp', finishReason: 'ERROR' } }
    expect(() => ociCohereChat.upstream.decodeResponse(body, info)).toThrow(
      expect.objectContaining({ name: 'BadGatewayError', provider: 'oci' }),
    )
  })
})

test.each([
  [401, 'NotAuthenticated', 'Failed to verify the HTTP(S) Signature', 'authentication'],
  [404, 'NotAuthorizedOrNotFound', 'Authorization failed or requested resource not found.', 'not_found'],
  [429, 'TooManyRequests', 'Too many requests.', 'rate_limit'],
  [400, 'QuotaExceeded', 'The compartment quota has been exceeded.', 'insufficient_quota'],
  [400, '400', 'This model’s maximum context length is 128000 tokens.', 'context_window'],
  [400, 'InvalidParameter', 'maxTokens must be positive.', 'bad_request'],
  [503, 'ServiceUnavailable', 'Later.', 'unavailable'],
])('the error %i %s: %s', (status, code, message, kind) => {
  expect(decodeError(status, { code, message })).toMatchObject({ kind, code, message })
})
