import { describe, expect, test } from 'vitest'
import { chunkOf, replyOf, wireOf } from '../testing/wire-of.ts'

const openrouter = wireOf('openrouter', 'anthropic/claude-sonnet-4.5')

describe('requests', () => {
  test('usage with its cost is always asked for; routing and the like pass', () => {
    const own = {
      provider: { order: ['x'] },
      transforms: ['middle-out'],
      models: ['a', 'b'],
      route: 'fallback',
    }
    const { body } = openrouter.sends(own)
    expect(body).toMatchObject({ ...own, usage: { include: true } })
  })

  test.each([
    [{ type: 'enabled' as const, budget_tokens: 2000 }, { max_tokens: 2000 }],
    [{ type: 'disabled' as const }, { enabled: false }],
    [{ type: 'adaptive' as const }, { enabled: true }],
  ])('thinking %j is reasoning %j', (thinking, reasoning) => {
    const { body } = openrouter.sends({ thinking })
    expect(body.reasoning).toEqual(reasoning)
    expect(body.thinking).toBeUndefined()
  })

  test('signed thinking goes back as it came', () => {
    const details = [{ type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1' }]
    const answer = { role: 'assistant' as const, content: 'a' }
    const blocks = [{ type: 'thinking' as const, thinking: 'hm', signature: 's' }]
    const sent = (message: object) =>
      (openrouter.sends({ messages: [{ ...answer, ...message }] }).body.messages as unknown[])[0]
    expect(sent({ reasoning_details: details, thinking_blocks: blocks, reasoning_content: 'hm' })).toEqual({
      ...answer,
      reasoning_details: details,
    })
    expect(sent({ thinking_blocks: blocks })).toEqual({
      ...answer,
      reasoning_details: [{ ...details[0], index: 0 }],
    })
    expect(sent({ reasoning_content: 'hm' })).toEqual({ ...answer, reasoning: 'hm' })
  })

  test('marks for the cache pass', () => {
    const content = [{ type: 'text' as const, text: 'a', cache_control: { type: 'ephemeral' } }]
    expect(openrouter.sends({ messages: [{ role: 'user', content }] }).body.messages).toEqual([
      { role: 'user', content },
    ])
  })
})

describe('replies', () => {
  const details = [
    { type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1', index: 0 },
    { type: 'reasoning.encrypted', data: 'x', format: 'anthropic-claude-v1', index: 1 },
  ]

  test('reasoning, its details and the cost arrive', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.01 }
    const reply = openrouter.reads(
      replyOf({ content: 'a', reasoning: 'hm', reasoning_details: details }, { usage }),
    )
    expect(reply.usage).toMatchObject({ cost: 0.01 })
    expect(reply.choices[0]?.message).toMatchObject({
      reasoning_content: 'hm',
      reasoning_details: details,
      thinking_blocks: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'redacted_thinking', data: 'x' },
      ],
    })
  })

  test('an error inside a 200 is an error: in the choice, beside the choices, in a chunk', () => {
    const error = { code: 429, message: 'Provider returned error' }
    const inChoice = {
      id: 'r',
      choices: [{ index: 0, message: { content: '' }, error, finish_reason: 'error' }],
    }
    expect(() => openrouter.reads(inChoice)).toThrow(
      expect.objectContaining({ kind: 'rate_limit', retryable: true }),
    )
    expect(() => openrouter.reads({ error })).toThrow(expect.objectContaining({ kind: 'rate_limit' }))
    expect(() => openrouter.streams([chunkOf({ content: 'a' }), chunkOf({}, { error }, 'error')])).toThrow(
      /Provider returned error/,
    )
  })
})
