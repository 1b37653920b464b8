import { expect, test } from 'vitest'
import { addCost } from '../sums.ts'
import { termsLookup, withTerms, worstWithTerms } from './price-terms.ts'

const cost = (nanoUsd: number) =>
  ({ state: 'known', nanoUsd, inputNanoUsd: nanoUsd, outputNanoUsd: 0 }) as const

test('first the discount, then the margin on what remains, then the fixed amount, each to the nano-dollar', () => {
  const terms = { discount: 0.05, margin: 0.1, marginNanoUsd: 7 }
  expect(withTerms(cost(1_001), terms)).toEqual({
    ...cost(1_001),
    nanoUsd: 1_053,
    terms: { originalNanoUsd: 1_001, discountNanoUsd: 50, marginNanoUsd: 102, margin: 0.1 },
  })
  expect(worstWithTerms(1_001, terms)).toBe(1_053)
  expect(worstWithTerms(undefined, terms)).toBeUndefined()
})

test('shares are decimal: a tenth of 3 dollars in parts is a tenth, whatever binary makes of it', () => {
  const tenth = { discount: 0.1, margin: 0, marginNanoUsd: 0 }
  for (const nano of [3, 35, 1_000_000_005, 2 ** 52]) {
    const after = withTerms(cost(nano), tenth)
    const exact = (BigInt(nano) + 5n) / 10n
    expect(after).toMatchObject({ nanoUsd: nano - Number(exact) })
  }
})

test('a cost that is unknown stays so, and where there are no terms nobody is asked', () => {
  const unknown = { state: 'unknown', reason: 'x' } as const
  expect(withTerms(unknown, { discount: 0.5, margin: 0, marginNanoUsd: 0 })).toBe(unknown)
  expect(termsLookup({ discounts: new Map(), margins: new Map() })).toBeUndefined()
})

test("a provider's own margin stands in place of the one for all", () => {
  const of = termsLookup({
    discounts: new Map([['a', 0.2]]),
    margins: new Map([
      ['global', { margin: 0.05, marginNanoUsd: 0 }],
      ['b', { margin: 0.3, marginNanoUsd: 1 }],
    ]),
  })
  expect(of?.('a')).toEqual({ discount: 0.2, margin: 0.05, marginNanoUsd: 0 })
  expect(of?.('b')).toEqual({ discount: 0, margin: 0.3, marginNanoUsd: 1 })
  expect(of?.('c')).toEqual({ discount: 0, margin: 0.05, marginNanoUsd: 0 })
})

test('attempts add up in every part', () => {
  const terms = { discount: 0.5, margin: 0, marginNanoUsd: 10 }
  expect(addCost(withTerms(cost(100), terms), cost(7))).toMatchObject({
    nanoUsd: 67,
    terms: { originalNanoUsd: 107, discountNanoUsd: 50, marginNanoUsd: 10, margin: undefined },
  })
})
