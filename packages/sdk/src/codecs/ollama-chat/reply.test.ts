import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import { createNdjsonReader } from '../../transport/framing/ndjson.ts'
import type { WireEvent } from '../../types/stream.ts'
import type { CallInfo } from '../codec.ts'
import { ollamaEmbeddings } from '../ollama-embeddings/codec.ts'
import { decodeError } from './errors.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'

const model = 'qwen3'
const info: CallInfo = {
  id: 'c1',
  now: 1_700_000_000_000,
  model,
  stream: true,
  deployment: { id: 'd', group: 'g', provider: 'ollama', model },
  warn() {},
}

function fold(events: readonly WireEvent[]) {
  const decoder = decodeStream(info)
  return endpoints.chat.fold?.([...events.flatMap(event => [...decoder.push(event)]), ...decoder.end()])
}
const linesOf = (name: string) =>
  createNdjsonReader()(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))

describe('streams', () => {
  test('thinking, text and usage', () => {
    expect(fold(linesOf('stream-thinking.ndjson'))).toMatchObject({
      id: 'c1',
      choices: [
        { finish_reason: 'stop', message: { content: 'Grüße 👋', reasoning_content: 'They greet me.' } },
      ],
      usage: { prompt_tokens: 11, completion_tokens: 18, total_tokens: 29 },
    })
  })

  test('two calls, one without an id', () => {
    expect(fold(linesOf('stream-tools.ndjson'))?.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Let me look.',
        tool_calls: [
          { id: 'call_c1_0', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
          { id: 'call_7x', function: { name: 'clock', arguments: '{}' } },
        ],
      },
    })
  })

  test('thinking in tags, as older servers send it', () => {
    expect(fold(linesOf('stream-think-tags.ndjson'))?.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { content: 'Yes.', reasoning_content: 'Hm.' },
    })
  })

  test('without its last line it is truncated', () => {
    expect(() => fold(linesOf('stream-thinking.ndjson').slice(0, -1))).toThrow(
      expect.objectContaining({ name: 'TruncatedStreamError' }),
    )
  })

  test('an error line is an error', () => {
    const data = '{"error":"an error was encountered while running the model: CUDA error"}'
    expect(() => fold([{ data }])).toThrow(
      expect.objectContaining({
        name: 'BadGatewayError',
        message: expect.stringContaining('CUDA'),
        provider: 'ollama',
      }),
    )
  })
})

test('a whole reply', () => {
  const body = {
    model,
    message: {
      role: 'assistant',
      content: '<think>Hm.</think>\nYes.',
      tool_calls: [{ function: { name: 'clock', arguments: { a: 1 } } }],
    },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 3,
    eval_count: 4,
    logprobs: [{ token: 'Yes', logprob: -0.5, top_logprobs: [{ token: 'No', logprob: -2 }] }],
  }
  expect(decodeResponse(body, info).choices[0]).toEqual({
    index: 0,
    finish_reason: 'tool_calls',
    provider_specific_fields: { native_finish_reason: 'stop' },
    message: {
      role: 'assistant',
      content: 'Yes.',
      reasoning_content: 'Hm.',
      tool_calls: [{ id: 'call_c1_0', type: 'function', function: { name: 'clock', arguments: '{"a":1}' } }],
    },
    logprobs: {
      content: [
        {
          token: 'Yes',
          logprob: -0.5,
          bytes: [89, 101, 115],
          top_logprobs: [{ token: 'No', logprob: -2, bytes: [78, 111] }],
        },
      ],
    },
  })
  expect(() => decodeResponse({ error: 'model "x" not found' }, info)).toThrow(/not found/)
  expect(decodeResponse({ ...body, prompt_eval_count: undefined }, info)).not.toHaveProperty('usage')
})

test.each([
  [404, "model 'x' not found", 'not_found'],
  [400, '"x" does not support tools', 'unsupported_params'],
  [400, 'the input length exceeds the context length', 'context_window'],
  [500, 'model requires more system memory (5.6 GiB) than is available', 'unavailable'],
  [503, 'server busy, please try again.  maximum pending requests exceeded', 'unavailable'],
  [401, 'unauthorized', 'authentication'],
])('%i %s', (status, message, kind) => {
  expect(decodeError(status, { error: message })).toMatchObject({ kind, message })
})

test('embeddings', () => {
  const { upstream } = ollamaEmbeddings
  expect(
    upstream.encodeRequest({ model: 'm', input: 'Hi', dimensions: 64, truncate: false, num_ctx: 9 }, info)
      .body,
  ).toEqual({ model, input: ['Hi'], dimensions: 64, truncate: false, options: { num_ctx: 9 } })
  expect(upstream.decodeResponse({ embeddings: [[1], [2]], prompt_eval_count: 3 }, info)).toEqual({
    object: 'list',
    model,
    data: [
      { object: 'embedding', index: 0, embedding: [1] },
      { object: 'embedding', index: 1, embedding: [2] },
    ],
    usage: { prompt_tokens: 3, total_tokens: 3 },
  })
})
