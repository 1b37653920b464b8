import { expect, test } from 'vitest'
import { replyOf, wireOf } from '../testing/wire-of.ts'

const deepseek = wireOf('deepseek', 'deepseek-chat')

test('thinking is a switch: a budget is dropped and said so', () => {
  const { body } = deepseek.sends({ thinking: { type: 'enabled', budget_tokens: 2000 } })
  expect(body.thinking).toEqual({ type: 'enabled' })
  expect(deepseek.warnings).toMatchObject([{ action: 'dropped', param: 'thinking.budget_tokens' }])
})

test.each([
  ['none', { type: 'disabled' }, undefined],
  ['high', { type: 'enabled' }, 'high'],
])('effort "%s"', (effort, thinking, sent) => {
  const { body } = deepseek.sends({ reasoning_effort: effort })
  expect(body.thinking).toEqual(thinking)
  expect(body.reasoning_effort).toBe(sent)
})

test('lists of text are text; pictures are left for DeepSeek to judge; a prefix passes', () => {
  const picture = { type: 'image_url' as const, image_url: { url: 'https://x.example/a.png' } }
  const { body } = deepseek.sends({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: [picture] },
      { role: 'assistant', content: '```py', prefix: true },
    ],
  })
  expect(body.messages).toEqual([
    { role: 'user', content: 'a\n\nb' },
    { role: 'user', content: [picture] },
    { role: 'assistant', content: '```py', prefix: true },
  ])
})

test('an answer of a given schema is asked for in words, and the receipt says so', () => {
  const schema = { type: 'object', properties: { x: { type: 'number' } } }
  const { body } = deepseek.sends({
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
  })
  expect(body.response_format).toEqual({ type: 'json_object' })
  expect(body.messages).toMatchObject([
    { role: 'system', content: expect.stringContaining(JSON.stringify(schema)) },
    { role: 'user' },
  ])
  expect(deepseek.warnings).toMatchObject([{ action: 'approximated', param: 'response_format' }])
})

test('cache hits are cached tokens', () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 2,
    total_tokens: 12,
    prompt_cache_hit_tokens: 8,
    prompt_cache_miss_tokens: 2,
  }
  expect(deepseek.reads(replyOf({ content: 'a' }, { usage })).usage).toMatchObject({
    prompt_tokens_details: { cached_tokens: 8 },
  })
})

test('an answer the service broke off for want of resources does not look finished', () => {
  expect(
    deepseek.reads(replyOf({ content: 'a' }, {}, 'insufficient_system_resource')).choices[0]?.finish_reason,
  ).toBe('length')
})

test('the reasoner has no log probabilities', () => {
  expect(() => wireOf('deepseek', 'deepseek-reasoner').sends({ logprobs: true })).toThrow(/logprobs/)
  expect(deepseek.sends({ logprobs: true }).body.logprobs).toBe(true)
})
