import { describe, expect, test } from 'vitest'
import { foldChunks } from '../../endpoints/chat-fold.ts'
import type { ChatMessage, ChatResponse } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { WireEvent } from '../../types/stream.ts'
import { decodeResponse, encodeResponse } from './reply/response.ts'
import { decodeStream } from './reply/stream.ts'
import { encodeStream } from './reply/stream-encode.ts'
import { encodeRequest } from './request/request.ts'
import { inboundInfo, testInfo } from './testing/call-info.ts'

const called = (name: string, input: JsonObject) => ({
  type: 'server_tool_use',
  id: `srvtoolu_${name}`,
  name,
  input,
})
const result = (type: string, name: string, content: unknown) => ({
  type,
  tool_use_id: `srvtoolu_${name}`,
  content,
})

/** A turn of hosted tools that stopped for a pause, thinking between them. Shapes of the official client's types. */
const TURN: JsonObject[] = [
  { type: 'thinking', thinking: 'I shall search.', signature: 's1' },
  called('web_search', { query: 'weather' }),
  result('web_search_tool_result', 'web_search', [
    { type: 'web_search_result', url: 'https://w.test', title: 'W', encrypted_content: 'e', page_age: null },
  ]),
  { type: 'thinking', thinking: 'And read it.', signature: 's2' },
  called('web_fetch', { url: 'https://w.test' }),
  result('web_fetch_tool_result', 'web_fetch', { type: 'web_fetch_result', url: 'https://w.test' }),
  { type: 'redacted_thinking', data: 'zzz' },
  called('code_execution', { code: '1+1' }),
  result('code_execution_tool_result', 'code_execution', {
    type: 'code_execution_result',
    stdout: '2',
    stderr: '',
    return_code: 0,
    content: [],
  }),
  called('tool_search_tool_bm25', { query: 'f' }),
  result('tool_search_tool_result', 'tool_search_tool_bm25', {
    type: 'tool_search_tool_search_result',
    tool_references: [{ type: 'tool_reference', tool_name: 'f' }],
  }),
  { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'read', server_name: 'docs', input: { page: 1 } },
  { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: 'Page one.' },
  { type: 'text', text: 'It is ' },
  {
    type: 'text',
    text: 'sunny.',
    citations: [
      {
        type: 'web_search_result_location',
        url: 'https://w.test',
        title: 'W',
        cited_text: 'sun',
        encrypted_index: 'i',
      },
    ],
  },
  { type: 'container_upload', file_id: 'file_1' },
]

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-6',
  content: TURN,
  stop_reason: 'pause_turn',
  stop_sequence: null,
  container: { id: 'container_1', expires_at: '2026-11-21T00:00:00Z' },
  usage: {
    input_tokens: 3,
    output_tokens: 5,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
    cache_creation_input_tokens: 30,
    cache_read_input_tokens: 7,
    server_tool_use: { web_search_requests: 1, web_fetch_requests: 1 },
    service_tier: 'priority',
    inference_geo: 'us',
  },
}

/** The events in which Anthropic would stream `MESSAGE`. */
function streamed(): WireEvent[] {
  const { content, usage, stop_reason, container, ...head } = MESSAGE
  const events: JsonObject[] = [{ type: 'message_start', message: { ...head, content: [], usage } }]
  for (const [index, block] of content.entries()) {
    const deltas: JsonObject[] = []
    const start: JsonObject = { ...block }
    const move = (key: string, type: string, empty: unknown) => {
      deltas.push({
        type,
        [key === 'input' ? 'partial_json' : key]: key === 'input' ? JSON.stringify(block[key]) : block[key],
      })
      start[key] = empty
    }
    if (block.type === 'text') move('text', 'text_delta', '')
    if (block.type === 'thinking') {
      move('thinking', 'thinking_delta', '')
      move('signature', 'signature_delta', '')
    }
    if (block.input !== undefined) move('input', 'input_json_delta', {})
    for (const citation of (block.citations as JsonObject[] | undefined) ?? [])
      deltas.push({ type: 'citations_delta', citation })
    if (block.citations) start.citations = []
    events.push(
      { type: 'content_block_start', index, content_block: start },
      ...deltas.map(delta => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    )
  }
  events.push(
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null, container }, usage },
    { type: 'message_stop' },
  )
  return events.map(event => ({ data: JSON.stringify(event) }))
}

function resumed(reply: ChatResponse): unknown {
  const said = reply.choices[0]?.message as ChatMessage
  const messages: ChatMessage[] = [{ role: 'user', content: 'How is the weather?' }, said]
  const { body } = encodeRequest({ model: 'm', messages }, testInfo('claude-opus-4-6'))
  return (body.messages as { content: unknown }[])[1]?.content
}

const folded = () => {
  const decoder = decodeStream(testInfo())
  return foldChunks([...streamed().flatMap(event => [...decoder.push(event)]), ...decoder.end()])
}

describe.each([
  ['whole', () => decodeResponse(structuredClone(MESSAGE), testInfo())],
  ['streamed', folded],
])('a paused turn of hosted tools, %s', (_, reply) => {
  test('can be resumed: the next request says every block as it was, in its place', () => {
    expect(resumed(reply())).toEqual(TURN)
  })

  test('says that it paused, what it used and where it ran', () => {
    const { choices, usage, service_tier } = reply()
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      provider_specific_fields: { native_finish_reason: 'pause_turn', container: { id: 'container_1' } },
    })
    expect(service_tier).toBe('priority')
    expect(usage).toMatchObject({
      prompt_tokens: 40,
      completion_tokens: 5,
      prompt_tokens_details: {
        cached_tokens: 7,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 1 },
      inference_geo: 'us',
    })
  })

  test('comes back to a client of Anthropic’s as it left Anthropic', () => {
    expect(encodeResponse(reply(), inboundInfo())).toEqual(MESSAGE)
  })
})

test('citations bring the words they support, and come as annotations too', () => {
  const message = decodeResponse(structuredClone(MESSAGE), testInfo()).choices[0]?.message
  expect(message?.provider_specific_fields?.citations).toMatchObject([[{ supported_text: 'sunny.' }]])
  expect(message?.annotations).toMatchObject([
    { url_citation: { start_index: 6, end_index: 12, url: 'https://w.test' } },
  ])
})

test('a compaction that is streamed keeps its secret half', () => {
  const decoder = decodeStream(testInfo())
  const events: JsonObject[] = [
    { type: 'message_start', message: { id: 'm', model: 'c', usage: {} } },
    { type: 'content_block_start', index: 0, content_block: { type: 'compaction', content: null } },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'compaction_delta', content: 'So far.', encrypted_content: 'x' },
    },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'compaction' }, usage: {} },
    { type: 'message_stop' },
  ]
  const reply = foldChunks(events.flatMap(event => [...decoder.push({ data: JSON.stringify(event) })]))
  expect(resumed(reply)).toEqual([{ type: 'compaction', content: 'So far.', encrypted_content: 'x' }])
})

test('what another vendor’s content filter found reaches a client of Anthropic’s, whole and streamed', () => {
  const found = { content_filter_results: { hate: { filtered: false, severity: 'safe' } } }
  const prompt = { prompt_filter_results: [{ prompt_index: 0 }] }
  const base = { id: 'c', created: 0, model: 'm' }
  const message = { role: 'assistant' as const, content: 'Hi' }
  const whole: ChatResponse = {
    ...base,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop', ...found }],
    ...prompt,
  }
  expect(encodeResponse(whole, inboundInfo())).toMatchObject({ ...found, ...prompt })
  const stream = encodeStream(inboundInfo())
  const chunk = { ...base, object: 'chat.completion.chunk' as const }
  stream.push({ ...chunk, choices: [], ...prompt })
  stream.push({
    ...chunk,
    choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop', ...found }],
  })
  const events = [...stream.end()].map(({ data }) => JSON.parse(data))
  expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({
    delta: { ...found, ...prompt },
  })
})
