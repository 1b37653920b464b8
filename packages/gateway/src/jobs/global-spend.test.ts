import { afterAll, expect, test } from 'vitest'
import { createAuthenticator } from '../auth/authenticate.ts'
import type { Settings } from '../config/settings.ts'
import { sqlitePlace } from '../db/testing/each-database.ts'
import { spendRow } from '../db/testing/rows.ts'
import { createMemoryLimiter } from '../limits/memory-limiter.ts'
import { startGlobalSpend } from './global-spend.ts'

const place = sqlitePlace()
afterAll(() => place.remove())

test('what other replicas spent of the proxy budget reaches the counter here', async () => {
  const database = await place.open()
  const now = () => Date.UTC(2026, 0, 20)
  const settings = {
    auth: { masterKey: 'sk-master', maxKeyStalenessMs: 1_000 },
    deployments: [],
    limits: { globalBudgetNanoUsd: 10_000, globalBudgetDuration: '30d', timezone: 'UTC' },
  } as unknown as Settings
  await database.spend.addBatch([
    spendRow('last-month', { startTime: Date.UTC(2025, 11, 31), spendNanoUsd: 9_000 }),
    spendRow('this-month', { startTime: Date.UTC(2026, 0, 5), spendNanoUsd: 4_000 }),
  ])
  const onError = (error: unknown) => expect.fail(String(error))
  const job = startGlobalSpend({ database, settings: () => settings, now, onError })
  await job.stop()
  expect(job.current()).toEqual({ spentNanoUsd: 4_000, resetAt: Date.UTC(2026, 1, 1) })

  const { authenticate } = createAuthenticator({
    settings: () => settings,
    keys: { find: () => undefined },
    accounts: { account: () => undefined, generation: 0 },
    now,
    globalSpend: job.current,
  })
  const caller = await authenticate('sk-master')
  const limiter = createMemoryLimiter({ now })
  limiter.reserve({ now: now(), subjects: caller.subjects, tokens: 1, nanoUsd: 1, model: 'm' })
  expect(limiter.spentNanoUsd('global', 'proxy')).toBe(4_000)
})
