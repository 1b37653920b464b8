import { expect, test } from 'vitest'
import { credentialLookup } from './credential-lookup.ts'

test('the first variable that is set and not blank is taken', () => {
  const lookup = credentialLookup(
    new Map([
      ['A', ' '],
      ['B', ' b '],
      ['C', 'c'],
    ]),
  )
  expect(lookup(['NONE', 'A', 'B', 'C'])).toBe('b')
  expect(lookup(['NONE', 'A'])).toBeUndefined()
})
