import type { FinishReason } from '../../types/chat.ts'
import type { CallInfo } from '../codec.ts'

/** `load` and `unload` answer an empty prompt, which only moves the model. Source: https://docs.ollama.com/api/chat */
const REASONS: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['load', 'stop'],
  ['unload', 'stop'],
])

/** `done_reason` → the hub's; calls turn a plain stop into `tool_calls`. */
export function decodeFinishReason(native: unknown, hasCalls: boolean, info: CallInfo): FinishReason {
  const known = typeof native === 'string' && native !== '' ? REASONS.get(native) : 'stop'
  if (known === undefined)
    info.warn({
      action: 'approximated',
      param: 'finish_reason',
      reason: `unknown done_reason "${String(native)}" sent as stop`,
    })
  const reason = known ?? 'stop'
  return reason === 'stop' && hasCalls ? 'tool_calls' : reason
}

/** The choice's own fields, where Ollama's word says more than the hub's. */
export function nativeReason(native: unknown, reason: FinishReason): { native_finish_reason?: string } {
  return typeof native === 'string' && native !== '' && native !== reason
    ? { native_finish_reason: native }
    : {}
}
