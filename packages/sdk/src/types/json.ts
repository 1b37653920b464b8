/** Any JSON object whose shape we do not know; fields we do not understand are kept, never dropped. */
export interface JsonObject {
  [key: string]: unknown
}

/** True when `value` is a plain JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
