import { expect, test } from 'vitest'
import type { ChatRequest } from '../../../types/chat.ts'
import { upstreamInfo } from '../testing/call-info.ts'
import { decodeThinking, encodeThinking, showsThoughts } from './thinking.ts'

function encode(model: string, request: Partial<ChatRequest>) {
  const info = upstreamInfo(model)
  const config = encodeThinking({ model, messages: [], ...request } as ChatRequest, info)
  return { config, warned: info.warnings.map(({ action, param }) => `${action} ${param}`) }
}

test.each<[string, string, unknown, string[]]>([
  ['gemini-2.5-flash', 'low', { includeThoughts: true, thinkingBudget: 1024 }, []],
  ['gemini-2.5-flash', 'minimal', { includeThoughts: true, thinkingBudget: 1 }, []],
  ['gemini-2.5-flash-lite', 'minimal', { includeThoughts: true, thinkingBudget: 512 }, []],
  ['gemini-2.5-pro', 'minimal', { includeThoughts: true, thinkingBudget: 128 }, []],
  ['gemini-2.5-flash', 'none', { includeThoughts: false, thinkingBudget: 0 }, []],
  [
    'gemini-2.5-pro',
    'none',
    { includeThoughts: false, thinkingBudget: 128 },
    ['approximated reasoning_effort'],
  ],
  ['gemini-3-pro-preview', 'low', { includeThoughts: true, thinkingLevel: 'LOW' }, []],
  [
    'gemini-3-pro-preview',
    'medium',
    { includeThoughts: true, thinkingLevel: 'HIGH' },
    ['approximated reasoning_effort'],
  ],
  ['gemini-3.1-pro-preview', 'medium', { includeThoughts: true, thinkingLevel: 'MEDIUM' }, []],
  ['gemini-3-flash-preview', 'minimal', { includeThoughts: true, thinkingLevel: 'MINIMAL' }, []],
  [
    'gemini-3-flash-preview',
    'xhigh',
    { includeThoughts: true, thinkingLevel: 'HIGH' },
    ['approximated reasoning_effort'],
  ],
  [
    'gemini-3-flash-preview',
    'none',
    { includeThoughts: false, thinkingLevel: 'MINIMAL' },
    ['approximated reasoning_effort'],
  ],
  ['gemini-2.0-flash', 'low', undefined, ['dropped reasoning_effort']],
  ['gemini-2.5-flash-image', 'low', undefined, ['dropped reasoning_effort']],
  [
    'gemini-2.5-flash',
    'constructor',
    { includeThoughts: true, thinkingBudget: 2048 },
    ['approximated reasoning_effort'],
  ],
])('%s with effort %s', (model, effort, config, warned) => {
  expect(encode(model, { reasoning_effort: effort })).toEqual({ config, warned })
})

test('a budget is kept, clamped to what the model takes, or becomes the nearest level', () => {
  const budget = (tokens: number) => ({ thinking: { type: 'enabled', budget_tokens: tokens } })
  expect(encode('gemini-2.5-flash', budget(5000)).config).toEqual({
    includeThoughts: true,
    thinkingBudget: 5000,
  })
  expect(encode('gemini-2.5-flash', budget(90_000))).toEqual({
    config: { includeThoughts: true, thinkingBudget: 24_576 },
    warned: ['clamped thinking'],
  })
  expect(encode('gemini-3-flash-preview', budget(5000))).toEqual({
    config: { includeThoughts: true, thinkingLevel: 'HIGH' },
    warned: ['approximated thinking'],
  })
  expect(encode('gemini-2.5-flash', { thinking: { type: 'adaptive' } }).config).toEqual({
    includeThoughts: true,
    thinkingBudget: -1,
  })
})

test.each([
  ['gemini-3-flash-preview', { includeThoughts: true, thinkingLevel: 'LOW' }],
  ['gemini-3-flash-preview', { includeThoughts: false, thinkingLevel: 'HIGH' }],
  ['gemini-2.5-flash', { includeThoughts: true, thinkingBudget: 300 }],
  ['gemini-2.5-flash', { includeThoughts: false, thinkingBudget: 300 }],
  ['gemini-2.5-flash', { includeThoughts: false, thinkingBudget: -1 }],
  ['gemini-2.5-flash', { includeThoughts: false, thinkingBudget: 0 }],
])('%s: %o survives the way in and out', (model, config) => {
  const hub = decodeThinking(config, 'generationConfig.thinkingConfig')
  expect(encode(model, hub)).toEqual({ config, warned: [] })
  expect(showsThoughts({ model, messages: [], ...hub })).toBe(config.includeThoughts)
})
