import { expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import type { ChatMessage, ChatRequest } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { snowflakeComplete } from './codec.ts'

const model = 'claude-sonnet-4-5'
const info: CallInfo = {
  id: 'c1',
  now: 0,
  model,
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'snowflake', model },
  warn() {},
}
const { upstream } = snowflakeComplete
const encode = (request: Partial<ChatRequest>) => {
  const messages: ChatMessage[] = [{ role: 'user', content: 'Hi' }]
  return upstream.encodeRequest({ model: 'm', messages, ...request }, info).body
}

test('tools, choices and schemas in Cortex’s words', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  expect(
    encode({
      tools: [{ type: 'function', function: { name: 'clock', description: 'Time.', parameters: schema } }],
      tool_choice: { type: 'function', function: { name: 'clock' } },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
      max_tokens: 5,
      guardrails: { enabled: true },
    }),
  ).toEqual({
    model,
    messages: [{ role: 'user', content: 'Hi' }],
    stream: false,
    max_tokens: 5,
    response_format: { type: 'json', schema },
    tools: [{ tool_spec: { type: 'generic', name: 'clock', description: 'Time.', input_schema: schema } }],
    tool_choice: { type: 'tool', name: ['clock'] },
    guardrails: { enabled: true },
  })
})

test('calls, results and images are content lists', () => {
  const messages: ChatMessage[] = [
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }] },
    {
      role: 'assistant',
      content: 'Let me look.',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'clock', arguments: '{"zone":"UTC"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'noon' },
  ]
  expect(encode({ messages }).messages).toEqual([
    {
      role: 'user',
      content_list: [
        { type: 'image', details: { type: 'base64', content: 'iVBO', content_type: 'image/png' } },
      ],
    },
    {
      role: 'assistant',
      content_list: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', tool_use: { tool_use_id: 'c1', name: 'clock', input: { zone: 'UTC' } } },
      ],
    },
    {
      role: 'user',
      content_list: [
        {
          type: 'tool_results',
          tool_results: { tool_use_id: 'c1', name: 'clock', content: [{ type: 'text', text: 'noon' }] },
        },
      ],
    },
  ])
})

test('a whole reply', () => {
  const tool_use = { tool_use_id: 'c1', name: 'clock', input: { zone: 'UTC' } }
  const message = {
    content: 'Let me look.',
    content_list: [
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', tool_use },
    ],
  }
  expect(
    upstream.decodeResponse(
      {
        id: 'i',
        model,
        choices: [{ message }],
        usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      },
      info,
    ),
  ).toMatchObject({
    id: 'i',
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'Let me look.',
          tool_calls: [{ id: 'c1', function: { name: 'clock', arguments: '{"zone":"UTC"}' } }],
        },
      },
    ],
    usage: { total_tokens: 7 },
  })
})

test('a stream', () => {
  const event = (delta: JsonObject, usage: JsonObject = {}) =>
    JSON.stringify({ id: 'i', created: 1, model, choices: [{ delta }], usage })
  const decode = (from: readonly string[]) => {
    const decoder = upstream.decodeStream?.(info)
    return [...from.flatMap(data => [...(decoder?.push({ data }) ?? [])]), ...(decoder?.end() ?? [])]
  }
  const told = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
  const events = [
    event({ type: 'text', content: 'Hi', content_list: [{ type: 'text', text: 'Hi' }], text: 'Hi' }),
    event({
      type: 'tool_use',
      tool_use_id: 'c1',
      name: 'clock',
      content_list: [{ tool_use_id: 'c1', name: 'clock' }],
    }),
    event({ type: 'tool_use', input: '{"zone":', content_list: [{ input: '{"zone":' }] }),
    event({ type: 'tool_use', input: '"UTC"}', content_list: [{ input: '"UTC"}' }] }),
    event({}, told),
  ]
  expect(endpoints.chat.fold?.(decode(events))).toMatchObject({
    id: 'i',
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'Hi',
          tool_calls: [{ id: 'c1', function: { name: 'clock', arguments: '{"zone":"UTC"}' } }],
        },
      },
    ],
    usage: told,
  })
  expect(() => decode(events.slice(0, 4))).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
  expect(() => decode(['{"message":"model unavailable","code":"390400"}'])).toThrow(/model unavailable/)
})

test('errors', () => {
  expect(upstream.decodeError?.(401, { code: '390144', message: 'JWT token is invalid.' })).toMatchObject({
    kind: 'authentication',
    code: '390144',
    message: 'JWT token is invalid.',
  })
})
