import { expect, test } from 'vitest'
import { SluiceError } from '../../errors.ts'
import type { ChatMessage, ChatRequest } from '../../types/chat.ts'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo } from '../codec.ts'
import { encodeRequest } from './request.ts'

function infoWith(warnings: Warning[] = []): CallInfo {
  const model = 'command-a-03-2025'
  const deployment = { id: 'd', group: 'g', provider: 'cohere', model }
  return { id: 'c1', now: 0, model, stream: false, deployment, warn: warning => void warnings.push(warning) }
}

function encode(request: Partial<ChatRequest>, warnings?: Warning[]) {
  const messages: ChatMessage[] = [{ role: 'user', content: 'Hi' }]
  return encodeRequest({ model: 'm', messages, ...request }, infoWith(warnings)).body
}

const tool = (name: string, strict?: boolean) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' }, ...(strict !== undefined && { strict }) },
})

test('parameters get Cohere’s names, and Cohere’s own are copied', () => {
  const body = encode({
    top_p: 0.5,
    top_k: 3,
    stop: 'END',
    max_tokens: 1,
    max_completion_tokens: 2,
    seed: 7,
    safety_mode: 'STRICT',
    documents: ['a text'],
    citation_options: { mode: 'FAST' },
    metadata: { a: 1 },
    user: 'ann',
  })
  expect(body).toEqual({
    model: 'command-a-03-2025',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: false,
    seed: 7,
    p: 0.5,
    k: 3,
    max_tokens: 2,
    stop_sequences: ['END'],
    safety_mode: 'STRICT',
    documents: ['a text'],
    citation_options: { mode: 'FAST' },
  })
})

test('a schema stands beside the type', () => {
  const schema = { type: 'object', properties: {} }
  expect(
    encode({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }).response_format,
  ).toEqual({ type: 'json_object', json_schema: schema })
  expect(encode({ response_format: { type: 'text' } })).not.toHaveProperty('response_format')
})

test('thinking has a budget; an effort stands for one', () => {
  expect(encode({ reasoning_effort: 'low' }).thinking).toEqual({ type: 'enabled', token_budget: 1024 })
  expect(encode({ reasoning_effort: 'none' }).thinking).toEqual({ type: 'disabled' })
  expect(encode({ thinking: { type: 'enabled', budget_tokens: 9 } }).thinking).toEqual({
    type: 'enabled',
    token_budget: 9,
  })
  expect(encode({ thinking: { type: 'disabled' } }).thinking).toEqual({ type: 'disabled' })
})

test('a named tool is the only one sent, and required; the rest is noted', () => {
  const warnings: Warning[] = []
  const body = encode(
    {
      tools: [tool('a', true), tool('b')],
      tool_choice: { type: 'function', function: { name: 'a' } },
    },
    warnings,
  )
  expect(body).toMatchObject({
    tools: [{ function: { name: 'a' } }],
    tool_choice: 'REQUIRED',
    strict_tools: true,
  })
  expect(body.tools).toHaveLength(1)
  expect(warnings.map(({ param }) => param)).toEqual(['tool_choice'])
  expect(() =>
    encode({ tools: [tool('a')], tool_choice: { type: 'function', function: { name: 'z' } } }),
  ).toThrow(/no tool is named "z"/)
})

test('strictness is all or nothing', () => {
  const warnings: Warning[] = []
  expect(encode({ tools: [tool('a', true), tool('b')] }, warnings).strict_tools).toBe(true)
  expect(warnings.map(({ param }) => param)).toEqual(['tools[*].function.strict'])
})

test('what the model said goes back: thinking, plan, calls and citations', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'a', arguments: '' } }
  const citations = [{ start: 0, end: 1 }]
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'Hm. I will look.',
      tool_calls: [call],
      provider_specific_fields: { tool_plan: 'I will look.' },
    },
    {
      role: 'tool',
      tool_call_id: 'c1',
      content: [{ type: 'document', document: { id: '1', data: { text: 'sun' } } }],
    },
    { role: 'assistant', content: 'Sun.', provider_specific_fields: { citations } },
  ]
  expect(encode({ messages }).messages).toEqual([
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'Hm. ' }],
      tool_plan: 'I will look.',
      tool_calls: [{ ...call, function: { name: 'a', arguments: '{}' } }],
    },
    {
      role: 'tool',
      tool_call_id: 'c1',
      content: [{ type: 'document', document: { id: '1', data: { text: 'sun' } } }],
    },
    { role: 'assistant', content: 'Sun.', citations },
  ])
})

test('parts that Cohere cannot take are refused by their place', () => {
  const messages: ChatMessage[] = [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }]
  expect(() => encode({ messages })).toThrow(SluiceError)
  expect(() => encode({ messages })).toThrow(/messages\[0\]\.content\[0\]\.type: "file"/)
})

test('sealed thoughts and signatures of another provider are noted', () => {
  const warnings: Warning[] = []
  const messages: ChatMessage[] = [
    {
      role: 'assistant',
      content: 'x',
      thinking_blocks: [
        { type: 'thinking', thinking: 'h', signature: 's' },
        { type: 'redacted_thinking', data: 'd' },
      ],
    },
  ]
  encode({ messages }, warnings)
  expect(warnings.map(({ param }) => param)).toEqual([
    'messages[0].thinking_blocks[0].signature',
    'messages[0].thinking_blocks[1]',
  ])
})
