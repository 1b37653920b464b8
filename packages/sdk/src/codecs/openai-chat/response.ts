import { createError } from '../../errors.ts'
import type { ChatResponse } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { decodeLateError } from './errors/errors.ts'
import { settleFinish } from './finish-reason.ts'
import { decodeUsage } from './usage.ts'

/** The hub's shape is this format's, so decoding checks the frame and settles a few dialects. */
export function decodeResponse(
  body: unknown,
  info: CallInfo,
  settle?: (reply: JsonObject) => void,
): ChatResponse {
  if (isJsonObject(body)) settle?.(body)
  if (isJsonObject(body) && body.error != null && !Array.isArray(body.choices))
    throw decodeLateError(body.error, info)
  if (!isJsonObject(body) || !Array.isArray(body.choices))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "choices".',
      provider: info.deployment.provider,
      model: info.model,
      providerSpecificFields: { body },
    })
  for (const choice of body.choices as unknown[]) {
    if (!isJsonObject(choice) || !isJsonObject(choice.message))
      throw createError({ kind: 'bad_gateway', message: 'The provider sent a choice without a message.' })
    if (choice.error != null) throw decodeLateError(choice.error, info)
    settleReasoning(choice.message)
    settleFinish(choice, info)
  }
  const usage = decodeUsage(body.usage)
  if (usage) body.usage = usage
  body.object = 'chat.completion'
  body.id ??= info.id
  body.created ??= Math.floor(info.now / 1000)
  body.model ??= info.model
  return body as ChatResponse
}

/** OpenRouter, Groq and vLLM say `reasoning` where the field's common name is `reasoning_content`. */
export function settleReasoning(message: JsonObject): void {
  if (message.reasoning_content === undefined && typeof message.reasoning === 'string')
    message.reasoning_content = message.reasoning
}
