import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test('the closest word is found, swapped letters counting once', () => {
  expect(nearest('num_retry', ['num_retries', 'timeout'])).toBe('num_retries')
  expect(nearest('tiemout', ['num_retries', 'timeout'], 1)).toBe('timeout')
  expect(nearest('Timeout', ['timeout'])).toBe('timeout')
})

test('words that are too far away are no answer', () => {
  expect(nearest('banana', ['timeout', 'cache'])).toBeUndefined()
  expect(nearest('top_x', ['tags'], 1)).toBeUndefined()
  expect(nearest('', [])).toBeUndefined()
})
