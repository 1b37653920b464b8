import { describe, expect, test } from 'vitest'
import { createError, ERROR_KINDS, type ErrorKind } from '../errors.ts'
import { type FallbackSettings, fallbacksFor, namedFallbacks, withOptions } from './fallbacks.ts'
import { NO_CAPABLE_DEPLOYMENT } from './filters/refusal.ts'

const error = (kind: ErrorKind, code?: string) => createError({ kind, message: kind, code })
const kinds = Object.keys(ERROR_KINDS) as ErrorKind[]

const settings: FallbackSettings = {
  fallbacks: new Map([
    ['g', ['f']],
    ['*', ['any']],
    ['azure/*', ['clouds']],
    ['azure/eu-*', ['eu']],
  ]),
  defaultFallbacks: ['last'],
  contextWindowFallbacks: new Map([['g', ['long']]]),
  contentPolicyFallbacks: new Map([['*', ['lenient']]]),
  maxFallbacks: 5,
}
const names = (group: string, kind: ErrorKind, own = settings, code?: string) =>
  fallbacksFor(group, error(kind, code), own).map(({ model }) => model)

describe('fallbacksFor', () => {
  test('a list for the kind comes before the general one; a star stands for groups without a list', () => {
    expect(names('g', 'rate_limit')).toEqual(['f', 'last'])
    expect(names('h', 'rate_limit')).toEqual(['any', 'last'])
    expect(names('g', 'context_window')).toEqual(['long', 'f', 'last'])
    expect(names('h', 'content_policy')).toEqual(['lenient', 'any', 'last'])
  })

  test('the most specific pattern counts, and a name without its provider', () => {
    expect(names('azure/gpt', 'internal')).toEqual(['clouds', 'last'])
    expect(names('azure/eu-gpt', 'internal')).toEqual(['eu', 'last'])
    expect(names('openai/g', 'internal')).toEqual(['f', 'last'])
  })

  test('an alias has the lists of its group, unless it has its own', () => {
    const groupAliases = new Map([
      ['h', { group: 'g', hidden: false }],
      ['azure/*', { group: 'g', hidden: false }],
    ])
    expect(names('h', 'internal', { ...settings, groupAliases })).toEqual(['f', 'last'])
    expect(names('azure/*', 'internal', { ...settings, groupAliases })).toEqual(['clouds', 'last'])
  })

  test('nobody else is asked what is wrong anyway', () => {
    const hopeless = kinds.filter(kind => names('g', kind).length === 0)
    expect(hopeless.sort()).toEqual(
      [
        'aborted',
        'bad_request',
        'budget',
        'image_fetch',
        'too_large',
        'unknown_provider',
        'unprocessable',
        'unsupported_params',
      ].sort(),
    )
  })

  test('what no deployment of the group can do, another group may', () => {
    expect(names('g', 'bad_request', settings, NO_CAPABLE_DEPLOYMENT)).toEqual(['f', 'last'])
  })
})

describe('a call’s own fallbacks', () => {
  test('replace the configured ones of their kind only, as a list or by group, with what is asked instead', () => {
    const target = { model: 'own', params: { max_tokens: 5 } }
    const listed = withOptions(settings, { fallbacks: ['a', target] })
    expect(fallbacksFor('g', error('internal'), listed)).toEqual([{ model: 'a' }, target, { model: 'last' }])
    expect(names('g', 'context_window', listed)).toEqual(['long', 'a', 'own', 'last'])
    const mapped = withOptions(settings, { contextWindowFallbacks: new Map([['h', ['b']]]) })
    expect(names('h', 'context_window', mapped)).toEqual(['b', 'any', 'last'])
    expect(names('g', 'context_window', mapped)).toEqual(['f', 'last'])
    expect(withOptions(settings, {})).toBe(settings)
  })

  test('all name what their caller must be allowed to use', () => {
    const named = namedFallbacks({
      fallbacks: ['a', { model: 'b' }],
      contextWindowFallbacks: new Map([['g', ['c']]]),
      contentPolicyFallbacks: ['d'],
    })
    expect(named.map(({ model }) => model)).toEqual(['a', 'b', 'c', 'd'])
  })
})
