/**
 * A price of one unit (token, image, second …) as whole nano-dollars plus the rest in femto-dollars (1e-15 USD).
 * Both parts are kept apart so that sums over millions of tokens stay exact in plain numbers.
 */
export interface Rate {
  /** Whole nano-dollars, an integer. */
  readonly nano: number
  /** 0 to below 1,000,000. Finer decimals than a femto-dollar are rounded when the rate is read. */
  readonly femto: number
}

/**
 * Reads a price in dollars as its decimal digits, never through binary fractions: `2.5e-7` is 250 nano-dollars
 * exactly. Answers `undefined` unless the value is a finite, non-negative number or its decimal text.
 */
export function rateOf(dollars: unknown): Rate | undefined {
  const value = typeof dollars === 'string' && dollars.trim() !== '' ? Number(dollars) : dollars
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined
  // `String` gives the shortest digits that mean this number, which are the digits its author wrote.
  const [mantissa = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  const nano = Number(slice(digits, 0, point + 9) || '0')
  const femto = Number(slice(digits, point + 9, point + 15) || '0')
  const roundUp = slice(digits, point + 15, point + 16) >= '5' ? 1 : 0
  return femto + roundUp === NANO ? { nano: nano + 1, femto: 0 } : { nano, femto: femto + roundUp }
}

/** A decimal number moved by powers of ten without binary rounding: `scaled(0.135, -6)` is `1.35e-7`. */
export function scaled(value: number, exponent: number): number {
  const [mantissa = '0', own = '0'] = String(value).split('e')
  return Number(`${mantissa}e${Number(own) + exponent}`)
}

/** Half of a rate, as batch processing costs. Halves of a femto-dollar are exact in binary. */
export function half(rate: Rate): Rate {
  const nano = Math.floor(rate.nano / 2)
  return { nano, femto: (rate.femto + (rate.nano - nano * 2) * NANO) / 2 }
}

/** Adds up counts times rates; rounds once, half up, when asked for the total. */
export class Money {
  private nano = 0
  private femto = 0

  /** `count` units at `rate`. */
  add(count: number, rate: Rate): void {
    const product = count * rate.nano
    const whole = Math.floor(product)
    this.nano += whole
    this.femto += (product - whole) * NANO + count * rate.femto
  }

  plus(other: Money): void {
    this.nano += other.nano
    this.femto += other.femto
  }

  /** Integer nano-dollars. */
  total(): number {
    const carry = Math.floor(this.femto / NANO)
    return this.nano + carry + (this.femto - carry * NANO >= NANO / 2 ? 1 : 0)
  }
}

/** Femto-dollars in a nano-dollar. */
const NANO = 1_000_000

/** The decimal digits between two places, with zeros where none are written. */
function slice(digits: string, from: number, to: number): string {
  let out = ''
  for (let place = Math.max(from, Math.min(0, to)); place < to; place++) {
    out += place < 0 ? '0' : (digits[place] ?? '0')
  }
  return out
}

/** Exact decimal dollars without an exponent. */
export function decimalUsd(nanoUsd: number): string {
  const text = (nanoUsd / 1e9).toFixed(9).replace(/0+$/, '')
  return text.endsWith('.') ? `${text}0` : text
}
