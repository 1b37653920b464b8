import { describe, expect, test } from 'vitest'
import { foldChunks } from '../../../endpoints/chat-fold.ts'
import { createError } from '../../../errors.ts'
import type { ChatChunk, ChatRequest } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { WireEvent } from '../../../types/stream.ts'
import { upstreamInfo } from '../testing/call-info.ts'
import { readEvents } from '../testing/fixture.ts'
import { decodeStream, encodeStream } from './stream.ts'

const ask: ChatRequest = { model: 'm', messages: [], reasoning_effort: 'low' }

function decode(events: readonly WireEvent[]): ChatChunk[] {
  const decoder = decodeStream(upstreamInfo())
  return [...events.flatMap(event => [...decoder.push(event)]), ...decoder.end()]
}

function encode(chunks: readonly ChatChunk[], request = ask): JsonObject[] {
  const encoder = encodeStream(request)
  const wire = [...chunks.flatMap(chunk => [...encoder.push(chunk)]), ...encoder.end()]
  return wire.map(event => JSON.parse(event.data) as JsonObject)
}

const chunk = (more: Partial<ChatChunk>): ChatChunk => ({
  id: 'r',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt',
  choices: [],
  ...more,
})

test('thoughts, text and the closing signature add up, and usage comes last in a chunk of its own', () => {
  const chunks = decode(readEvents('stream-text.sse'))
  expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
  expect(chunks.slice(1).some(each => each.choices[0]?.delta.role)).toBe(false)
  expect(chunks.at(-1)).toMatchObject({
    choices: [],
    usage: {
      prompt_tokens: 8,
      completion_tokens: 12,
      total_tokens: 20,
      completion_tokens_details: { reasoning_tokens: 4 },
    },
  })
  expect(chunks.filter(each => each.usage)).toHaveLength(1)
  const folded = foldChunks(chunks)
  expect(folded).toMatchObject({
    id: 'sTr1',
    created: 1_700_000_000,
    model: 'gemini-3-flash-preview',
    choices: [
      {
        finish_reason: 'stop',
        message: {
          content: 'Grüße, say "error" and end.',
          reasoning_content: 'Count the words.',
          provider_specific_fields: { thought_signatures: ['c2lnVA=='] },
        },
      },
    ],
  })
})

test('calls get their own index and turn the stop into tool_calls', () => {
  const folded = foldChunks(decode(readEvents('stream-tools.sse')))
  expect(folded.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: 'Let me look.',
      tool_calls: [
        {
          id: 'fc-1',
          function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
          provider_specific_fields: { thought_signature: 'c2lnQQ==' },
        },
        { id: 'fc-2', function: { name: 'get_weather' } },
      ],
    },
  })
})

describe.each(['stream-text.sse', 'stream-tools.sse'])('%s', name => {
  const events = readEvents(name)

  test.each(events.map((_, count) => count))('cut after %i events it is truncated', count => {
    expect(() => decode(events.slice(0, count))).toThrow(expect.objectContaining({ kind: 'truncated' }))
  })

  test('whole, it says the same after the way through the hub', () => {
    const again = encode(decode(events)).map(body => ({ data: JSON.stringify(body) }))
    expect(foldChunks(decode(again))).toEqual(foldChunks(decode(events)))
  })
})

test('an error inside a stream is thrown as what it is', () => {
  const decoder = decodeStream(upstreamInfo())
  const [hello, error] = readEvents('stream-error.sse') as [WireEvent, WireEvent]
  decoder.push(hello)
  expect(() => decoder.push(error)).toThrow(
    expect.objectContaining({
      kind: 'unavailable',
      message: 'The model is overloaded. Please try again later.',
      provider: 'gemini',
    }),
  )
})

test('a refused prompt ends a stream as filtered', () => {
  const data = JSON.stringify({
    promptFeedback: { blockReason: 'SAFETY' },
    usageMetadata: { promptTokenCount: 4 },
  })
  const chunks = decode([{ data }])
  expect(chunks[0]?.choices[0]).toMatchObject({
    finish_reason: 'content_filter',
    delta: { role: 'assistant' },
  })
  expect(chunks[1]?.usage?.prompt_tokens).toBe(4)
  expect(encode(chunks)).toMatchObject([{ promptFeedback: { blockReason: 'SAFETY' } }])
})

test('a candidate that goes on while another has finished keeps the stream open', () => {
  const piece = (index: number, finishReason?: string) => ({
    data: JSON.stringify({ candidates: [{ index, content: { parts: [{ text: 'x' }] }, finishReason }] }),
  })
  expect(() => decode([piece(0), piece(1), piece(0, 'STOP')])).toThrow(/closed the stream/)
  expect(decode([piece(0), piece(1), piece(0, 'STOP'), piece(1, 'STOP')]).length).toBeGreaterThan(0)
})

test('server tool parts of several events are all there at the end, and sent once', () => {
  const data = (parts: JsonObject[], finishReason?: string) => ({
    data: JSON.stringify({ candidates: [{ content: { parts }, finishReason }] }),
  })
  const code = { executableCode: { code: '1' } }
  const result = { codeExecutionResult: { output: '1' } }
  const chunks = decode([data([code]), data([result]), data([{ text: 'one' }], 'STOP')])
  const { message } = foldChunks(chunks).choices[0] ?? {}
  expect(message?.provider_specific_fields?.server_side_tool_invocations).toEqual([code, result])
  const parts = encode(chunks).flatMap(
    body => ((body.candidates as JsonObject[])[0]?.content as JsonObject).parts as JsonObject[],
  )
  expect(parts).toEqual([code, result, { text: 'one' }])
})

test('pieces of interleaved calls go out as whole functionCalls, reason and usage in the last event', () => {
  const delta = (tool_calls: ChatChunk['choices'][0]['delta']['tool_calls']) =>
    chunk({ choices: [{ index: 0, delta: { ...(tool_calls && { tool_calls }) }, finish_reason: null }] })
  const wire = encode([
    chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Hm' }, finish_reason: null }] }),
    delta([{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }]),
    delta([{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }]),
    delta([{ index: 0, function: { arguments: ':1}' } }]),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
    chunk({ usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
  ])
  const head = { modelVersion: 'gpt', responseId: 'r' }
  expect(wire).toEqual([
    { candidates: [{ content: { parts: [{ text: 'Hm' }], role: 'model' }, index: 0 }], ...head },
    {
      candidates: [
        {
          content: {
            parts: [
              { functionCall: { id: 'a', name: 'f', args: { x: 1 } } },
              { functionCall: { id: 'b', name: 'g', args: {} } },
            ],
            role: 'model',
          },
          index: 0,
        },
      ],
      ...head,
    },
    {
      candidates: [{ content: { parts: [], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
      ...head,
    },
  ])
})

test('thoughts stay out of the stream of a client that did not ask', () => {
  const wire = encode(decode(readEvents('stream-text.sse')), { model: 'm', messages: [] })
  expect(JSON.stringify(wire)).not.toContain('Count the words')
})

test('a failure is one error event', () => {
  const [event, ...more] = encodeStream(ask).fail(
    createError({ kind: 'truncated', message: 'Cut.' }),
    'req-1',
  )
  expect(more).toEqual([])
  expect(JSON.parse(event?.data ?? '')).toMatchObject({
    error: { code: 502, message: 'Cut.', status: 'UNAVAILABLE' },
  })
})
