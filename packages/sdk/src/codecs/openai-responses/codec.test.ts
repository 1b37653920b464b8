import { expect, test } from 'vitest'
import type { ChatRequest } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo } from '../codec.ts'
import { openaiResponses, openaiResponsesWith } from './codec.ts'

function infoOf(over: Partial<CallInfo> = {}) {
  const warnings: Warning[] = []
  const info: CallInfo = {
    id: 'i',
    now: 1_000,
    model: 'gpt-5.1-codex',
    stream: false,
    deployment: { id: 'd', group: 'g', provider: 'openai', model: 'gpt-5.1-codex' },
    warn: warning => void warnings.push(warning),
    ...over,
  }
  return { info, warnings }
}

function sent(request: Partial<ChatRequest>): JsonObject {
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  return openaiResponses.upstream.encodeRequest({ model: 'm', messages, ...request }, infoOf().info).body
}

// The shape of OpenAI's API description (schema `Response`), with values of our own.
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_750_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5.1-codex',
  output: [
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'They greet.' }],
      encrypted_content: 'a:b',
    },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [
        {
          type: 'output_text',
          text: 'Hello.',
          annotations: [
            { type: 'url_citation', url: 'https://x.example', title: 'X', start_index: 0, end_index: 5 },
          ],
        },
      ],
    },
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'look',
      arguments: '{"a":1}',
      status: 'completed',
    },
  ],
  usage: {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 3 },
    total_tokens: 17,
  },
}

test('a response becomes a reply: thinking, citations, calls, searches and tokens', () => {
  const reply = openaiResponses.upstream.decodeResponse(structuredClone(RESPONSE), infoOf().info)
  expect(reply).toMatchObject({ id: 'resp_1', created: 1_750_000_000, model: 'gpt-5.1-codex' })
  expect(reply.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: 'Hello.',
      reasoning_content: 'They greet.',
      annotations: [{ type: 'url_citation', url_citation: { url: 'https://x.example', title: 'X' } }],
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
      provider_specific_fields: { output_items: [{ type: 'web_search_call' }] },
    },
  })
  expect(reply.usage).toMatchObject({
    prompt_tokens: 10,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 3 },
    server_tool_use: { web_search_requests: 1 },
  })
})

test('thinking that another organization sealed stays away, with a receipt', () => {
  const at = (organization: string, apiKey = 'k') => {
    const deployment = { id: 'd', group: 'g', provider: 'openai', model: 'm', organization, apiKey }
    return infoOf({ deployment })
  }
  const reply = openaiResponses.upstream.decodeResponse(structuredClone(RESPONSE), at('org-1').info)
  const messages = [
    {
      role: 'assistant' as const,
      content: 'Hello.',
      thinking_blocks: reply.choices[0]?.message.thinking_blocks ?? [],
    },
  ]
  const inputAt = ({ info }: ReturnType<typeof infoOf>) =>
    (openaiResponses.upstream.encodeRequest({ model: 'm', messages }, info).body.input as JsonObject[])[0]
      ?.type
  expect(inputAt(at('org-1', 'another key of it'))).toBe('reasoning')
  const other = at('org-2')
  expect(inputAt(other)).toBe('message')
  expect(other.warnings).toEqual([
    {
      action: 'dropped',
      param: 'messages[0].thinking_blocks[0]',
      reason: 'another organization sealed this thinking, and only it can open it',
    },
  ])
})

test('what was sealed before there were seals goes back as it came', () => {
  const thinking_blocks = [
    { type: 'thinking' as const, thinking: '', signature: 'openai-responses:rs_1:a:b' },
  ]
  const input = sent({ messages: [{ role: 'assistant', content: 'x', thinking_blocks }] })
    .input as JsonObject[]
  expect(input[0]).toMatchObject({ type: 'reasoning', id: 'rs_1', encrypted_content: 'a:b' })
})

test('sealed thinking goes back as it came; what another vendor signed stays away, with a receipt', () => {
  const reply = openaiResponses.upstream.decodeResponse(structuredClone(RESPONSE), infoOf().info)
  const blocks = reply.choices[0]?.message.thinking_blocks ?? []
  const { info, warnings } = infoOf()
  const messages = [
    {
      role: 'assistant' as const,
      content: 'Hello.',
      thinking_blocks: [...blocks, { type: 'thinking' as const, thinking: 'x', signature: 'theirs' }],
    },
  ]
  const { body } = openaiResponses.upstream.encodeRequest({ model: 'm', messages }, info)
  expect((body.input as unknown[])[0]).toEqual({
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'They greet.' }],
    encrypted_content: 'a:b',
  })
  expect(warnings).toEqual([
    expect.objectContaining({ action: 'dropped', param: 'messages[0].thinking_blocks[1]' }),
  ])
})

test.each([
  ['max_tokens', { max_tokens: 9 }, { max_output_tokens: 9 }],
  [
    'reasoning_effort',
    { reasoning_effort: 'low' },
    { reasoning: { effort: 'low' }, include: ['reasoning.encrypted_content'] },
  ],
  [
    'response_format',
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', schema: { type: 'object' }, strict: true },
      },
    },
    { text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true } } },
  ],
  ['verbosity', { verbosity: 'low' }, { text: { verbosity: 'low' } }],
  [
    'tools, which are not strict unless they say so',
    {
      tools: [
        { type: 'function', function: { name: 'f', parameters: { type: 'object' } } },
        { type: 'code_interpreter' },
      ],
    },
    {
      tools: [
        { type: 'function', name: 'f', parameters: { type: 'object' }, strict: false },
        { type: 'code_interpreter' },
      ],
    },
  ],
  [
    'tool_choice',
    { tool_choice: { type: 'function', function: { name: 'f' } } },
    { tool_choice: { type: 'function', name: 'f' } },
  ],
  [
    'web search',
    { web_search_options: { search_context_size: 'low' } },
    { tools: [{ type: 'web_search', search_context_size: 'low' }] },
  ],
  [
    'logprobs',
    { logprobs: true, top_logprobs: 2 },
    { include: ['message.output_text.logprobs'], top_logprobs: 2 },
  ],
] as const)('%s is said in this format’s words', (_, asked, wire) => {
  expect(sent(asked as unknown as Partial<ChatRequest>)).toMatchObject({ store: false, ...wire })
})

test('a backend that wants the system’s words apart gets them apart', () => {
  const { upstream } = openaiResponsesWith({ instructions: true })
  const messages = [
    { role: 'system' as const, content: 'Be brief.' },
    { role: 'user' as const, content: 'Hi' },
  ]
  const { body } = upstream.encodeRequest({ model: 'm', messages }, infoOf().info)
  expect(body).toMatchObject({ instructions: 'Be brief.', input: [{ role: 'user' }] })
})

test.each([
  [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
  [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'content_filter'],
])('%j ends as %s', (over, finish) => {
  const reply = openaiResponses.upstream.decodeResponse(
    { ...structuredClone(RESPONSE), ...over },
    infoOf().info,
  )
  expect(reply.choices[0]?.finish_reason).toBe(finish)
})

test('a failed response is an error of its kind', () => {
  const failed = {
    ...RESPONSE,
    status: 'failed',
    error: { code: 'rate_limit_exceeded', message: 'Slow down.' },
  }
  expect(() => openaiResponses.upstream.decodeResponse(failed, infoOf().info)).toThrow(
    expect.objectContaining({ kind: 'rate_limit' }),
  )
})
