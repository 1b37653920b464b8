import type { FinishReason } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import { without } from '../gemini/request/fields.ts'
import { nativeReason } from './finish-reason.ts'

const KNOWN = new Set([
  'done',
  'done_reason',
  'error',
  'eval_count',
  'logprobs',
  'message',
  'model',
  'prompt_eval_count',
  '__proto__',
])

/** What the last line says beyond the answer: its own word for the end, how long loading and reading took … */
export function specificFields(
  line: JsonObject,
  reason: FinishReason,
): { provider_specific_fields?: JsonObject } {
  const fields = { ...without(line, KNOWN), ...nativeReason(line.done_reason, reason) }
  return Object.keys(fields).length > 0 ? { provider_specific_fields: fields } : {}
}

const MESSAGE_FIELDS = new Set(['content', 'role', 'thinking', 'tool_calls', '__proto__'])

/** What a message says beyond text, thinking and calls. */
export function messageFields(message: JsonObject): { provider_specific_fields?: JsonObject } {
  const fields = without(message, MESSAGE_FIELDS)
  return Object.keys(fields).length > 0 ? { provider_specific_fields: fields } : {}
}
