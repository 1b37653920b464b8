import { createError } from 'sluice/internal'

const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i

/**
 * Dollars as PostgreSQL writes them (`0.1`, `1e-06`), as whole nano-dollars: the digits are moved, no number is computed.
 * Half a nano-dollar is rounded up. Throws `UnprocessableEntityError` for what is no amount, or beyond 2^53.
 */
export function nanoOfDecimal(text: string): number {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? []
  if (sign === undefined) throw noAmount(text)
  const shift = whole.length + Number(exponent) + 9
  const digits = whole + fraction
  if (shift > 30) throw noAmount(text)
  const kept = shift <= 0 ? '0' : digits.slice(0, shift).padEnd(shift, '0')
  const next = shift < 0 ? '0' : digits.charAt(shift)
  const nano = Number(BigInt(kept) + (next >= '5' ? 1n : 0n))
  if (!Number.isSafeInteger(nano)) throw noAmount(text)
  return sign === '-' && nano !== 0 ? -nano : nano
}

function noAmount(text: string) {
  return createError({
    kind: 'unprocessable',
    message: `${text.slice(0, 40)} is not an amount of dollars below nine million.`,
  })
}
