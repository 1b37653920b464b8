import { describe, expect, test } from 'vitest'
import { splitOptions } from './call-options.ts'

const read = (body: Record<string, unknown>) => splitOptions({ model: 'a', ...body }).options

describe('fallbacks in a request', () => {
  test('are names, objects with what is asked instead, or lists by group', () => {
    expect(read({ fallbacks: ['b', { model: 'c', max_tokens: 5, api_key: 'sk-own' }] })).toEqual({
      fallbacks: ['b', { model: 'c', params: { max_tokens: 5 }, options: { apiKey: 'sk-own' } }],
    })
    expect(read({ context_window_fallbacks: [{ a: ['b'], c: ['d'] }, { e: ['f'] }] })).toEqual({
      contextWindowFallbacks: new Map([
        ['a', ['b']],
        ['c', ['d']],
        ['e', ['f']],
      ]),
    })
    expect(read({ content_policy_fallbacks: ['b'] })).toEqual({ contentPolicyFallbacks: ['b'] })
    expect(read({ fallbacks: null })).toEqual({})
  })

  test.each([
    [{ fallbacks: 'b' }, 'fallbacks: must be an array of model names.'],
    [{ fallbacks: [3] }, 'fallbacks[0]: must be a string, or an object with a model.'],
    [{ fallbacks: [{ a: ['b'] }, 'c'] }, 'fallbacks[1]: must be { group: [model names] } like the others.'],
    [
      { fallbacks: [{ a: [{ model: 5 }] }] },
      'fallbacks[0].a[0]: must be a string, or an object with a model.',
    ],
    [{ fallbacks: [{ model: 'b', timeout: 3 }] }, 'fallbacks[0]: timeoutMs belongs to the whole call'],
    [{ fallbacks: [{ model: 'b', stream: true }] }, 'fallbacks[0]: stream belongs to the whole call'],
  ])('%j is refused', (body, message) => {
    expect(() => read(body)).toThrow(message)
  })
})

test('failures on demand name the kind of failure, and `false` asks for none', () => {
  expect(read({ mock_testing_fallbacks: true })).toEqual({ mockFailure: 'internal' })
  expect(read({ mock_testing_context_window_fallbacks: 'true' })).toEqual({ mockFailure: 'context_window' })
  expect(read({ mock_testing_content_policy_fallbacks: true })).toEqual({ mockFailure: 'content_policy' })
  expect(read({ mock_testing_rate_limit_error: true, mock_testing_fallbacks: false })).toEqual({
    mockFailure: 'rate_limit',
  })
  expect(read({ mock_testing_fallbacks: false })).toEqual({})
})
