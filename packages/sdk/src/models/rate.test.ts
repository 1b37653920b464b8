import { describe, expect, it, test } from 'vitest'
import { decimalUsd, half, Money, rateOf, scaled } from './rate.ts'

describe('rateOf', () => {
  it.each([
    [2.5e-6, { nano: 2500, femto: 0 }],
    [1.25e-7, { nano: 125, femto: 0 }],
    [3.625e-9, { nano: 3, femto: 625_000 }],
    [2e-8, { nano: 20, femto: 0 }],
    [1e-15, { nano: 0, femto: 1 }],
    [0.25, { nano: 250_000_000, femto: 0 }],
    [12, { nano: 12_000_000_000, femto: 0 }],
    [0, { nano: 0, femto: 0 }],
    ['0.00001', { nano: 10_000, femto: 0 }],
    ['1e-6', { nano: 1000, femto: 0 }],
    [1.1e-6, { nano: 1100, femto: 0 }],
    [1.23456789e-7, { nano: 123, femto: 456_789 }],
    [9.999999999999999e-10, { nano: 1, femto: 0 }],
    [5e-16, { nano: 0, femto: 1 }],
    [4e-16, { nano: 0, femto: 0 }],
  ])('reads %s dollars digit by digit', (dollars, rate) => {
    expect(rateOf(dollars)).toEqual(rate)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 'free', '', null, undefined, {}, true])(
    'answers nothing for %s, because an unreadable price is not zero',
    value => {
      expect(rateOf(value)).toBeUndefined()
    },
  )
})

describe('Money', () => {
  it('sums a million tokens at a fraction of a nano-dollar without loss', () => {
    const money = new Money()
    // 1,000,001 × $0.003625 per million = 3,625.003625 µ$ = 3,625,003.625 n$ → 3,625,004 n$
    money.add(1_000_001, { nano: 3, femto: 625_000 })
    expect(money.total()).toBe(3_625_004)
  })

  it('rounds half up, once, over all parts', () => {
    const half_ = { nano: 0, femto: 500_000 }
    const one = new Money()
    one.add(1, half_)
    expect(one.total()).toBe(1)
    const two = new Money()
    two.add(1, half_)
    two.add(1, half_)
    expect(two.total()).toBe(1)
    const under = new Money()
    under.add(1, { nano: 0, femto: 499_999 })
    expect(under.total()).toBe(0)
  })

  it('takes fractional counts such as seconds', () => {
    const money = new Money()
    // 12.5 s × $0.0001 = $0.00125
    money.add(12.5, { nano: 100_000, femto: 0 })
    expect(money.total()).toBe(1_250_000)
  })

  it('halves odd rates exactly', () => {
    expect(half({ nano: 75, femto: 1 })).toEqual({ nano: 37, femto: 500_000.5 })
  })
})

it('moves a decimal point without binary noise', () => {
  expect(scaled(0.135, -6)).toBe(1.35e-7)
  expect(scaled(1e-7, -3)).toBe(1e-10)
})

test.each([
  [0, '0.0'],
  [1, '0.000000001'],
  [32_500, '0.0000325'],
  [1_000_000_000, '1.0'],
  [12_345_678_901, '12.345678901'],
])('%i nano-dollars read %s', (nano, text) => {
  expect(decimalUsd(nano)).toBe(text)
})
