import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '../../../types/chat.ts'
import { testInfo } from '../testing/call-info.ts'
import { type Block, encodeContext } from './context.ts'
import { encodeMessages } from './messages.ts'

function encode(messages: ChatMessage[], model?: string) {
  const info = testInfo(model)
  return { ...encodeMessages({ model: info.model, messages }, encodeContext(info)), warnings: info.warnings }
}

describe('system messages', () => {
  test('become a string when one bare text says it all', () => {
    const { system, messages } = encode([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ])
    expect(system).toBe('Be brief.')
    expect(messages).toEqual([{ role: 'user', content: 'Hi' }])
  })

  test('become blocks that keep cache marks of parts and of the message', () => {
    const { system } = encode([
      { role: 'system', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
      { role: 'developer', content: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { role: 'user', content: 'Hi' },
    ])
    expect(system).toEqual([
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ])
  })

  const late: ChatMessage[] = [
    { role: 'user', content: 'Hi' },
    { role: 'system', content: 'Now in French.' },
    { role: 'assistant', content: 'Salut' },
    { role: 'user', content: 'More' },
  ]
  test('between turns stay there on models that know them', () => {
    const { system, messages, warnings } = encode(late, 'claude-opus-5')
    expect(system).toBeUndefined()
    expect(messages[1]).toEqual({ role: 'system', content: 'Now in French.' })
    expect(warnings).toEqual([])
  })

  test('between turns move to the prompt, with a warning, on older models', () => {
    const { system, messages, warnings } = encode(late, 'claude-sonnet-4-5')
    expect(system).toBe('Now in French.')
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(warnings).toMatchObject([{ action: 'approximated', param: 'messages[1]' }])
  })

  test('alone are not a conversation', () => {
    expect(() => encode([{ role: 'system', content: 'x' }])).toThrow(/at least one user message/)
  })
})

describe('turns', () => {
  test('neighbours of one role merge, tool results of several messages share one user turn', () => {
    const { messages } = encode([
      { role: 'user', content: 'one' },
      { role: 'user', content: 'two' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'f', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'bad' }], is_error: true },
      { role: 'user', content: 'go on' },
    ])
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'ok' },
          {
            type: 'tool_result',
            tool_use_id: 'b',
            content: [{ type: 'text', text: 'bad' }],
            is_error: true,
          },
          { type: 'text', text: 'go on' },
        ],
      },
    ])
  })

  test('tool results come before what the user said in the same turn', () => {
    const { messages } = encode([
      { role: 'user', content: 'hm' },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
    ])
    expect(messages[0]?.content).toMatchObject([{ type: 'tool_result' }, { type: 'text' }])
  })

  test('ids Anthropic would refuse are spelled alike in the call and in its result', () => {
    const { messages } = encode([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'call:1/x', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'call:1/x', content: 'ok' },
    ])
    const [call] = messages[0]?.content ?? []
    const [result] = messages[1]?.content ?? []
    expect(call).toMatchObject({ id: expect.stringMatching(/^[a-zA-Z0-9_-]+$/) })
    expect(result).toMatchObject({ tool_use_id: (call as Block).id })
  })

  test('thinking blocks go back unchanged and first, redacted ones too; unsigned ones cannot', () => {
    const { messages, warnings } = encode([
      { role: 'user', content: 'x' },
      {
        role: 'assistant',
        content: 'y',
        thinking_blocks: [
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'zz' },
          { type: 'thinking', thinking: 'foreign', signature: null },
        ],
      },
      { role: 'user', content: 'z' },
    ])
    expect(messages[1]?.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'zz' },
      { type: 'text', text: 'y' },
    ])
    expect(warnings).toMatchObject([{ action: 'dropped', param: 'messages[1].thinking_blocks[2]' }])
  })

  test('reasoning without blocks is dropped with a warning, names and empty texts too', () => {
    const { messages, warnings } = encode([
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: ' ' },
          { type: 'text', text: 'x' },
        ],
      },
      { role: 'assistant', content: 'y', reasoning_content: 'hm' },
    ])
    expect(messages).toEqual([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'y' },
    ])
    expect(warnings.map(({ param }) => param)).toEqual([
      'messages[0].name',
      'messages[0].content[0]',
      'messages[1].reasoning_content',
    ])
  })

  test('a prefilled answer loses its trailing white space, with a warning', () => {
    const { messages, warnings } = encode([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'The answer is ( ' },
    ])
    expect(messages[1]).toEqual({ role: 'assistant', content: 'The answer is (' })
    expect(warnings).toMatchObject([{ param: 'messages[1].content' }])
  })

  test('broken arguments are kept as text, with a warning', () => {
    const { messages, warnings } = encode([
      {
        role: 'assistant',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":' } }],
      },
    ])
    expect(messages[0]?.content).toMatchObject([{ input: { raw_arguments: '{"x":' } }])
    expect(warnings).toMatchObject([{ param: 'messages[0].tool_calls[0].function.arguments' }])
  })

  test('a message-level cache mark sits on the last block', () => {
    const { messages } = encode([
      { role: 'user', content: 'x', cache_control: { type: 'ephemeral' } },
      { role: 'assistant', content: 'y' },
      { role: 'user', content: 'z' },
    ])
    expect(messages[0]?.content).toEqual([{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }])
  })

  test('encoding leaves the request as it was', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: [{ type: 'other', x: 1 } as never], cache_control: { type: 'ephemeral' } },
      {
        role: 'user',
        content: [{ type: 'search_result', source: 's' } as never],
        cache_control: { type: 'ephemeral' },
      },
      { role: 'assistant', content: [{ type: 'text', text: 'a ' }] },
    ]
    const before = structuredClone(messages)
    encode(messages)
    expect(messages).toEqual(before)
  })
})
