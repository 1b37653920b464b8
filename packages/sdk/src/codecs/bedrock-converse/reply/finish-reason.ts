import type { FinishReason } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
const FINISH_REASONS = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['malformed_model_output', 'stop'],
  ['malformed_tool_use', 'stop'],
])

const STOP_REASONS = new Map<string, string>([
  ['stop', 'end_turn'],
  ['length', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'content_filtered'],
])

/** `stopReason` → finish reason and the native word for `provider_specific_fields`. */
export function decodeFinishReason(
  reason: unknown,
  warn: (warning: Warning) => void,
): { finishReason: FinishReason | null; fields: JsonObject } {
  if (typeof reason !== 'string') return { finishReason: null, fields: {} }
  const finishReason = FINISH_REASONS.get(reason)
  if (finishReason === undefined)
    warn({
      action: 'approximated',
      param: 'finish_reason',
      reason: `the provider's stop reason ${JSON.stringify(reason)} has no counterpart; reported as "stop"`,
    })
  return {
    finishReason: finishReason ?? 'stop',
    fields: { native_finish_reason: reason },
  }
}

/** Finish reason, and the native word it came from → `stopReason`. */
export function encodeFinishReason(
  finishReason: FinishReason | null | undefined,
  fields: JsonObject | undefined,
  hasToolCalls: boolean,
): string {
  const native = fields?.native_finish_reason
  if (typeof native === 'string' && FINISH_REASONS.get(native) === finishReason) return native
  const reason = finishReason ?? 'stop'
  // Some providers end a turn of tool calls with "stop"; clients run tools only on "tool_use".
  return STOP_REASONS.get(hasToolCalls && reason === 'stop' ? 'tool_calls' : reason) ?? 'end_turn'
}
