import { type StrategyName, strategies } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import { choiceCosts } from './choice-cost.ts'
import { simulate } from './simulation.ts'

const names = Object.keys(strategies) as StrategyName[]
const short = { seconds: 30, requestsPerSecond: 30 }

describe.each(names)('%s, when one of three deployments', strategy => {
  // All go to the fastest: when that one hangs, every call waits for its timeout, and is tried once more.
  const takesAll = strategy === 'latency-based-routing'
  test.each(['refuses', 'half fails', 'hangs'] as const)(
    '%s: every request succeeds, nearly without more calls',
    async trouble => {
      const result = await simulate({ ...short, strategy, trouble })
      expect(result.successRate).toBe(1)
      expect(result.amplification).toBeLessThan(takesAll && trouble === 'hangs' ? 1.3 : 1.1)
    },
  )

  test('is dead: nobody waits for it once that is known', async () => {
    const { p99Later } = await simulate({ ...short, strategy, trouble: 'refuses' })
    expect(p99Later).toBeLessThan(150)
  })
})

test('p2c leaves a slow deployment alone, where a shuffle does not', async () => {
  const p99 = async (strategy: StrategyName) => (await simulate({ ...short, strategy, trouble: 'slow' })).p99
  expect(await p99('simple-shuffle')).toBeGreaterThan(2_000)
  expect(await p99('p2c')).toBeLessThan(200)
})

test('a run can be repeated to the number', async () => {
  const plan = { ...short, strategy: 'p2c', trouble: 'half fails' } as const
  expect(await simulate(plan)).toEqual(await simulate(plan))
})

test('choosing stays cheap among a thousand', () => {
  // The bar is 20 µs on a machine of its own; here others may be at work.
  for (const { ten, thousand } of choiceCosts()) {
    expect(ten).toBeLessThan(50)
    expect(thousand).toBeLessThan(200)
  }
})
