import type { Cost } from '../types/call-record.ts'
import type { JsonObject } from '../types/json.ts'
import type { Usage } from '../types/usage.ts'

const NANO_PER_DOLLAR = 1e9

/**
 * The cost a vendor reports with its usage (`usage.cost`, US dollars), split as the price list splits it where the parts
 * fit. `undefined` when it reports none, or the operator set a price.
 */
export function reportedCost(
  { cost }: Usage,
  listed: Cost,
  modelInfo: Readonly<JsonObject> | undefined,
): Cost | undefined {
  if (typeof cost !== 'number' || !(cost >= 0) || hasPrices(modelInfo)) return undefined
  const nanoUsd = Math.round(cost * NANO_PER_DOLLAR)
  // Nobody charges nine million dollars for a call, and no sum would stay exact.
  if (!Number.isSafeInteger(nanoUsd)) return undefined
  const fits = listed.state === 'known' && listed.inputNanoUsd + listed.outputNanoUsd <= nanoUsd
  return {
    state: 'known',
    nanoUsd,
    inputNanoUsd: fits ? listed.inputNanoUsd : 0,
    outputNanoUsd: fits ? listed.outputNanoUsd : 0,
  }
}

function hasPrices(modelInfo: Readonly<JsonObject> | undefined): boolean {
  return Object.keys(modelInfo ?? {}).some(key => key.includes('cost_per_'))
}
