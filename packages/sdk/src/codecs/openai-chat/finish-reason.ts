import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

const OPENAI = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])

/** What compatible vendors say instead; what nobody knows counts as `stop`. */
const DIALECTS: Readonly<Record<string, string>> = {
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  insufficient_system_resource: 'length',
  tool_use: 'tool_calls',
  sensitive: 'content_filter',
  safety: 'content_filter',
  refusal: 'content_filter',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
}

/** The provider broke off, and says so where others say why they stopped. */
const BROKEN = new Set(['error', 'network_error'])

/**
 * Puts a choice's finish reason into OpenAI's words; the vendor's own is kept beside. Throws `BadGatewayError` for an
 * answer that the provider could not finish.
 */
export function settleFinish(choice: JsonObject, info: CallInfo): void {
  const reason = choice.finish_reason
  if (typeof reason !== 'string' || OPENAI.has(reason)) return
  if (reason === '') {
    choice.finish_reason =
      choice.message === undefined ? null : hasCalls(choice.message) ? 'tool_calls' : 'stop'
    return
  }
  if (BROKEN.has(reason))
    throw createError({
      kind: 'bad_gateway',
      message: `The provider broke the answer off (finish reason "${reason}").`,
      provider: info.deployment.provider,
      model: info.model,
      providerSpecificFields: { choice },
    })
  const known = Object.hasOwn(DIALECTS, reason) ? DIALECTS[reason] : undefined
  if (known === undefined)
    info.warn({
      action: 'approximated',
      param: 'finish_reason',
      reason: `unknown finish_reason "${reason}" sent as stop`,
    })
  choice.finish_reason = known ?? 'stop'
  choice.provider_specific_fields = {
    ...(isJsonObject(choice.provider_specific_fields) ? choice.provider_specific_fields : {}),
    native_finish_reason: reason,
  }
}

function hasCalls(message: unknown): boolean {
  return isJsonObject(message) && isJsonArray(message.tool_calls) && message.tool_calls.length > 0
}
