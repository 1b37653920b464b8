import { expect, test } from 'vitest'
import { formatProblems } from './problem.ts'

const problem = { file: 'c.yaml', line: 12, column: 7, key: 'a.b', message: 'is required', remedy: 'Add b.' }

test('a problem is one line with place, key, rule and remedy', () => {
  expect(
    formatProblems([problem, { ...problem, file: 'environment', line: 0, key: '' }], { color: false }),
  ).toBe('c.yaml:12:7 a.b: is required. Remedy: Add b.\nenvironment: is required. Remedy: Add b.')
})

test('colour is added only when asked for', () => {
  expect(formatProblems([problem], { color: true })).toBe(
    '\u001b[36mc.yaml:12:7\u001b[0m \u001b[1ma.b\u001b[0m: is required. \u001b[2mRemedy: Add b.\u001b[0m',
  )
})
