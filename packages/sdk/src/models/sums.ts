import type { Cost, CostParts } from '../types/call-record.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { Usage } from '../types/usage.ts'

/** The usage of two attempts of one call together: counts are added, anything else is the second's. */
export function addUsage(first: Usage, second: Usage): Usage {
  return addNumbers(first, second) as Usage
}

function addNumbers(first: JsonObject, second: JsonObject): JsonObject {
  const sum: JsonObject = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const before = sum[key]
    if (typeof before === 'number' && typeof value === 'number') sum[key] = before + value
    else if (isJsonObject(before) && isJsonObject(value)) sum[key] = addNumbers(before, value)
    else if (value != null) sum[key] = value
  }
  return sum
}

/** The cost of two attempts together. What is unknown of one is unknown of both; what is known is not lost. */
export function addCost(first: Cost, second: Cost): Cost {
  if (second.state === 'none') return first
  if (first.state === 'none') return second
  if (first.state === 'unknown' || second.state === 'unknown') {
    const { reason } = (first.state === 'unknown' ? first : second) as Cost & { state: 'unknown' }
    const knownNanoUsd = chargeOf(first) + chargeOf(second)
    return { state: 'unknown', reason, ...(knownNanoUsd > 0 && { knownNanoUsd }) }
  }
  return {
    state: 'known',
    nanoUsd: first.nanoUsd + second.nanoUsd,
    inputNanoUsd: first.inputNanoUsd + second.inputNanoUsd,
    outputNanoUsd: first.outputNanoUsd + second.outputNanoUsd,
    ...((first.terms || second.terms) && { terms: addParts(partsOf(first), partsOf(second)) }),
  }
}

type Known = Extract<Cost, { state: 'known' }>

function partsOf({ terms, nanoUsd }: Known): CostParts {
  return terms ?? { originalNanoUsd: nanoUsd, discountNanoUsd: 0, marginNanoUsd: 0 }
}

function addParts(first: CostParts, second: CostParts): CostParts {
  return {
    originalNanoUsd: first.originalNanoUsd + second.originalNanoUsd,
    discountNanoUsd: first.discountNanoUsd + second.discountNanoUsd,
    marginNanoUsd: first.marginNanoUsd + second.marginNanoUsd,
    margin: first.margin === second.margin ? first.margin : undefined,
  }
}

/** What a cost takes from budgets, nano-dollars: all that is known of it. */
export function chargeOf(cost: Cost): number {
  if (cost.state === 'known') return cost.nanoUsd
  return cost.state === 'unknown' ? (cost.knownNanoUsd ?? 0) : 0
}
