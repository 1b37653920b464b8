/** Any JSON object whose shape we do not know; fields we do not understand are kept, never dropped. */
export interface JsonObject {
  [key: string]: unknown
}

/** True when `value` is a plain JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `Array.isArray`, of items whose shape we do not know. */
export function isJsonArray(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

/** The string `value` is, or `''` for anything else: numbers and objects do not turn into text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Any value in words, for messages and for places that take text only: a string as it is, anything else as JSON. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
