import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test('cells are quoted where they must be', () => {
  expect(csvLine(['a', 1, null, undefined, true, 'b,c', 'say "x"', 'two\nlines'])).toBe(
    'a,1,,,true,"b,c","say ""x""","two\nlines"\r\n',
  )
})

test('a name is never a formula, whatever a client calls itself', () => {
  const names = ['=1+1', '+1', '-1', '@sum', '\t=1', '|x', ' =HYPERLINK("http://x")']
  for (const name of names) expect(csvLine([name]).replace(/^"/, '')).toMatch(/^'/)
  expect(csvLine([-5])).toBe('-5\r\n')
})
