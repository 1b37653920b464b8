import { expect, test } from 'vitest'
import { findJsonError } from './json-error.ts'

test.each([
  ['{"a":1,}', 7, 'expected a property name in double quotes'],
  ['{"a" 1}', 5, 'expected ":"'],
  ['{"a":abc}', 5, 'expected a value'],
  ['[1,2', 4, 'expected "," or "]"'],
  ['{"a":"x', 7, 'the text ends inside a string'],
  ['{"a":"x\ty"}', 7, 'a control character must be escaped'],
  ['{"a":"\\q"}', 6, 'an invalid escape sequence'],
  ['{"a":1} x', 8, 'unexpected text after the end'],
  ['{"a":[{"b":{}},{"c":01}]}', 21, 'expected "," or "}"'],
])('names what is wrong in %s', (text, offset, expected) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(findJsonError(text)).toMatchObject({ offset, expected })
})

test('counts lines and columns from one', () => {
  expect(findJsonError('{\n  "a": 1,\n  b: 2\n}')).toMatchObject({ line: 3, column: 3 })
})

test('nesting a hundred thousand deep is no danger', () => {
  expect(findJsonError('['.repeat(100_000))).toMatchObject({ offset: 100_000 })
})
