import type { FinishReason } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'

/** Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const FINISH_REASONS = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['compaction', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
])

const STOP_REASONS = new Map<string, string>([
  ['stop', 'end_turn'],
  ['length', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'refusal'],
])

/**
 * `stop_reason` and its details → finish reason plus the native fields for the choice's
 * `provider_specific_fields`.
 */
export function decodeFinishReason(
  message: JsonObject,
  warn: (warning: Warning) => void,
): { finishReason: FinishReason | null; fields?: JsonObject } {
  const { stop_reason: reason, stop_sequence, stop_details } = message
  if (typeof reason !== 'string') return { finishReason: null }
  const finishReason = FINISH_REASONS.get(reason)
  if (finishReason === undefined)
    warn({
      action: 'approximated',
      param: 'finish_reason',
      reason: `the provider's stop reason ${JSON.stringify(reason)} has no counterpart; reported as "stop"`,
    })
  const fields: JsonObject = {
    native_finish_reason: reason,
    ...(typeof stop_sequence === 'string' && { stop_sequence }),
    ...(stop_details != null && { stop_details }),
  }
  return { finishReason: finishReason ?? 'stop', fields }
}

/** Finish reason and the native fields of a choice → `stop_reason`, `stop_sequence`, `stop_details`. */
export function encodeFinishReason(
  finishReason: FinishReason | null | undefined,
  fields: JsonObject | undefined,
  hasToolCalls: boolean,
): JsonObject {
  const native = fields?.native_finish_reason
  const known = typeof native === 'string' && FINISH_REASONS.get(native) === finishReason
  // Some providers end a turn of tool calls with "stop"; Anthropic's clients run tools only on "tool_use".
  const reason = finishReason ?? 'stop'
  const usesTools = hasToolCalls && reason === 'stop'
  return {
    stop_reason: known ? native : STOP_REASONS.get(usesTools ? 'tool_calls' : reason),
    stop_sequence: typeof fields?.stop_sequence === 'string' ? fields.stop_sequence : null,
    ...(fields?.stop_details != null && { stop_details: fields.stop_details }),
  }
}
