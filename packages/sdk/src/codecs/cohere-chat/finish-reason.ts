import { createError } from '../../errors.ts'
import type { FinishReason } from '../../types/chat.ts'
import type { CallInfo } from '../codec.ts'

const REASONS: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool_calls'],
  ['ERROR_TOXIC', 'content_filter'],
])

/**
 * Cohere's reason → the hub's. Throws when the reason is a failure, for half an answer must not look complete.
 * Source: https://docs.cohere.com/reference/chat
 */
export function decodeFinishReason(native: string, info: CallInfo, words?: string): FinishReason {
  const source = { provider: info.deployment.provider, model: info.model }
  if (native === 'TIMEOUT')
    throw createError({
      kind: 'timeout',
      message: words ?? 'Cohere ran out of time for this answer.',
      ...source,
    })
  if (native === 'ERROR')
    throw createError({
      kind: 'bad_gateway',
      message: words ?? 'Cohere broke off the answer because of an error of its own.',
      ...source,
    })
  const reason = REASONS.get(native)
  if (reason !== undefined) return reason
  info.warn({
    action: 'approximated',
    param: 'finish_reason',
    reason: `unknown finish_reason "${native}" sent as stop`,
  })
  return 'stop'
}
