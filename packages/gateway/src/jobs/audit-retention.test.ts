import { afterAll, expect, test } from 'vitest'
import { verifyChain } from '../db/audit/verify-chain.ts'
import { silentLog } from '../db/log.ts'
import { auditEntry } from '../db/testing/audit-entries.ts'
import { sqlitePlace } from '../db/testing/each-database.ts'
import { cutOldEntries } from './audit-retention.ts'

const place = sqlitePlace()
afterAll(() => place.remove())

const NOW = Date.parse('2026-11-22T00:00:00Z')
const DAY_MS = 86_400_000

test('what is older than the retention goes, the rest stays and is whole; without a retention all stays', async () => {
  const { audit } = await place.open()
  for (let day = 10; day >= 0; day--) await audit.append([auditEntry({ changedAt: NOW - day * DAY_MS })])
  const options = { store: audit, log: silentLog, now: () => NOW }
  expect(await cutOldEntries({ ...options, retention: () => undefined })).toBe(0)
  expect(await cutOldEntries({ ...options, retention: () => '7d' })).toBe(3)
  expect(await cutOldEntries({ ...options, retention: () => '7d' })).toBe(0)
  expect(await verifyChain(audit)).toMatchObject({ entries: 9, startSequence: 3 })
  expect((await verifyChain(audit)).broken).toBeUndefined()
})
