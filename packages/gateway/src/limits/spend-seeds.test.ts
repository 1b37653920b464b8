import type { BudgetSpend, CallRecord } from 'sluice/internal'
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { eachDatabase } from '../db/testing/each-database.ts'
import { spendRow } from '../db/testing/rows.ts'
import type { Claim, LimitSubject } from './limiter.ts'
import { createRedisLimiter } from './redis-limiter.ts'
import { SpendSeeds } from './spend-seeds.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const subject: LimitSubject = {
  ...{ kind: 'key', id: 'k', label: 'alice', model: 'gpt-4o' },
  budget: { maxNanoUsd: 1_000, spentNanoUsd: undefined, duration: '1d' },
}
const log = { info() {}, warn() {}, error() {} }
const claim: Claim = { now: START, subjects: [subject], tokens: 1, nanoUsd: 10, model: 'gpt-4o' }

function limiterOn(store: Pick<Database['spend'], 'limitSpends'>, errors: unknown[] = []) {
  const now = () => START
  const seeds = new SpendSeeds({ store, now, onError: error => void errors.push(error) })
  return createRedisLimiter({ redis: () => undefined, log, deadlineMs: () => 10, seeds, now })
}

eachDatabase('a budget that no row holds', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
  })

  test('is written with the calls that spend it, and a new process goes on from there', async () => {
    const record = { status: 'success', cost: { state: 'known', nanoUsd: 900 } } as CallRecord
    const first = await limiterOn(database.spend).reserve(claim)
    await first.settle(record)
    const [spend] = record.limitSpends ?? []
    expect(spend).toMatchObject({ kind: 'limit', nanoUsd: 900, resetAt: Date.parse('2026-11-22T00:00:00Z') })
    await database.spend.addBatch([spendRow('one', { budgetSpends: [spend as BudgetSpend] })])

    const restarted = limiterOn(database.spend)
    await (await restarted.reserve(claim)).settle({ ...record, limitSpends: undefined })
    await expect(Promise.resolve().then(() => restarted.reserve(claim))).rejects.toMatchObject({
      message: expect.stringContaining('Current cost: 0.0000018, Max budget: 0.000001'),
      retryable: false,
    })
  })

  test('is no budget of a provider, and its period ends', async () => {
    expect(await database.spend.budgetSpends(START)).toEqual([])
    const name = 'key:k\ngpt-4o\n'
    expect(await database.spend.limitSpends([name, 'other'], START)).toMatchObject([{ nanoUsd: 900 }])
    expect(await database.spend.limitSpends([name], START + 86_400_000)).toEqual([])
  })
})

test('while the database cannot tell, a counter starts at nothing and the call goes on', async () => {
  const errors: unknown[] = []
  const limiter = limiterOn({ limitSpends: () => Promise.reject(new Error('away')) }, errors)
  await expect(limiter.reserve(claim)).resolves.toBeDefined()
  expect(errors.length).toBe(1)
})

test('calls that come while a new counter is asked for wait with the first', async () => {
  const answer = Promise.withResolvers<readonly BudgetSpend[]>()
  const limiter = limiterOn({ limitSpends: () => answer.promise })
  const tries = [1, 2, 3].map(() => Promise.resolve().then(() => limiter.reserve(claim)))
  await Promise.resolve()
  const resetAt = Date.parse('2026-11-22T00:00:00Z')
  answer.resolve([{ kind: 'limit', id: 'key:k\ngpt-4o\n', resetAt, replica: '', nanoUsd: 1_000 }])
  const outcomes = await Promise.allSettled(tries)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
})
