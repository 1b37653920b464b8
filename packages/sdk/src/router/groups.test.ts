import { describe, expect, test } from 'vitest'
import { providers } from '../providers/registry.ts'
import type { Deployment } from '../types/deployment.ts'
import { capture, Groups } from './groups.ts'

const at = (group: string, provider: string, model: string, id = `${group}-${model}`): Deployment => ({
  id,
  group,
  provider,
  model,
})

const groups = new Groups(
  [
    at('fast', 'groq', 'llama', 'one'),
    at('fast', 'openai', 'gpt-4o-mini', 'two'),
    at('openai/*', 'openai', '*'),
    at('openai/ft:*', 'openai', 'ft:*', 'tuned'),
    at('team-*-v*', 'azure', '*-at-*', 'teams'),
    at('*', '*', '*', 'all'),
  ],
  new Map([
    ['gpt', { group: 'fast', hidden: false }],
    ['secret', { group: 'fast', hidden: true }],
    ['newest', { group: 'openai/gpt-5', hidden: false }],
    ['second', { group: 'two', hidden: false }],
  ]),
  providers,
)

describe('find', () => {
  test('a group, an alias and an id', () => {
    expect(groups.find('fast')?.map(({ id }) => id)).toEqual(['one', 'two'])
    expect(groups.find('gpt')).toEqual(groups.find('fast'))
    expect(groups.find('secret')).toEqual(groups.find('fast'))
    expect(groups.find('two')?.map(({ model }) => model)).toEqual(['gpt-4o-mini'])
  })

  test('an alias of one deployment, or of what a wildcard serves', () => {
    expect(groups.find('second')).toEqual(groups.find('two'))
    expect(groups.find('newest')).toEqual(groups.find('openai/gpt-5'))
  })

  test('the most specific wildcard fills in what it matched', () => {
    expect(groups.find('openai/gpt-5')).toMatchObject([{ provider: 'openai', model: 'gpt-5' }])
    expect(groups.find('openai/ft:mine')).toMatchObject([{ id: 'tuned', model: 'ft:mine' }])
    expect(groups.find('team-red-v2')).toMatchObject([{ model: 'red-at-2' }])
  })

  test('a catch-all reads the provider off the name, and declines names it cannot read', () => {
    expect(groups.find('groq/llama-3')).toMatchObject([{ provider: 'groq', model: 'llama-3' }])
    expect(groups.find('claude-x')).toMatchObject([{ provider: 'anthropic', model: 'claude-x' }])
    expect(groups.find('nonsense')).toBeUndefined()
    expect(groups.has('__proto__')).toBe(false)
  })

  test('the same name gives the same deployments, however often', () => {
    expect(groups.find('openai/gpt-5')).toBe(groups.find('openai/gpt-5'))
    for (let index = 0; index < 10_500; index++) groups.find(`openai/m${index}`)
    expect(groups.find('openai/gpt-5')).toMatchObject([{ model: 'gpt-5' }])
  })

  test('names lists groups and shown aliases', () => {
    expect(groups.names()).toContain('gpt')
    expect(groups.names()).not.toContain('secret')
    expect(groups.all()).toHaveLength(6)
  })

  test('a model name with replacement signs stays as it is', () => {
    expect(groups.find('openai/$&$1')).toMatchObject([{ model: '$&$1' }])
  })
})

describe('capture', () => {
  test.each([
    ['a', 'a', []],
    ['a', 'b', undefined],
    ['*', '', ['']],
    ['*', 'anything/at all', ['anything/at all']],
    ['a*', 'a', ['']],
    ['a*z', 'az', ['']],
    ['aa*aa', 'aaa', undefined],
    ['a*b*c', 'a1b2c', ['1', '2']],
    ['a*b*c', 'a1b2bc', ['1', '2b']],
    ['a*b*c', 'abc', ['', '']],
    ['a*b*c', 'ac', undefined],
    ['*/*', 'x/y/z', ['x', 'y/z']],
    ['a.b*', 'axb1', undefined],
  ])('%s against %s', (pattern, name, stars) => {
    expect(capture(pattern, name)).toEqual(stars)
  })

  test('CVE-2026-25591: a pattern of many stars takes no time on a long name', () => {
    const startedAt = performance.now()
    expect(capture('*a'.repeat(500) + 'b', 'a'.repeat(50_000))).toBeUndefined()
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
