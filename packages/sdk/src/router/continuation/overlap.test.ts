import { expect, test } from 'vitest'
import { overlapOf } from './overlap.ts'

test.each([
  ['The quick bro', 'wn fox', 0],
  ['The quick bro', 'brown fox', 3],
  ['The quick bro', 'The quick brown fox', 13],
  ['One. Two and three, ', 'Two and three, then four', 15],
  ['First line\n1. The first thing to d', '1. The first thing to do', 23],
  ['I like cats', 'cats and dogs', 4],
])('%j and %j: the model began again %i characters before', (said, head, overlap) => {
  expect(overlapOf(said, head, true)).toBe(overlap)
})

test.each([
  ['hel', 'lo'],
  ['I had ', 'had enough'],
  ['bo', 'bo the clown'],
  ['Price: 1', '100'],
  ['x = "aaaa', 'aaaa"'],
  ['  if (a)\n            ', '            return'],
  ['|------------------', '------------------|'],
  ['0x00000000 00000000 ', '00000000 00000000'],
  ['', 'The beginning'],
])('%j and %j: so short or plain a repetition may be meant', (said, head) => {
  expect(overlapOf(said, head, true)).toBe(0)
})

test('as little is waited for as can tell', () => {
  expect(overlapOf('The quick bro', 'w', false)).toBe(0)
  expect(overlapOf('The quick bro', 'b', false)).toBeUndefined()
  expect(overlapOf('The quick bro', 'br', false)).toBeUndefined()
  expect(overlapOf('The quick bro', 'bright', false)).toBe(0)
  expect(overlapOf('The quick bro', 'The quick b', false)).toBeUndefined()
})

test('what was said more than 200 characters before is not looked for', () => {
  const said = `The beginning of it ${'all '.repeat(60)}`
  expect(overlapOf(said, said, true)).toBeLessThanOrEqual(200)
})
