import { expect, test } from 'vitest'
import { lagOf, type SinkHealth, sinkProblem } from './sink-health.ts'

const NOW = 10_000_000
const sink = (more: Partial<SinkHealth> = {}): SinkHealth => ({
  ...{ name: 'warehouse', pendingBytes: 0, skippedBytes: 0, sent: 0, failures: 0, isFailing: false },
  ...{ lastSuccessAt: undefined, caughtUpAt: NOW - 1_000_000, flushMs: 300_000 },
  ...more,
})

test('a sink that has everything is well, however long ago that was', () => {
  expect(sinkProblem(sink(), NOW)).toBeUndefined()
  expect(lagOf(sink(), NOW)).toBe(0)
})

test('rows may wait for the turn of their sink, and not for much longer', () => {
  const behind = (ms: number) => sink({ pendingBytes: 2_500_000, caughtUpAt: NOW - ms })
  expect(sinkProblem(behind(650_000), NOW)).toBeUndefined()
  expect(sinkProblem(behind(720_000), NOW)).toBe(
    'The spend sink warehouse is 12 minutes behind: 2.5 MB wait on disk. The database has them all the same.',
  )
})

test('a sink that refuses is named at once, with what was skipped', () => {
  const failing = sink({ isFailing: true, pendingBytes: 1e6, skippedBytes: 8e9, caughtUpAt: NOW })
  expect(sinkProblem(failing, NOW)).toContain(
    'warehouse does not take rows: 1.0 MB wait on disk, 8000.0 MB were skipped',
  )
})
