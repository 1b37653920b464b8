import { createError } from 'sluice/internal'

const DIGITS = 9

/** Nano-dollars as USD: the number nearest to the exact value. */
export function usdFromNano(nanoUsd: number): number {
  return nanoUsd / 10 ** DIGITS
}

/**
 * USD as nano-dollars, rounded to the nearest; exact, because the digits are moved as text.
 * Throws `BadRequestError` for an amount that is not finite or exceeds 2^53 nano-dollars (nine million dollars).
 */
export function nanoFromUsd(usd: number, param?: string): number {
  const nano = Number.isFinite(usd) ? Number(usd.toFixed(DIGITS).replace('.', '')) : Number.NaN
  if (Number.isSafeInteger(nano)) return nano
  throw createError({
    kind: 'bad_request',
    param,
    message: 'The amount must be a number of US dollars below nine million. Send a smaller number.',
  })
}
