import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../types/chat.ts'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo, InboundInfo } from '../codec.ts'
import { encodeMessages } from './messages.ts'
import type { OpenaiChatOptions } from './options.ts'
import { decodeRequest, encodeRequest } from './request.ts'

const hello = { role: 'user' as const, content: 'Hi' }

function told(over: Partial<CallInfo> = {}) {
  const warnings: Warning[] = []
  const deployment = { id: 'd', group: 'g', provider: 'p', model: 'm' }
  const info: CallInfo = {
    id: 'c',
    now: 0,
    model: 'm',
    stream: false,
    deployment,
    warn: warning => void warnings.push(warning),
    ...over,
  }
  return { info, warnings }
}

const inbound: InboundInfo = { id: 'c', now: 0, warn() {} }

function encode(
  request: Partial<ChatRequest>,
  options: OpenaiChatOptions = {},
  over: Partial<CallInfo> = {},
) {
  const { info, warnings } = told(over)
  const { body } = encodeRequest({ model: 'asked', messages: [hello], ...request }, info, options)
  return { body, said: warnings.map(({ action, param }) => `${action} ${param}`) }
}

describe('decodeRequest names field, rule and remedy', () => {
  const ok = { model: 'm', messages: [hello] }
  test.each<[unknown, string]>([
    ['text', 'The request body must be a JSON object.'],
    [[], 'The request body must be a JSON object.'],
    [{ messages: [hello] }, 'model: must be a non-empty string naming a model, for example "gpt-4o".'],
    [{ ...ok, model: '' }, 'model: must be a non-empty string naming a model, for example "gpt-4o".'],
    [{ ...ok, messages: [] }, 'messages: must be a non-empty array of messages.'],
    [{ ...ok, messages: 'Hi' }, 'messages: must be a non-empty array of messages.'],
    [{ ...ok, messages: ['Hi'] }, 'messages[0]: must be an object with role and content.'],
    [{ ...ok, messages: [hello, { role: 'bot', content: '' }] }, 'messages[1].role: must be one of system, '],
    [
      { ...ok, messages: [{ role: 'user' }] },
      'messages[0].content: must be a string or an array of content parts.',
    ],
    [
      { ...ok, messages: [{ role: 'user', content: 7 }] },
      'messages[0].content: must be a string or an array',
    ],
    [
      { ...ok, messages: [{ role: 'user', content: ['Hi'] }] },
      'messages[0].content[0]: must be an object with a type',
    ],
    [
      { ...ok, messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      'messages[0].content[0].text: must be a string',
    ],
    [
      { ...ok, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages[0].content[0].image_url.url: must be an http(s) URL or a data: URI.',
    ],
    [
      { ...ok, messages: [{ role: 'tool', content: '' }] },
      'messages[0].tool_call_id: must name the tool call',
    ],
    [
      { ...ok, messages: [{ role: 'assistant', tool_calls: {} }] },
      'messages[0].tool_calls: must be an array.',
    ],
    [{ ...ok, stream: 'yes' }, 'stream: must be true or false.'],
    [{ ...ok, tools: 'all' }, 'tools: must be an array.'],
    [{ ...ok, modalities: 'text' }, 'modalities: must be an array.'],
    [{ ...ok, max_tokens: 0 }, 'max_tokens: must be a whole number of at least 1.'],
    [{ ...ok, max_completion_tokens: 1.5 }, 'max_completion_tokens: must be a whole number of at least 1.'],
    [{ ...ok, n: '2' }, 'n: must be a whole number of at least 1.'],
  ])('%j', (body, message) => {
    const attempt = () => decodeRequest(body, inbound)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ name: 'BadRequestError', status: 400 }))
  })

  test('the very same object comes back, unknown fields, nulls and all', () => {
    const body = { ...ok, max_tokens: null, stream: null, brand_new: [1] }
    expect(decodeRequest(body, inbound)).toBe(body)
  })

  test('a model in the path wins over the body', () => {
    expect(decodeRequest(ok, { ...inbound, model: 'path' })).toEqual({ ...ok, model: 'path' })
  })
})

describe('encodeMessages', () => {
  test('gives the same array when there is nothing to change, however rich it is', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'system', content: [{ type: 'text', text: 'x' }] },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'ok' }] },
    ]
    const { info, warnings } = told()
    expect(encodeMessages(messages, info, {})).toBe(messages)
    expect(warnings).toEqual([])
  })

  test('leaves other formats’ marks out, by path, and leaves the caller’s objects alone', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'hm',
        thinking_blocks: null,
        tool_calls: [
          {
            id: 'c',
            type: 'function',
            function: { name: 'f', arguments: '' },
            provider_specific_fields: { a: 1 },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c', content: 'no', is_error: true },
    ]
    const before = structuredClone(messages)
    const { body, said } = encode({ messages })
    expect(JSON.stringify(body)).not.toMatch(/cache_control|reasoning|thinking|provider_specific|is_error/)
    expect(said).toEqual([
      'dropped messages[0].content[0].cache_control',
      'dropped messages[1].reasoning_content',
      'dropped messages[1].tool_calls[0].provider_specific_fields',
      'dropped messages[2].is_error',
    ])
    expect(messages).toEqual(before)
  })

  test('keeps what the provider is known to take', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: 'x', cache_control: { type: 'ephemeral' } },
      { role: 'assistant', content: 'y', reasoning_content: 'hm' },
    ]
    expect(encode({ messages }, { keeps: ['cache_control', 'reasoning_content'] }).body.messages).toBe(
      messages,
    )
  })

  test('thinking among the parts of an answer is left out', () => {
    const messages: ChatRequest['messages'] = [
      hello,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'x' },
          { type: 'text', text: 'y' },
        ],
      },
      { role: 'assistant', content: [{ type: 'redacted_thinking', data: 'x' }] },
    ]
    const { body, said } = encode({ messages })
    expect(body.messages).toEqual([
      hello,
      { role: 'assistant', content: [{ type: 'text', text: 'y' }] },
      { role: 'assistant', content: null },
    ])
    expect(said).toEqual(['dropped messages[1].content[0]', 'dropped messages[2].content[0]'])
  })

  test('media of tool results follow all results of the turn', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }
    const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '' } })
    const messages = [
      hello,
      { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'see' }, image] },
      { role: 'tool', tool_call_id: 'b', content: 'plain' },
      { role: 'user', content: 'And?' },
    ] as ChatRequest['messages']
    expect(encode({ messages }).body.messages).toEqual([
      messages[0],
      messages[1],
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'see' }] },
      messages[3],
      { role: 'user', content: [{ type: 'text', text: 'Result of tool call a:' }, image] },
      messages[4],
    ])
  })

  test('`developer` becomes `system` where the provider knows no other', () => {
    const { body, said } = encode(
      { messages: [{ role: 'developer', content: 'x' }] },
      { developerRole: false },
    )
    expect(body.messages).toEqual([{ role: 'system', content: 'x' }])
    expect(said).toEqual(['renamed messages[0].role'])
  })
})

describe('encodeRequest', () => {
  test('stream and its options are the call’s to decide', () => {
    const options = { stream_options: { include_usage: false, extra: 1 } }
    expect(encode({ stream: true, ...options }).body).not.toHaveProperty('stream')
    expect(encode(options).body).not.toHaveProperty('stream_options')
    expect(encode(options, {}, { stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true, extra: 1 },
    })
    expect(encode(options, { streamUsage: false }, { stream: true }).body).not.toHaveProperty(
      'stream_options',
    )
  })

  test('max_tokens takes the name the model wants', () => {
    const options = { wantsMaxCompletionTokens: () => true }
    expect(encode({ max_tokens: 5 }, options)).toEqual({
      body: { model: 'm', messages: [hello], max_completion_tokens: 5 },
      said: ['renamed max_tokens'],
    })
    expect(encode({ max_tokens: 5, max_completion_tokens: 7 }, options).body.max_completion_tokens).toBe(7)
    expect(encode({ max_tokens: null, max_completion_tokens: 7 }, options).said).toEqual([])
  })

  test.each([
    [{ type: 'enabled', budget_tokens: 100 }, 'minimal'],
    [{ type: 'enabled', budget_tokens: 1024 }, 'low'],
    [{ type: 'enabled', budget_tokens: 2048 }, 'medium'],
    [{ type: 'enabled', budget_tokens: 50_000 }, 'high'],
    [{ type: 'adaptive' }, 'medium'],
  ])('thinking %j is said as reasoning_effort %s', (thinking, effort) => {
    expect(encode({ thinking })).toMatchObject({
      body: { reasoning_effort: effort },
      said: ['approximated thinking'],
    })
  })

  test('thinking goes as it is to those who know it, and yields to reasoning_effort', () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    expect(encode({ thinking }, { thinking: true }).body.thinking).toEqual(thinking)
    expect(encode({ thinking, reasoning_effort: 'high' })).toMatchObject({
      body: { reasoning_effort: 'high' },
      said: ['dropped thinking'],
    })
  })

  test('nulls of known parameters are left out; unknown fields are not ours to judge', () => {
    const { body } = encode({ temperature: null, tools: null, brand_new: null })
    expect(body).toEqual({ model: 'm', messages: [hello], brand_new: null })
  })
})
