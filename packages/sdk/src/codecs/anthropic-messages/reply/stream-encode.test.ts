import { describe, expect, test } from 'vitest'
import { foldChunks, unfoldResponse } from '../../../endpoints/chat-fold.ts'
import { createError } from '../../../errors.ts'
import type { ChatChunk, ChatDelta, FinishReason } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { WireEvent } from '../../../types/stream.ts'
import type { Usage } from '../../../types/usage.ts'
import { inboundInfo, testInfo } from '../testing/call-info.ts'
import { readEvents, readJson } from '../testing/fixture.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'
import { encodeStream } from './stream-encode.ts'

const chunk = (delta: ChatDelta, finish_reason: FinishReason | null = null): ChatChunk => ({
  id: 'c-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-x',
  choices: [{ index: 0, delta, finish_reason }],
})
const usageChunk = (usage: Usage): ChatChunk => ({ ...chunk({}), choices: [], usage })
const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }

function encode(chunks: readonly ChatChunk[]): { events: JsonObject[]; wire: WireEvent[] } {
  const stream = encodeStream(inboundInfo())
  const wire = [...chunks.flatMap(piece => [...stream.push(piece)]), ...stream.end()]
  return { wire, events: wire.map(({ data }) => JSON.parse(data)) }
}

/** What the official client makes of the events: blocks by index; throws on a broken life of a block. */
function assemble(events: readonly JsonObject[]): JsonObject[] {
  const blocks: JsonObject[] = []
  let open = -1
  let input = ''
  for (const event of events) {
    const at = Number(event.index)
    if (event.type === 'content_block_start') {
      if (open !== -1 || at !== blocks.length) throw new Error(`block ${at} began at a wrong time`)
      blocks.push({ ...(event.content_block as JsonObject) })
      open = at
      input = ''
    } else if (event.type === 'content_block_delta') {
      const block = blocks[at]
      const delta = event.delta as Record<string, string>
      if (open !== at || !block) throw new Error(`delta of block ${at}, which is not open`)
      if (delta.type === 'text_delta') block.text = `${block.text}${delta.text}`
      if (delta.type === 'thinking_delta') block.thinking = `${block.thinking}${delta.thinking}`
      if (delta.type === 'signature_delta') block.signature = delta.signature
      if (delta.type === 'citations_delta')
        block.citations = [...((block.citations as unknown[]) ?? []), delta.citation]
      if (delta.type === 'input_json_delta') input += delta.partial_json
    } else if (event.type === 'content_block_stop') {
      if (open !== at) throw new Error(`block ${at} ended twice`)
      if (input !== '') Object.assign(blocks[at] ?? {}, { input: JSON.parse(input) })
      open = -1
    }
  }
  if (open !== -1) throw new Error('a block was left open')
  return blocks
}

describe('the events of a reply', () => {
  test('open and close blocks as the kind changes, and name each event', () => {
    const { events, wire } = encode([
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'hm' }),
      chunk({ reasoning_content: ' so' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({
        tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"x":' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
      chunk({}, 'tool_calls'),
      usageChunk({ ...USAGE, prompt_tokens_details: { cached_tokens: 2 } }),
    ])
    expect(wire.map(({ event }) => event)).toEqual(events.map(({ type }) => type))
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(events[0]).toMatchObject({
      message: { id: 'c-1', model: 'gpt-x', content: [], usage: { input_tokens: 0, output_tokens: 0 } },
    })
    expect(events.at(-2)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: {
        input_tokens: 7,
        output_tokens: 4,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 2,
      },
    })
    expect(assemble(events)).toEqual([
      { type: 'thinking', thinking: 'hm so', signature: '' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
    ])
  })

  test('parallel calls that a provider streams side by side come one after the other', () => {
    const call = (index: number, args: string, id?: string) =>
      chunk({
        tool_calls: [
          {
            index,
            ...(id !== undefined && { id }),
            function: { arguments: args, ...(id !== undefined && { name: id }) },
          },
        ],
      })
    const { events } = encode([
      call(0, '', 'a'),
      call(0, '{"x"'),
      call(1, '{"y"', 'b'),
      call(0, ':1}'),
      call(1, ':2}'),
      call(2, '{}', 'c'),
      chunk({}, 'tool_calls'),
    ])
    expect(assemble(events)).toEqual([
      { type: 'tool_use', id: 'a', name: 'a', input: { x: 1 } },
      { type: 'tool_use', id: 'b', name: 'b', input: { y: 2 } },
      { type: 'tool_use', id: 'c', name: 'c', input: {} },
    ])
  })

  test('calls whose arguments alternate from the first piece on are each told whole, and text waits for them', () => {
    const piece = (index: number, args: string, id?: string) => ({
      index,
      ...(id !== undefined && { id }),
      function: { arguments: args, ...(id !== undefined && { name: id }) },
    })
    const { events } = encode([
      chunk({ content: 'Let me look.', tool_calls: [piece(0, '', 'a'), piece(1, '', 'b')] }),
      chunk({ tool_calls: [piece(1, '{"y"')] }),
      chunk({ tool_calls: [piece(0, '{"x"')] }),
      chunk({ content: 'One moment.' }),
      chunk({ tool_calls: [piece(1, ':2}'), piece(0, ':1}')] }),
      chunk({ content: ' Done.', tool_calls: [piece(0, '\n')] }),
      chunk({}, 'tool_calls'),
    ])
    expect(assemble(events)).toEqual([
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'a', name: 'a', input: { x: 1 } },
      { type: 'tool_use', id: 'b', name: 'b', input: { y: 2 } },
      { type: 'text', text: 'One moment. Done.' },
    ])
  })

  test('a call without arguments does not keep the next one from being told', () => {
    const { events } = encode([
      chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'a', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 1, id: 'b', function: { name: 'b', arguments: '{"y":2}' } }] }),
      chunk({ content: 'Well.' }),
      chunk({}, 'tool_calls'),
    ])
    expect(assemble(events)).toEqual([
      { type: 'tool_use', id: 'a', name: 'a', input: {} },
      { type: 'tool_use', id: 'b', name: 'b', input: { y: 2 } },
      { type: 'text', text: 'Well.' },
    ])
  })

  test('arguments that go on after the call was closed are a provider’s fault', () => {
    const stream = encodeStream(inboundInfo())
    stream.push(chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'a', arguments: '{}' } }] }))
    stream.push(chunk({ content: 'So.' }))
    expect(() =>
      stream.push(chunk({ tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] })),
    ).toThrowError(expect.objectContaining({ kind: 'bad_gateway' }))
  })

  test.each<[FinishReason, string]>([
    ['stop', 'tool_use'],
    ['tool_calls', 'tool_use'],
    ['length', 'max_tokens'],
    ['content_filter', 'refusal'],
  ])('a turn of tool calls that ends with %s stops for %s', (finish, stop_reason) => {
    const call = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }
    const { events } = encode([chunk({ tool_calls: [call] }), chunk({}, finish)])
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason } })
  })

  test('arguments of a call that never began are a provider’s fault', () => {
    const stream = encodeStream(inboundInfo())
    expect(() =>
      stream.push(chunk({ tool_calls: [{ index: 3, function: { arguments: '{}' } }] })),
    ).toThrowError(expect.objectContaining({ kind: 'bad_gateway' }))
  })

  test('a whole signed block after its pieces is not told twice', () => {
    const { events } = encode([
      chunk({ reasoning_content: 'hm', thinking_blocks: [{ type: 'thinking', thinking: 'hm' }] }),
      chunk({ thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }] }),
      chunk({ thinking_blocks: [{ type: 'redacted_thinking', data: 'z' }] }),
      chunk({ refusal: 'No.' }, 'content_filter'),
    ])
    expect(assemble(events)).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'redacted_thinking', data: 'z' },
      { type: 'text', text: 'No.' },
    ])
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal' } })
  })

  test('an empty stream is still a message', () => {
    expect(encode([]).events.map(({ type }) => type)).toEqual([
      'message_start',
      'message_delta',
      'message_stop',
    ])
  })
})

describe('failure', () => {
  test('is one error event in Anthropic’s shape, and nothing after it', () => {
    const stream = encodeStream(inboundInfo())
    stream.push(chunk({ content: 'Hel' }))
    const error = createError({ kind: 'truncated', message: 'The provider hung up.' })
    expect([...stream.fail(error, 'req-1')]).toEqual([
      {
        event: 'error',
        data: JSON.stringify({
          type: 'error',
          error: { type: 'api_error', message: 'The provider hung up.' },
          request_id: 'req-1',
        }),
      },
    ])
    expect([...stream.push(chunk({ content: 'lo' }))]).toEqual([])
    expect([...stream.end()]).toEqual([])
    expect([...stream.fail(error, 'req-1')]).toEqual([])
  })
})

describe('Anthropic’s own streams through the hub', () => {
  const parse = (events: readonly WireEvent[]) => events.map(({ data }) => JSON.parse(data) as JsonObject)
  const decode = (name: string) => {
    const stream = decodeStream(testInfo())
    return [...readEvents(name).flatMap(event => [...stream.push(event)]), ...stream.end()]
  }
  /** An empty list of citations says nothing, and the default caller is left out. */
  const plain = (blocks: JsonObject[]) =>
    blocks.map(({ citations, ...block }) =>
      Array.isArray(citations) && citations.length > 0 ? { ...block, citations } : block,
    )

  test.each(['stream-text.sse', 'stream-tool.sse', 'stream-thinking.sse', 'stream-web-search.sse'])(
    '%s arrives with the same blocks, stop reason and usage',
    name => {
      const sent = parse(readEvents(name))
      const { events } = encode(decode(name))
      expect(plain(assemble(events))).toEqual(plain(assemble(sent)))
      const before = sent.find(({ type }) => type === 'message_delta')
      const after = events.find(({ type }) => type === 'message_delta')
      expect(after?.delta).toMatchObject(before?.delta as JsonObject)
      expect((after?.usage as JsonObject).output_tokens).toBe((before?.usage as JsonObject).output_tokens)
      expect(events[0]).toMatchObject({ message: { id: (sent[0]?.message as JsonObject).id } })
    },
  )

  test.each(['stream-text.sse', 'stream-tool.sse', 'stream-thinking.sse', 'stream-web-search.sse'])(
    '%s replayed from a cache has the same blocks',
    name => {
      const { events } = encode(unfoldResponse(foldChunks(decode(name))))
      expect(plain(assemble(events))).toEqual(plain(assemble(parse(readEvents(name)))))
    },
  )

  test('a whole reply with hosted tools unfolds into its blocks', () => {
    const wire = readJson('message-web-search.json')
    const { events } = encode(unfoldResponse(decodeResponse(wire, testInfo())))
    expect(plain(assemble(events))).toEqual(plain(wire.content as JsonObject[]))
  })
})
