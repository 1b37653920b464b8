import type { JsonObject } from '../types/json.ts'
import type { CallInfo } from './codec.ts'

/**
 * A request without the vendor's own names for a model or for who pays: a caller was let in for the model it named,
 * and no other field may say something else. What it says is told to be ignored.
 */
export function withoutOtherModel<R extends JsonObject>(
  request: R,
  fields: readonly string[],
  { warn }: Pick<CallInfo, 'warn'>,
): R {
  const found = fields.filter(field => request[field] !== undefined)
  if (found.length === 0) return request
  for (const param of found) warn({ action: 'ignored', param, reason: 'the model says it' })
  return Object.fromEntries(Object.entries(request).filter(([key]) => !found.includes(key))) as R
}
