import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../types/chat.ts'
import { anthropicMessages } from './codec.ts'
import { inboundInfo, testInfo } from './testing/call-info.ts'
import { readJson } from './testing/fixture.ts'

const { upstream, inbound } = anthropicMessages

const base = { model: 'claude-sonnet-4-5', max_tokens: 100 }
const hello = { role: 'user' as const, content: 'Hi' }
const tool = {
  type: 'function' as const,
  function: { name: 'f', description: 'd', parameters: { type: 'object', properties: {} } },
}
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{"x":1}' } })

/** Hub requests that Anthropic's format says in full. */
const CASES: Record<string, ChatRequest> = {
  'one message': { ...base, messages: [hello] },
  'system and turns': {
    ...base,
    messages: [{ role: 'system', content: 'Be brief.' }, hello, { role: 'assistant', content: 'Yo' }, hello],
  },
  'cached system parts': {
    ...base,
    messages: [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
        ],
      },
      hello,
    ],
  },
  'images and files': {
    ...base,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' } },
          { type: 'file', file: { file_id: 'file_1' } },
        ],
      },
    ],
  },
  'a tool loop': {
    ...base,
    tools: [{ ...tool, cache_control: { type: 'ephemeral' } }],
    tool_choice: 'auto',
    parallel_tool_calls: false,
    messages: [
      hello,
      { role: 'assistant', content: 'Calling', tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
      {
        role: 'tool',
        tool_call_id: 'b',
        is_error: true,
        content: [
          { type: 'text', text: 'bad' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
        ],
      },
      { role: 'user', content: 'go on' },
    ],
  },
  'a forced function': {
    ...base,
    messages: [hello],
    tools: [tool],
    tool_choice: { type: 'function', function: { name: 'f' } },
  },
  'any function': { ...base, messages: [hello], tools: [tool], tool_choice: 'required' },
  'no function': { ...base, messages: [hello], tools: [tool], tool_choice: 'none' },
  'a hosted tool': {
    ...base,
    messages: [hello],
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }],
  },
  'thinking and its blocks': {
    ...base,
    max_tokens: 5000,
    thinking: { type: 'enabled', budget_tokens: 2000 },
    messages: [
      hello,
      {
        role: 'assistant',
        content: 'Yo',
        reasoning_content: 'hm',
        thinking_blocks: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'redacted_thinking', data: 'z' },
        ],
      },
      hello,
    ],
  },
  'a structured answer': {
    ...base,
    messages: [hello],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'structured_output',
        strict: true,
        schema: {
          type: 'object',
          properties: { a: { type: 'string' } },
          required: ['a'],
          additionalProperties: false,
        },
      },
    },
  },
  'sampling, stop, user, tier': {
    ...base,
    messages: [hello],
    temperature: 0.3,
    top_k: 5,
    stop: ['END'],
    user: 'u-1',
    service_tier: 'default',
    stream: true,
  },
  'keys only Anthropic knows': {
    ...base,
    messages: [hello],
    container: { id: 'c', skills: [] },
    context_management: { edits: [] },
    mcp_servers: [{ type: 'url', url: 'https://mcp.test', name: 'm' }],
    inference_geo: 'eu',
  },
  'an effort on an adaptive model': {
    ...base,
    model: 'claude-opus-4-7',
    messages: [hello],
    thinking: { type: 'adaptive' },
    reasoning_effort: 'xhigh',
  },
  'a system message between turns': {
    ...base,
    model: 'claude-opus-5',
    messages: [hello, { role: 'system', content: 'Now in French.' }],
  },
}

describe('hub → Anthropic → hub', () => {
  test.each(Object.entries(CASES))('%s', (_name, request) => {
    const info = testInfo(request.model, { stream: request.stream === true })
    const { body } = upstream.encodeRequest(request, info)
    const wire: unknown = JSON.parse(JSON.stringify(body))
    expect(inbound?.decodeRequest(wire, inboundInfo())).toEqual(request)
    expect(info.warnings).toEqual([])
  })
})

test('Anthropic → hub → Anthropic: an agent’s request loses nothing', () => {
  const wire = readJson('request-agent.json')
  const request = inbound?.decodeRequest(wire, inboundInfo())
  if (request === undefined) throw new Error('no inbound half')
  const info = testInfo('claude-sonnet-4-5', { stream: true })
  // Extended thinking forbids top_k; what the client asked for is dropped aloud.
  const { top_k, ...rest } = wire
  expect(top_k).toBe(40)
  expect(upstream.encodeRequest(request, info).body).toEqual(rest)
  expect(info.warnings).toMatchObject([{ action: 'dropped', param: 'top_k' }])
})

test('thinking between other blocks keeps its place', () => {
  const wire = {
    model: 'claude-opus-4-6',
    max_tokens: 10,
    messages: [
      { role: 'user', content: 'x' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'one', signature: 's1' },
          { type: 'server_tool_use', id: 'srv', name: 'web_search', input: { query: 'q' } },
          { type: 'web_search_tool_result', tool_use_id: 'srv', content: [] },
          { type: 'thinking', thinking: 'two', signature: 's2' },
          { type: 'text', text: 'done' },
        ],
      },
      { role: 'user', content: 'y' },
    ],
  }
  const request = inbound?.decodeRequest(wire, inboundInfo()) as ChatRequest
  expect(upstream.encodeRequest(request, testInfo('claude-opus-4-6')).body).toEqual(wire)
})

test('a decoded reply goes back into history block by block', () => {
  const reply = upstream.decodeResponse(readJson('message-web-search.json'), testInfo())
  const message = reply.choices[0]?.message
  if (!message) throw new Error('no message')
  const { body } = upstream.encodeRequest({ ...base, messages: [hello, { ...message }, hello] }, testInfo())
  const turns = body.messages as { content: unknown[] }[]
  const sent = (readJson('message-web-search.json').content as Record<string, unknown>[]).map(
    ({ citations, ...block }) => (citations ? { ...block, citations } : block),
  )
  expect(turns[1]?.content).toEqual(sent)
})
