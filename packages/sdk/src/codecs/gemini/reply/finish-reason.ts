import type { FinishReason } from '../../../types/chat.ts'
import type { Warning } from '../../../types/warning.ts'

/** Source: https://ai.google.dev/api/generate-content#FinishReason and BlockReason; the right side is LiteLLM's map. */
const REASONS: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['STOP', 'stop'],
  ['FINISH_REASON_UNSPECIFIED', 'stop'],
  ['MALFORMED_FUNCTION_CALL', 'stop'],
  ['MALFORMED_RESPONSE', 'stop'],
  ['UNEXPECTED_TOOL_CALL', 'stop'],
  ['TOO_MANY_TOOL_CALLS', 'stop'],
  ['MISSING_THOUGHT_SIGNATURE', 'stop'],
  ['CONTINUATION', 'length'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['LANGUAGE', 'content_filter'],
  ['OTHER', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
  ['IMAGE_OTHER', 'content_filter'],
  ['NO_IMAGE', 'content_filter'],
])

/** A native reason → the hub's. A function call turns a plain stop into `tool_calls`. */
export function decodeFinishReason(
  native: string,
  hasToolCalls: boolean,
  warn: (warning: Warning) => void,
): FinishReason {
  const known = REASONS.get(native)
  if (known === undefined)
    warn({
      action: 'approximated',
      param: 'finish_reason',
      reason: `unknown finishReason "${native}" sent as stop`,
    })
  const reason = known ?? 'stop'
  return reason === 'stop' && hasToolCalls ? 'tool_calls' : reason
}

/** The hub's reason → a native one; `native`, when it says the same, wins. */
export function encodeFinishReason(reason: FinishReason, native: unknown): string {
  if (typeof native === 'string') {
    const meant = REASONS.get(native)
    if (meant === reason || (meant === 'stop' && reason === 'tool_calls')) return native
  }
  if (reason === 'length') return 'MAX_TOKENS'
  return reason === 'content_filter' ? 'SAFETY' : 'STOP'
}
