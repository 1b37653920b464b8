import { createError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { CallInfo } from './codec.ts'

/** The JSON object of a stream event. Throws `BadGatewayError` for anything else: a broken frame is never skipped. */
export function parseEvent(data: string, info: CallInfo): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch (cause) {
    throw brokenFrame(info, cause)
  }
  if (!isJsonObject(value)) throw brokenFrame(info)
  return value
}

function brokenFrame(info: CallInfo, cause?: unknown) {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider sent a stream event that is not a JSON object.',
    provider: info.deployment.provider,
    model: info.model,
    cause,
  })
}
