import { describe, expect, test } from 'vitest'
import { openaiModelParams } from './openai-models.ts'

describe('which efforts a model knows', () => {
  test.each([
    ['o3', ['low', 'medium', 'high']],
    ['ft:o4-mini-2025-04-16:org::id', ['low', 'medium', 'high']],
    ['gpt-5', ['minimal', 'low', 'medium', 'high']],
    ['gpt-5-nano-2025-08-07', ['minimal', 'low', 'medium', 'high']],
    ['gpt-5-pro', ['high']],
    ['gpt-5.1', ['none', 'low', 'medium', 'high']],
    ['gpt-5.1-codex-max', ['none', 'low', 'medium', 'high', 'xhigh']],
    ['openai/gpt-5.2', ['none', 'low', 'medium', 'high', 'xhigh']],
  ])('%s', (model, only) => {
    expect(openaiModelParams(model)?.reasoning_effort).toEqual({ only })
  })
})

test('models that think take one temperature, unless their thinking is off', () => {
  const one = { only: [1] }
  expect(openaiModelParams('o3')?.temperature).toEqual(one)
  expect(openaiModelParams('gpt-5', {})?.temperature).toEqual(one)
  expect(openaiModelParams('gpt-5.2', { reasoning_effort: 'high' })?.temperature).toEqual(one)
  expect(openaiModelParams('gpt-5.2', { reasoning_effort: 'none' })?.temperature).toBeUndefined()
  expect(openaiModelParams('gpt-5-chat-latest')?.temperature).toBeUndefined()
})

test('models that do not think have no effort and no verbosity, and drop the switch', () => {
  expect(openaiModelParams('gpt-4o-mini')).toEqual({
    verbosity: 'refuse',
    reasoning_effort: 'refuse',
    thinking: 'drop',
  })
})

test('newer models are told max_completion_tokens, others are left alone', () => {
  for (const model of ['o1', 'gpt-5', 'gpt-5.1', 'gpt-5-chat-latest', 'gpt-7'])
    expect(openaiModelParams(model)?.max_tokens).toEqual({ rename: 'max_completion_tokens' })
  expect(openaiModelParams('gpt-oss-120b')).toBeUndefined()
  expect(openaiModelParams('my-deployment')).toBeUndefined()
})
