import { expect, test } from 'vitest'
import { createHealth } from './health.ts'

/** The report of a process in the given condition. */
function reportOf(given: {
  database?: boolean
  accepting?: boolean
  draining?: boolean
  redis?: string | null
}) {
  const { database = true, accepting = true, draining = false, redis } = given
  return createHealth({
    database: { ping: () => (database ? Promise.resolve() : Promise.reject(new Error('away'))) },
    ledger: { health: () => ({ accepting }) },
    metrics: { inFlight: 0 },
    redis: () => (redis === undefined ? undefined : { problem: () => redis ?? undefined }),
    draining: () => draining,
  }).report()
}

test('a process with all it needs is healthy', async () => {
  expect(await reportOf({})).toEqual({
    ready: true,
    status: 'healthy',
    database: 'connected',
    cache: null,
    problems: [],
  })
})

test('Redis is named where it is configured; while it is away the process stays ready, and says so', async () => {
  expect(await reportOf({ redis: null })).toMatchObject({ status: 'healthy', cache: 'redis', problems: [] })
  const report = await reportOf({ redis: 'Redis cannot be reached: refused.' })
  expect(report).toMatchObject({ ready: true, status: 'degraded', cache: 'redis' })
  expect(report.problems).toEqual([expect.stringContaining('Redis cannot be reached')])
})

test('while the database is away the process stays ready, and says what is wrong', async () => {
  const report = await reportOf({ database: false })
  expect(report).toMatchObject({ ready: true, status: 'degraded', database: 'disconnected' })
  expect(report.problems).toEqual([expect.stringContaining('The database cannot be reached')])
})

test('a process that cannot write spend down, or drains, is not ready', async () => {
  expect(await reportOf({ accepting: false })).toMatchObject({ ready: false, status: 'unhealthy' })
  expect(await reportOf({ draining: true })).toMatchObject({ ready: false, status: 'unhealthy' })
  const all = await reportOf({ database: false, accepting: false, draining: true })
  expect(all).toMatchObject({ ready: false, status: 'unhealthy', database: 'disconnected' })
  expect(all.problems).toHaveLength(3)
})
