import { expect, test } from 'vitest'
import { nanoFromDecimal, readDecimal } from './decimal.ts'
import { modelKey } from './model-key.ts'

test.each([
  [
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'USE1-Claude4.5Sonnet-input-tokens',
    'Claude Sonnet 4.5 (Amazon Bedrock Edition)',
    'claude-sonnet-4-5-20250929',
    'Claude Sonnet 4.5',
    'claude-sonnet-4-5@20250929',
  ],
  ['gpt-4o', 'gpt-4o-2024-08-06', 'GPT-4o', 'gpt-4o-0513 Inp glbl Tokens', 'gpt 4o 1120 cached Inp glbl'],
  ['gpt-4.1-mini', 'gpt 4.1 mini Outp glbl Tokens', 'gpt-4.1-mini-2025-04-14'],
  ['gpt-5-mini', 'GPT 5 Mini Inpt Glbl 1M Tokens'],
  ['o4-mini', 'o4-mini 0416 Inp glbl Tokens', 'o4-mini-2025-04-16'],
  [
    'gemini-2.5-flash',
    'Gemini 2.5 Flash Text Output - Predictions',
    'Gemini 2.5 Flash Text Output (Thinking On) - Predictions',
  ],
  ['gemini-3-flash', 'Gemini 3 Flash Text Input Caching'],
  ['amazon.nova-lite-v1:0', 'USE1-NovaLite-input-tokens', 'EUC1-NovaLite-output-tokens-batch'],
  ['meta.llama3-3-70b-instruct-v1:0', 'USW2-Llama3-3-70B-input-tokens'],
])('%s is the same model under its names on bills', (...names) => {
  expect(new Set(names.map(modelKey)).size).toBe(1)
})

test('models that only resemble each other stay apart', () => {
  const names = [
    ...[
      'gpt-4o',
      'gpt-4o-mini',
      'gpt-4',
      'gpt-4-turbo',
      'gpt-5',
      'gpt-5-mini',
      'gpt-5-nano',
      'o1',
      'o3',
      'o1-mini',
    ],
    ...[
      'claude-sonnet-4-5',
      'claude-opus-4-5',
      'claude-sonnet-4',
      'claude-haiku-4-5',
      'claude-3-5-haiku-20241022',
    ],
    ...['gemini-2.5-flash', 'gemini-2.5-flash-lite', 'gemini-2.5-pro', 'gemini-2.0-flash'],
  ]
  expect(new Set(names.map(modelKey)).size).toBe(names.length)
})

test('amounts are read to the last digit and rounded once', () => {
  const nano = (text: string) => nanoFromDecimal(readDecimal(text) ?? -1n)
  expect(nano('0.13080438')).toBe(130_804_380)
  expect(nano('1.5E-7')).toBe(150)
  expect(nano('0.8958740000000000')).toBe(895_874_000)
  expect(nano('1,234.5')).toBe(1_234_500_000_000)
  expect(nano('-0.0000000005')).toBe(-1)
  expect(nano('.5')).toBe(500_000_000)
  const tiny = readDecimal('0.0000000001') ?? 0n
  expect(nanoFromDecimal(tiny * 25n)).toBe(3)
  for (const wrong of ['', '.', 'abc', '1.2.3', '1e999', 'NaN', '0x10', '$1'])
    expect(readDecimal(wrong)).toBeUndefined()
})
