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

test('while the database cannot tell, calls go on, and it is asked again a second later, not half a minute', async () => {
  const errors: unknown[] = []
  let isAway = true
  let asked = 0
  let time = START
  const resetAt = Date.parse('2026-11-22T00:00:00Z')
  const store = {
    limitSpends: () => {
      asked++
      if (isAway) return Promise.reject(new Error('away'))
      return Promise.resolve([
        { kind: 'limit', id: 'key:k\ngpt-4o\n', resetAt, replica: '', nanoUsd: 990 } as const,
      ])
    },
  }
  const seeds = new SpendSeeds({ store, now: () => time, onError: error => void errors.push(error) })
  const limiter = createRedisLimiter({
    ...{ redis: () => undefined, log, deadlineMs: () => 10, seeds, now: () => time },
  })
  const record = { status: 'success', cost: { state: 'known', nanoUsd: 10 } } as CallRecord
  const call = async () => await (await limiter.reserve({ ...claim, now: time })).settle({ ...record })
  // Neither refused, nor made to wait, nor asked about at every call.
  for (let n = 0; n < 5; n++) await call()
  expect([asked, errors.length]).toEqual([1, 1])
  time += 999
  await call()
  expect(asked).toBe(1)
  time += 1
  await call()
  expect([asked, errors.length]).toEqual([2, 2])
  isAway = false
  time += 1_000
  await call()
  // That one asked in the background: what was spent before is known from now on.
  await new Promise(setImmediate)
  expect(asked).toBe(3)
  await expect(call()).rejects.toMatchObject({ message: expect.stringContaining('Max budget: 0.000001') })
})

test('what rows of an earlier process bring after the first answer is heard within seconds', async () => {
  let nanoUsd = 0
  let asked = 0
  let time = START
  const resetAt = Date.parse('2026-11-22T00:00:00Z')
  const store = {
    limitSpends: () => {
      asked++
      return Promise.resolve([
        { kind: 'limit', id: 'key:k\ngpt-4o\n', resetAt, replica: '', nanoUsd } as const,
      ])
    },
  }
  const seeds = new SpendSeeds({ store, now: () => time, onError() {} })
  const limiter = createRedisLimiter({
    ...{ redis: () => undefined, log, deadlineMs: () => 10, seeds, now: () => time },
  })
  const call = async () => await limiter.reserve({ ...claim, now: time })
  await call()
  nanoUsd = 1_000
  time += 5_000
  await call()
  await new Promise(setImmediate)
  await expect(call()).rejects.toMatchObject({ retryable: false })
  time += 5_000
  await expect(call()).rejects.toMatchObject({ retryable: false })
  expect(asked).toBe(2)
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
