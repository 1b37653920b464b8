import { badRequest } from '../../../errors.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'

/** A field table of one message type: each name as proto3 JSON accepts it (`topP`, `top_p`) → its camelCase name. */
export type FieldNames = ReadonlyMap<string, string>

export function fieldNames(...names: readonly string[]): FieldNames {
  return new Map(names.flatMap(name => [[name, name] as const, [snakeCase(name), name] as const]))
}

/** The object with the known names in camelCase; unknown names stay as they are. The same object when nothing changes. */
export function readFields(object: JsonObject, names: FieldNames): JsonObject {
  const entries = Object.entries(object)
  if (entries.every(([key]) => (names.get(key) ?? key) === key)) return object
  return Object.fromEntries(entries.map(([key, value]) => [names.get(key) ?? key, value]))
}

/** `object` without `keys`; keeps odd keys such as `__proto__` as plain data. */
export function without(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)))
}

/** Throws `BadRequestError` naming `path` unless `value` is a JSON object. */
export function expectObject(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value
  throw badRequest(`${path}: must be a JSON object.`, path)
}

/** Throws `BadRequestError` naming `path` unless `value` is an array. */
export function expectArray(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value
  throw badRequest(`${path}: must be an array.`, path)
}

/** Throws `BadRequestError` naming `path` unless `value` is a non-empty string. */
export function expectString(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw badRequest(`${path}: must be a non-empty string.`, path)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
