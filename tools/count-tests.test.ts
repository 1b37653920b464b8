import { expect, test } from 'vitest'
import { countTests } from './count-tests.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map(testStatus => ({ status: testStatus })),
})

test('passed, failed and every kind of skipped test are counted', () => {
  const report = {
    testResults: [file('failed', 'passed', 'failed', 'pending'), file('passed', 'passed', 'todo')],
  }
  expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 })
})

test('a file that could not be loaded is a failure', () => {
  expect(countTests({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  })
})

test('a run that ended badly without a failed test is a failure', () => {
  expect(countTests({ testResults: [file('passed', 'passed')] }, 1).failed).toBe(1)
  expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})
