/** Freezes plain objects and arrays all the way down; maps are left to their read-only types. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Map || Object.isFrozen(value))
    return value
  for (const item of Object.values(value)) freezeDeep(item)
  return Object.freeze(value)
}
