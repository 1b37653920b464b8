import { expect, test } from 'vitest'
import type { ChatMessage, ChatRequest } from '../../types/chat.ts'
import type { Warning } from '../../types/warning.ts'
import { encodeRequest } from './request.ts'

function encode(request: Partial<ChatRequest>, warnings: Warning[] = [], model = 'llama3.2') {
  const messages: ChatMessage[] = [{ role: 'user', content: 'Hi' }]
  return encodeRequest(
    { model: 'm', messages, ...request },
    {
      id: 'c1',
      now: 0,
      model,
      stream: false,
      deployment: { id: 'd', group: 'g', provider: 'ollama', model },
      warn: warning => void warnings.push(warning),
    },
  ).body
}

test('sampling goes into options, and so do fields that only the runner knows', () => {
  expect(
    encode({
      temperature: 0.1,
      top_p: 0.2,
      top_k: 3,
      seed: 4,
      stop: 'END',
      max_tokens: 5,
      frequency_penalty: 0.5,
      num_ctx: 8192,
      options: { mirostat: 1 },
      keep_alive: '5m',
      user: 'ann',
      metadata: {},
    }),
  ).toEqual({
    model: 'llama3.2',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: false,
    keep_alive: '5m',
    options: {
      temperature: 0.1,
      top_p: 0.2,
      top_k: 3,
      seed: 4,
      stop: ['END'],
      num_predict: 5,
      frequency_penalty: 0.5,
      num_ctx: 8192,
      mirostat: 1,
    },
  })
})

test('structured output is a word or a schema', () => {
  const schema = { type: 'object' }
  expect(encode({ response_format: { type: 'json_object' } }).format).toBe('json')
  expect(
    encode({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }).format,
  ).toEqual(schema)
})

test('thinking is a switch; only gpt-oss has levels', () => {
  const warnings: Warning[] = []
  expect(encode({ reasoning_effort: 'high' }, warnings).think).toBe(true)
  expect(warnings).toHaveLength(1)
  expect(encode({ reasoning_effort: 'none' }).think).toBe(false)
  expect(encode({ reasoning_effort: 'medium' }, [], 'gpt-oss:20b').think).toBe('medium')
  expect(encode({ reasoning_effort: 'minimal' }, warnings, 'gpt-oss:20b').think).toBe('low')
  expect(encode({ thinking: { type: 'disabled' } }).think).toBe(false)
  expect(encode({})).not.toHaveProperty('think')
})

test('images are bare base64 beside the text', () => {
  const messages: ChatMessage[] = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
        { type: 'text', text: 'this?' },
      ],
    },
  ]
  expect(encode({ messages }).messages).toEqual([
    { role: 'user', content: 'What is\nthis?', images: ['iVBO'] },
  ])
})

test('calls and results: arguments are values, results name their tool', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'clock', arguments: '{"zone":"UTC"}' } }
  const messages: ChatMessage[] = [
    { role: 'assistant', content: null, reasoning_content: 'Hm.', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: 'noon' },
  ]
  expect(encode({ messages }).messages).toEqual([
    {
      role: 'assistant',
      content: '',
      thinking: 'Hm.',
      tool_calls: [{ id: 'c1', function: { name: 'clock', arguments: { zone: 'UTC' } } }],
    },
    { role: 'tool', content: 'noon', tool_call_id: 'c1', tool_name: 'clock' },
  ])
  const broken = { ...call, function: { name: 'clock', arguments: '[' } }
  expect(() => encode({ messages: [{ role: 'assistant', tool_calls: [broken] }] })).toThrow(
    /messages\[0\]\.tool_calls\[0\]\.function\.arguments/,
  )
})

test('there is no tool_choice: fewer tools stand for it, and that is noted', () => {
  const tools = ['a', 'b'].map(name => ({ type: 'function', function: { name } }))
  const warnings: Warning[] = []
  expect(encode({ tools, tool_choice: 'none' }, warnings)).not.toHaveProperty('tools')
  expect(
    encode({ tools, tool_choice: { type: 'function', function: { name: 'b' } } }, warnings).tools,
  ).toMatchObject([{ function: { name: 'b' } }])
  expect(encode({ tools, tool_choice: 'required' }, warnings).tools).toHaveLength(2)
  expect(warnings.map(({ action, param }) => `${action} ${param}`)).toEqual(
    Array(3).fill('approximated tool_choice'),
  )
})

test('parts that Ollama cannot take are refused by their place', () => {
  const messages: ChatMessage[] = [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }]
  expect(() => encode({ messages })).toThrow(/messages\[0\]\.content\[0\]\.type: "file"/)
})
