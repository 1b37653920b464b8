import type { Cost } from '../types/call-record.ts'
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

/** The cost of two attempts together. What is unknown of one is unknown of both. */
export function addCost(first: Cost, second: Cost): Cost {
  if (first.state === 'unknown' || second.state === 'none') return first
  if (second.state === 'unknown' || first.state === 'none') return second
  return {
    state: 'known',
    nanoUsd: first.nanoUsd + second.nanoUsd,
    inputNanoUsd: first.inputNanoUsd + second.inputNanoUsd,
    outputNanoUsd: first.outputNanoUsd + second.outputNanoUsd,
  }
}
