import { isObject } from '../json.ts'

/** Values whose keys are the user's own, not field names. */
const opaque = new Set([
  'args',
  'default',
  'example',
  'labels',
  'parametersJsonSchema',
  'partMetadata',
  'properties',
  'response',
  'responseJsonSchema',
])

/** Field names in camelCase: Google's JSON accepts snake_case for every field. */
export function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, one]) => {
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    return [name, opaque.has(name) ? one : camelCase(one)] as const
  })
  return Object.fromEntries(entries)
}
