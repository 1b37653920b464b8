import { expect, test } from 'vitest'
import { reportedCost } from './reported-cost.ts'

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
const unknown = { state: 'unknown', reason: 'no price' } as const

test('what the vendor says it charges is what the call cost, split as the list has it where that fits', () => {
  const listed = { state: 'known', nanoUsd: 9, inputNanoUsd: 3_000_000, outputNanoUsd: 4_000_000 } as const
  expect(reportedCost({ ...usage, cost: 0.01 }, listed, undefined)).toEqual({
    state: 'known',
    nanoUsd: 10_000_000,
    inputNanoUsd: 3_000_000,
    outputNanoUsd: 4_000_000,
  })
  expect(reportedCost({ ...usage, cost: 0.001 }, listed, undefined)).toMatchObject({
    nanoUsd: 1_000_000,
    inputNanoUsd: 0,
    outputNanoUsd: 0,
  })
  expect(reportedCost({ ...usage, cost: 0 }, unknown, {})).toMatchObject({ state: 'known', nanoUsd: 0 })
})

test.each([undefined, null, '0.1', -1, Number.NaN])('a cost of %j is none', cost => {
  expect(reportedCost({ ...usage, cost }, unknown, undefined)).toBeUndefined()
})

test('a price the operator set wins', () => {
  expect(reportedCost({ ...usage, cost: 1 }, unknown, { input_cost_per_token: 1e-6 })).toBeUndefined()
})

test('an amount that no sum could hold exactly is no cost', () => {
  for (const cost of [1e300, 1e7, Number.NaN, -1])
    expect(reportedCost({ ...usage, cost }, { state: 'none' }, undefined)).toBeUndefined()
})
