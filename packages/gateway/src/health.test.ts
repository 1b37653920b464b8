import { expect, test } from 'vitest'
import type { DatabaseCondition } from './db/heartbeat.ts'
import { createHealth } from './health.ts'
import type { SinkHealth } from './telemetry/spend/sink-health.ts'

/** The report of a process in the given condition. */
function reportOf(given: {
  database?: DatabaseCondition['state']
  takesSpend?: boolean
  accepting?: boolean
  draining?: boolean
  redis?: string | null
  sinks?: readonly SinkHealth[]
}) {
  const { database = 'connected', takesSpend = true, accepting = true, draining = false, redis } = given
  const { sinks = [] } = given
  return createHealth({
    database: { condition: () => ({ state: database, answerMs: 2_040 }) },
    ledger: { health: () => ({ accepting, databaseReachable: takesSpend }), sinks: () => sinks },
    metrics: { inFlight: 0 },
    shared: { redis: redis === undefined ? undefined : { problem: () => redis ?? undefined } },
    snapshot: { problem: () => undefined },
    draining: () => draining,
  }).report()
}

test('a process with all it needs is healthy', () => {
  expect(reportOf({})).toEqual({
    ready: true,
    status: 'healthy',
    database: 'connected',
    cache: null,
    problems: [],
  })
})

test('Redis is named where it is configured; while it is away the process stays ready, and says so', () => {
  expect(reportOf({ redis: null })).toMatchObject({ status: 'healthy', cache: 'redis', problems: [] })
  const report = reportOf({ redis: 'Redis cannot be reached: refused.' })
  expect(report).toMatchObject({ ready: true, status: 'degraded', cache: 'redis' })
  expect(report.problems).toEqual([expect.stringContaining('Redis cannot be reached')])
})

test('a spend sink that takes no rows is named, and the process stays ready', () => {
  const sink = {
    ...{ name: 'warehouse', pendingBytes: 5e6, skippedBytes: 0, sent: 1, failures: 2, isFailing: true },
    ...{ lastSuccessAt: 1, caughtUpAt: 1, flushMs: 1_000 },
  }
  const report = reportOf({ sinks: [sink] })
  expect(report).toMatchObject({ ready: true, status: 'degraded', database: 'connected' })
  expect(report.problems).toEqual([expect.stringContaining('The spend sink warehouse does not take rows')])
})

test('while the database is away the process stays ready, and says what is wrong', () => {
  const report = reportOf({ database: 'disconnected' })
  expect(report).toMatchObject({ ready: true, status: 'degraded', database: 'disconnected' })
  expect(report.problems).toEqual([expect.stringContaining('The database cannot be reached')])
})

test('a process that cannot write spend down, or drains, is not ready', () => {
  expect(reportOf({ accepting: false })).toMatchObject({ ready: false, status: 'unhealthy' })
  expect(reportOf({ draining: true })).toMatchObject({ ready: false, status: 'unhealthy' })
  const all = reportOf({ database: 'disconnected', accepting: false, draining: true })
  expect(all).toMatchObject({ ready: false, status: 'unhealthy', database: 'disconnected' })
  expect(all.problems).toHaveLength(3)
})

test('a slow, a read-only and a full database are reachable, and said to be so', () => {
  const cases = [
    [{ database: 'slow' }, 'The database is slow: 2.0 s'],
    [{ database: 'read-only' }, 'takes no writes'],
    [{ takesSpend: false }, 'does not take spend'],
  ] as const
  for (const [given, words] of cases) {
    const report = reportOf(given)
    expect(report).toMatchObject({ ready: true, status: 'degraded', database: 'connected' })
    expect(report.problems).toEqual([expect.stringContaining(words)])
  }
})
