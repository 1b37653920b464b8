import { expect, test } from 'vitest'
import type { LimitSettings } from '../config/settings.ts'
import type { SpendTotal } from '../db/database.ts'
import { globalSubject, readGlobalSpend } from './global-subject.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const END = Date.parse('2026-12-01T00:00:00Z')

function settings(more: Partial<LimitSettings> = {}): LimitSettings {
  return {
    globalBudgetNanoUsd: 1000,
    globalBudgetDuration: '30d',
    globalMaxParallelRequests: undefined,
    defaultMaxOutputTokens: 1,
    timezone: 'UTC',
    ...more,
  }
}

test('a proxy without limits of its own is no subject', () => {
  expect(globalSubject(settings({ globalBudgetNanoUsd: undefined }), NOW)).toBeUndefined()
})

test('a restart forgets nothing of the running period', async () => {
  const asked: unknown[] = []
  const store = {
    async totals(subject: string, range: object) {
      asked.push([subject, range])
      return [{ spendNanoUsd: 300 }, { spendNanoUsd: 50 }] as SpendTotal[]
    },
  }
  const spend = await readGlobalSpend(store, settings(), NOW)
  expect(asked).toEqual([['model', { from: '2026-11-01', to: '2026-11-21' }]])
  expect(globalSubject(settings(), NOW, spend)?.budget).toMatchObject({ spentNanoUsd: 350, resetAt: END })
})

test('what was read for one period is not charged to the next', () => {
  const spend = { spentNanoUsd: 350, resetAt: END }
  expect(globalSubject(settings(), END, spend)?.budget?.spentNanoUsd).toBe(0)
})
