import { describe, expect, test } from 'vitest'
import { foldChunks } from '../../../endpoints/chat-fold.ts'
import type { ChatChunk } from '../../../types/chat.ts'
import { testInfo } from '../testing/call-info.ts'
import { readEvents } from '../testing/fixture.ts'
import { decodeStream } from './stream.ts'

function decode(name: string): ChatChunk[] {
  const stream = decodeStream(testInfo())
  return [...readEvents(name).flatMap(event => [...stream.push(event)]), ...stream.end()]
}

const deltas = (chunks: ChatChunk[]) => chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))

const STREAMS = ['stream-text.sse', 'stream-tool.sse', 'stream-thinking.sse', 'stream-web-search.sse']

describe('every stream', () => {
  test.each(STREAMS)('%s has one id, begins with the role, ends with finish reason and usage', name => {
    const chunks = decode(name)
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBeTypeOf('string')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
    expect(chunks.filter(({ choices }) => choices[0]?.finish_reason != null)).toHaveLength(1)
    expect(chunks.filter(({ usage }) => usage != null)).toHaveLength(1)
  })

  test.each(STREAMS)('%s cut after any event is truncated and never looks finished', name => {
    const events = readEvents(name)
    for (let length = 0; length < events.length; length++) {
      const stream = decodeStream(testInfo())
      const chunks = events.slice(0, length).flatMap(event => [...stream.push(event)])
      expect(() => [...stream.end()]).toThrowError(
        expect.objectContaining({ kind: 'truncated', provider: 'anthropic' }),
      )
      expect(chunks.every(({ choices }) => choices[0]?.finish_reason === null)).toBe(true)
    }
  })
})

test('text', () => {
  const chunks = decode('stream-text.sse')
  expect(deltas(chunks)).toEqual([
    { role: 'assistant', content: '' },
    { content: 'Hello' },
    { content: '!' },
    {},
  ])
  expect(chunks.at(-1)?.usage).toMatchObject({
    prompt_tokens: 32,
    completion_tokens: 15,
    total_tokens: 47,
    cache_read_input_tokens: 4,
    cache_creation_input_tokens: 3,
  })
  expect(chunks.at(-2)?.service_tier).toBe('default')
})

test('tool calls are counted apart from other blocks, and one without arguments says {}', () => {
  const chunks = decode('stream-tool.sse')
  expect(deltas(chunks).filter(({ tool_calls }) => tool_calls)).toEqual([
    {
      tool_calls: [
        {
          index: 0,
          id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
          type: 'function',
          function: { name: 'get_weather', arguments: '' },
        },
      ],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{"location":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: ' "San Francisco, CA"}' } }] },
    {
      tool_calls: [
        {
          index: 1,
          id: 'toolu_02',
          type: 'function',
          function: { name: 'get_time', arguments: '' },
          provider_specific_fields: {
            caller: { type: 'code_execution_20250825', tool_id: 'srvtoolu_9' },
          },
        },
      ],
    },
    { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
  ])
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('tool_calls')
})

test('thinking comes as reasoning_content and as blocks; the fold has whole, signed blocks', () => {
  const chunks = decode('stream-thinking.sse')
  const { choices } = foldChunks(chunks)
  expect(choices[0]).toMatchObject({
    finish_reason: 'stop',
    provider_specific_fields: { native_finish_reason: 'stop_sequence', stop_sequence: 'END' },
    message: {
      content: '27 * 453 = 12,231',
      reasoning_content: 'Let me solve this:\n\n1. Break down 27 * 453',
      thinking_blocks: [
        {
          type: 'thinking',
          thinking: 'Let me solve this:\n\n1. Break down 27 * 453',
          signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h',
        },
        { type: 'redacted_thinking', data: 'EmwKAhgB' },
      ],
    },
  })
  expect(chunks.at(-1)?.usage?.completion_tokens_details).toEqual({ reasoning_tokens: 33 })
})

test('hosted tools keep their blocks and citations; the fold knows their order', () => {
  const chunks = decode('stream-web-search.sse')
  const { choices, usage } = foldChunks(chunks)
  const message = choices[0]?.message
  expect(message?.content).toBe("I'll check.It is sunny.")
  expect(message?.tool_calls).toBeUndefined()
  expect(message?.annotations).toMatchObject([{ url_citation: { start_index: 11, end_index: 23 } }])
  expect(message?.provider_specific_fields).toMatchObject({
    server_tool_blocks: [{ type: 'server_tool_use', input: { query: 'weather NYC today' } }],
    web_search_results: [{ type: 'web_search_tool_result' }],
    content_layout: [
      { kind: 'text', length: 11 },
      { kind: 'block', list: 'server_tool_blocks', index: 0 },
      { kind: 'block', list: 'web_search_results', index: 0 },
      { kind: 'text', length: 12 },
    ],
  })
  expect(usage).toMatchObject({ prompt_tokens: 10682, server_tool_use: { web_search_requests: 1 } })
  expect(choices[0]?.provider_specific_fields).toEqual({ native_finish_reason: 'pause_turn' })
})

test('a stand-in JSON tool streams as content', () => {
  const stream = decodeStream(testInfo())
  const push = (data: object) => [...stream.push({ data: JSON.stringify(data) })]
  const chunks = [
    ...push({ type: 'message_start', message: { id: 'm', usage: { input_tokens: 1, output_tokens: 1 } } }),
    ...push({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'sluice_json_response', input: {} },
    }),
    ...push({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{"a"' },
    }),
    ...push({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: ':1}' },
    }),
    ...push({ type: 'content_block_stop', index: 0 }),
    ...push({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } }),
    ...push({ type: 'message_stop' }),
  ]
  expect(foldChunks(chunks).choices).toEqual([
    {
      index: 0,
      message: { role: 'assistant', content: '{"a":1}' },
      finish_reason: 'stop',
      provider_specific_fields: { native_finish_reason: 'tool_use' },
    },
  ])
})

test('an error event is thrown as what it stands for', () => {
  const stream = decodeStream(testInfo())
  const events = readEvents('stream-error.sse')
  for (const event of events.slice(0, -1)) stream.push(event)
  expect(() => stream.push(events.at(-1) ?? { data: '' })).toThrowError(
    expect.objectContaining({
      kind: 'unavailable',
      status: 529,
      message: 'Overloaded',
      retryable: true,
      providerSpecificFields: {
        error: { type: 'overloaded_error', message: 'Overloaded' },
        request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
      },
    }),
  )
})

test('events and blocks yet to be invented are passed over, broken frames are not', () => {
  const stream = decodeStream(testInfo())
  expect([...stream.push({ data: '{"type":"novelty","x":1}' })]).toEqual([])
  expect([
    ...stream.push({
      data: '{"type":"content_block_delta","index":"__proto__","delta":{"type":"text_delta","text":"x"}}',
    }),
  ]).toEqual([])
  for (const data of ['{"type":', '[]', 'x'])
    expect(() => stream.push({ data })).toThrowError(expect.objectContaining({ kind: 'bad_gateway' }))
})
