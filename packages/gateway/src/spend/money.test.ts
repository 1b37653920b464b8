import { expect, test } from 'vitest'
import { nanoFromUsd, usdFromNano } from './money.ts'

test('amounts survive the way there and back to the last digit', () => {
  for (const nano of [0, 1, -1, 999_999_999, 1_000_000_001, 123_456_789_012_345, 4_503_599_627_370_495]) {
    expect(nanoFromUsd(usdFromNano(nano))).toBe(nano)
  }
})

test('dollars print as people write them', () => {
  expect(String(usdFromNano(100_000_000))).toBe('0.1')
  expect(String(usdFromNano(300_000_000))).toBe('0.3')
  expect(usdFromNano(2_500)).toBe(0.000_002_5)
})

test('dollars are rounded to the nearest nano-dollar, whatever floating point makes of them', () => {
  expect(nanoFromUsd(0.1 + 0.2)).toBe(300_000_000)
  expect(nanoFromUsd(1.005)).toBe(1_005_000_000)
  expect(nanoFromUsd(0.000_000_000_4)).toBe(0)
  expect(nanoFromUsd(-2.5)).toBe(-2_500_000_000)
})

test('what cannot be held exactly is refused', () => {
  for (const usd of [Number.NaN, Number.POSITIVE_INFINITY, 1e8, 1e30]) {
    expect(() => nanoFromUsd(usd, 'max_budget')).toThrow(/nine million/)
  }
})
