import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../types/chat.ts'
import { testInfo } from '../testing/call-info.ts'
import { traitsOf } from './models.ts'
import { encodeRequest } from './request.ts'

function encode(request: Partial<ChatRequest>, model: string) {
  const info = testInfo(model)
  const { body } = encodeRequest(
    { model: 'alias', messages: [{ role: 'user', content: 'Hi' }], ...request },
    info,
  )
  return { body, warnings: info.warnings.map(({ action, param }) => `${action} ${param}`) }
}

describe('reasoning_effort', () => {
  test.each([
    ['minimal', 1024],
    ['low', 1024],
    ['medium', 2048],
    ['high', 4096],
    ['xhigh', 8192],
    ['max', 16384],
  ])('%s is a budget of %i on models that think by budget', (effort, budget) => {
    const { body } = encode({ reasoning_effort: effort }, 'claude-sonnet-4-5')
    expect(body.thinking).toEqual({ type: 'enabled', budget_tokens: budget })
    expect(body).not.toHaveProperty('output_config')
  })

  test('is an effort on models that think adaptively', () => {
    expect(encode({ reasoning_effort: 'xhigh' }, 'claude-opus-4-7').body).toMatchObject({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'xhigh' },
    })
    const { body, warnings } = encode({ reasoning_effort: 'xhigh' }, 'claude-opus-4-6')
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } })
    expect(warnings).toEqual(['approximated reasoning_effort'])
  })

  test.each([
    ['claude-sonnet-4-5', undefined],
    ['claude-opus-5', { type: 'disabled' }],
    ['claude-sonnet-5-5', { type: 'between_tools' }],
    ['claude-opus-5-5', undefined],
  ])('none on %s', (model, thinking) => {
    const { body, warnings } = encode({ reasoning_effort: 'none' }, model)
    expect(body.thinking).toEqual(thinking)
    expect(warnings).toEqual(model === 'claude-opus-5-5' ? ['approximated reasoning_effort'] : [])
  })

  test('is dropped with a warning where it cannot be', () => {
    expect(encode({ reasoning_effort: 'low' }, 'claude-3-5-haiku-20241022').warnings).toEqual([
      'dropped reasoning_effort',
    ])
    const forced = encode(
      {
        reasoning_effort: 'low',
        tools: [{ type: 'function', function: { name: 'f' } }],
        tool_choice: 'required',
      },
      'claude-sonnet-4-5',
    )
    expect(forced.body).not.toHaveProperty('thinking')
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const loop = encode(
      {
        reasoning_effort: 'low',
        tools: [{ type: 'function', function: { name: 'f' } }],
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'a', content: 'y' },
        ],
      },
      'claude-sonnet-4-5',
    )
    expect(loop.body).not.toHaveProperty('thinking')
    expect([...forced.warnings, ...loop.warnings]).toEqual([
      'dropped reasoning_effort',
      'dropped reasoning_effort',
    ])
  })

  test('of an unknown word is refused, also of a word every object knows', () => {
    for (const word of ['loads', 'constructor', '__proto__'])
      expect(() => encode({ reasoning_effort: word }, 'claude-sonnet-4-5')).toThrow(/must be one of/)
  })
})

describe('thinking', () => {
  const thinking = { type: 'enabled', budget_tokens: 5000, display: 'omitted' }
  test('goes verbatim and wins over reasoning_effort', () => {
    const { body } = encode({ thinking, reasoning_effort: 'low' }, 'claude-sonnet-4-5')
    expect(body.thinking).toEqual(thinking)
  })
  test('raises max_tokens above its budget, with a warning', () => {
    const { body, warnings } = encode({ thinking, max_tokens: 1000 }, 'claude-sonnet-4-5')
    expect(body.max_tokens).toBe(6000)
    expect(warnings).toEqual(['approximated max_tokens'])
  })
  test('rules temperature and top_k out, and low top_p, with warnings', () => {
    const { body, warnings } = encode(
      { thinking, temperature: 0.5, top_p: 0.5, top_k: 4 },
      'claude-sonnet-4-5',
    )
    for (const key of ['temperature', 'top_p', 'top_k']) expect(body).not.toHaveProperty(key)
    expect(warnings).toEqual(['dropped temperature', 'dropped top_p', 'dropped top_k'])
    expect(encode({ thinking, top_p: 0.97 }, 'claude-sonnet-4-5').body.top_p).toBe(0.97)
  })
})

describe('the table of models', () => {
  test.each([
    ['claude-2.1', 'none', 'tool'],
    ['claude-3-5-sonnet-20241022', 'none', 'tool'],
    ['claude-3-7-sonnet-20250219', 'manual', 'tool'],
    ['claude-sonnet-4-20250514', 'manual', 'tool'],
    ['claude-opus-4-1-20250805', 'manual', 'tool'],
    ['claude-haiku-4-5@20251001', 'manual', 'native'],
    ['us.anthropic.claude-opus-4-6-v1:0', 'either', 'native'],
    ['anthropic/claude-opus-4.7', 'adaptive', 'native'],
    ['claude-opus-4-8-20260528', 'adaptive', 'native'],
    ['claude-mythos-preview', 'either', 'native'],
    ['claude-fable-5-2', 'adaptive', 'native'],
    ['claude-opus-latest', 'manual', 'tool'],
    ['kimi-k2-thinking', 'manual', 'tool'],
  ])('%s thinks: %s, schemas: %s', (model, thinking, jsonSchema) => {
    expect(traitsOf(model)).toMatchObject({ thinking, jsonSchema })
  })
})

test('thinking that another vendor signed, or nobody, is not sent as Anthropic’s', () => {
  const thinking_blocks = [
    { type: 'thinking' as const, thinking: 'a', signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h+/w==' },
    { type: 'thinking' as const, thinking: 'b', signature: 'openai-responses:rs_1:gAAA' },
    { type: 'thinking' as const, thinking: 'c' },
    { type: 'redacted_thinking' as const, data: 'd' },
  ]
  const { body, warnings } = encode(
    {
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: 'y', thinking_blocks },
        { role: 'user', content: 'z' },
      ],
    },
    'claude-opus-4-6',
  )
  expect((body.messages as { content: unknown }[])[1]?.content).toEqual([
    thinking_blocks[0],
    thinking_blocks[3],
    { type: 'text', text: 'y' },
  ])
  expect(warnings).toEqual([
    'dropped messages[1].thinking_blocks[1]',
    'dropped messages[1].thinking_blocks[2]',
  ])
})
