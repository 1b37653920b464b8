import { expect, test } from 'vitest'
import { isJsonArray, isJsonObject, textOf } from './json.ts'

test('only a string is text', () => {
  expect(['a', '', 5, true, null, undefined, {}, ['a']].map(textOf)).toEqual([
    'a',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
  ])
})

test('objects and arrays are told apart', () => {
  const values = [{}, [], null, 'a']
  expect(values.map(isJsonObject)).toEqual([true, false, false, false])
  expect(values.map(isJsonArray)).toEqual([false, true, false, false])
})
