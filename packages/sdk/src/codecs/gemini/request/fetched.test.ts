import { expect, test } from 'vitest'
import { isFetchedByGoogle, isTooOldToFetch } from './fetched.ts'

test.each([
  ['https://host.test/a.png', true],
  ['https://host.test/a.pdf?x=1', true],
  ['http://host.test/a.png', false],
  ['https://host.test/picture', false],
  ['https://www.youtube.com/watch?v=1', true],
  ['https://generativelanguage.googleapis.com/v1beta/files/abc', true],
  ['https://www.youtube.com.evil.test/watch', false],
])('%s', (url, fetched) => {
  expect(isFetchedByGoogle(url)).toBe(fetched)
})

test('models before Gemini 2.5 fetch nothing but what Google has', () => {
  expect(isTooOldToFetch('https://host.test/a.png', 'gemini-2.0-flash')).toBe(true)
  expect(isTooOldToFetch('https://host.test/a.png', 'gemma-3-27b-it')).toBe(true)
  expect(isTooOldToFetch('https://host.test/a.png', 'gemini-2.5-flash')).toBe(false)
  expect(isTooOldToFetch('https://youtu.be/1', 'gemini-2.0-flash')).toBe(false)
})
