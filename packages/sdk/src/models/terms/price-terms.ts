import type { Cost } from '../../types/call-record.ts'

/** What an operator pays and charges besides the list price of a provider. */
export interface PriceTerms {
  /** Part of the price that is not paid: 0 to 1. */
  readonly discount: number
  /** Part of what remains that is charged on top: 0.1 is ten percent. */
  readonly margin: number
  /** Charged on top of every attempt that is charged, nano-dollars. */
  readonly marginNanoUsd: number
}

/** Terms of a provider, by its name; undefined where there are none. */
export type TermsOf = (provider: string) => PriceTerms | undefined

/** Discounts and margins as LiteLLM's configuration has them, by provider; `global` is for those without a margin. */
export interface CostTerms {
  readonly discounts: ReadonlyMap<string, number>
  readonly margins: ReadonlyMap<string, { readonly margin: number; readonly marginNanoUsd: number }>
}

/** Looks terms up once per provider. Undefined when there are none at all, so that nobody has to ask. */
export function termsLookup({ discounts, margins }: CostTerms): TermsOf | undefined {
  if (discounts.size === 0 && margins.size === 0) return undefined
  const everybody = margins.get('global')
  const known = new Map<string, PriceTerms>()
  for (const provider of new Set([...discounts.keys(), ...margins.keys()])) {
    const { margin = 0, marginNanoUsd = 0 } = margins.get(provider) ?? everybody ?? {}
    known.set(provider, { discount: discounts.get(provider) ?? 0, margin, marginNanoUsd })
  }
  const others: PriceTerms | undefined = everybody && { discount: 0, ...everybody }
  return provider => known.get(provider) ?? others
}

/** A cost with discount and margin: first the discount, then the margin on what remains, each rounded half up. */
export function withTerms(cost: Cost, terms: PriceTerms | undefined): Cost {
  if (terms === undefined || cost.state !== 'known') return cost
  const { nanoUsd: originalNanoUsd } = cost
  const { discountNanoUsd, marginNanoUsd, nanoUsd } = apply(originalNanoUsd, terms)
  const { margin } = terms
  return { ...cost, nanoUsd, terms: { originalNanoUsd, discountNanoUsd, marginNanoUsd, margin } }
}

/** The worst case with discount and margin. */
export function worstWithTerms(
  nanoUsd: number | undefined,
  terms: PriceTerms | undefined,
): number | undefined {
  return terms === undefined || nanoUsd === undefined ? nanoUsd : apply(nanoUsd, terms).nanoUsd
}

function apply(original: number, { discount, margin, marginNanoUsd: fixed }: PriceTerms) {
  const discountNanoUsd = shareOf(original, discount)
  const marginNanoUsd = shareOf(original - discountNanoUsd, margin) + fixed
  return { discountNanoUsd, marginNanoUsd, nanoUsd: original - discountNanoUsd + marginNanoUsd }
}

/** Decimals of a share that count. */
const PLACES = 12
const ONE = 10n ** BigInt(PLACES)

/** A share of an amount by its decimal digits, rounded half up: five percent are 5/100, not the nearest binary fraction. */
function shareOf(nanoUsd: number, share: number): number {
  if (share === 0) return 0
  const parts = BigInt(Math.round(share * 10 ** PLACES))
  return Number((BigInt(nanoUsd) * parts + ONE / 2n) / ONE)
}
