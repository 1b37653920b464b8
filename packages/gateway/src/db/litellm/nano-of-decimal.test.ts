import { expect, test } from 'vitest'
import { nanoOfDecimal } from './nano-of-decimal.ts'

test('decimal digits become nano-dollars without a float in between', () => {
  const cases = [
    ['0', 0],
    ['0.1', 100_000_000],
    ['12.345678901', 12_345_678_901],
    ['1e-06', 1_000],
    ['1.5e-09', 2],
    ['4.9e-10', 0],
    ['5e-10', 1],
    ['2.5e-05', 25_000],
    ['0.30000000000000004', 300_000_000],
    ['1234567.891', 1_234_567_891_000_000],
    ['1e+03', 1_000_000_000_000],
    ['-0.25', -250_000_000],
    ['1e-30', 0],
  ] as const
  for (const [text, nano] of cases) expect([text, nanoOfDecimal(text)]).toEqual([text, nano])
})

test('what is no amount is refused', () => {
  for (const text of ['NaN', 'Infinity', '', '1e99', '99999999', 'abc'])
    expect(() => nanoOfDecimal(text)).toThrow('is not an amount')
})
