import type { BudgetSpend } from 'sluice/internal'
import { expect, test } from 'vitest'
import { startBudgetSync } from './budget-sync.ts'

const spend: BudgetSpend = { kind: 'provider', id: 'p', resetAt: 10, replica: 'r', nanoUsd: 5 }

function rig(size = 1) {
  let now = 1_000_000_000
  const learnt: BudgetSpend[][] = []
  const forgotten: number[] = []
  const errors: unknown[] = []
  const timers: (() => void)[] = []
  let answer = () => Promise.resolve([spend])
  const job = startBudgetSync({
    store: { budgetSpends: () => answer(), forgetBudgets: async before => void forgotten.push(before) },
    budgets: () => ({ size, learn: spends => void learnt.push([...spends]) }),
    now: () => now,
    onError: error => errors.push(error),
    timers: { setTimeout: work => timers.push(work), clearTimeout: () => {} },
  })
  const turn = async () => {
    timers.pop()?.()
    await job.stop()
  }
  return {
    ...{ job, learnt, forgotten, errors, turn },
    pass: (ms: number) => void (now += ms),
    hang: () => void (answer = () => new Promise(() => {})),
    fail: () => void (answer = () => Promise.reject(new Error('away'))),
  }
}

test('reads before the first call, so that a restart forgets nothing', async () => {
  const { job, learnt } = rig()
  await job.ready(10_000)
  expect(learnt).toEqual([[spend]])
})

test('asks nothing while there are no budgets', async () => {
  const { job, learnt } = rig(0)
  await job.ready(10_000)
  expect(learnt).toEqual([])
})

test('a database that is away keeps nobody waiting longer than told', async () => {
  const { job, errors, fail, hang } = rig()
  fail()
  await job.ready(10_000)
  expect(errors).toHaveLength(1)
  hang()
  await job.ready(1)
})

test('periods that ended a week ago are forgotten, once an hour', async () => {
  const { job, forgotten, pass, turn } = rig()
  await job.ready(10_000)
  expect(forgotten).toEqual([])
  pass(3_600_000)
  await turn()
  expect(forgotten).toEqual([1_000_000_000 + 3_600_000 - 7 * 86_400_000])
})
