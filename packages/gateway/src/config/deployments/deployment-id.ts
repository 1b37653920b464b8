import { createHash } from 'node:crypto'
import { isJsonObject } from 'sluice/internal'

/**
 * A stable id for a deployment: SHA-256 in hex over its name and all of its parameters, secrets included. The order of
 * keys in the file does not matter.
 */
export function deploymentId(group: string, params: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([group, sorted(params)]))
    .digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)])
}
