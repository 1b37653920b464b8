export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface Report {
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/**
 * Counts vitest's JSON report. A file that failed before its first test counts as one failure, and so does a run that
 * ended badly although no test says so (an unhandled rejection, a crash: then `report` may be undefined).
 */
export function countTests(report: unknown, exitCode: number): TestCounts {
  const files = (report as Report | undefined)?.testResults ?? []
  const statuses = files.flatMap(file => {
    const tests = file.assertionResults.map(test => test.status)
    return file.status === 'failed' && !tests.includes('failed') ? [...tests, 'failed'] : tests
  })
  const passed = statuses.filter(status => status === 'passed').length
  const failed = statuses.filter(status => status === 'failed').length
  return {
    passed,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: statuses.length - passed - failed,
  }
}
