/** Decimal places that are kept while amounts are added up; vendors state at most twelve. */
const SCALE = 18
const NANO = 10n ** BigInt(SCALE - 9)
const DECIMAL = /^([+-]?)(\d{0,15})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/

/** A dollar amount as a whole number of 1e-18 dollars, exactly; undefined for what is no number. `1.5E-7` is one. */
export function readDecimal(text: string): bigint | undefined {
  const match = DECIMAL.exec(text.trim().replaceAll(',', ''))
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const shift = SCALE - fraction.length + Number(exponent)
  const digits = BigInt(`${whole}${fraction}` || '0')
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return sign === '-' ? -value : value
}

/** The nearest whole number of nano-dollars; half away from zero. */
export function nanoFromDecimal(value: bigint): number {
  const half = value < 0n ? -(NANO / 2n) : NANO / 2n
  return Number((value + half) / NANO)
}
