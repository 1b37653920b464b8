import type { ChatResponse, FinishReason } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo } from '../codec.ts'

/** What a provider that knows nothing but text has answered. */
export interface PlainAnswer {
  readonly text: string
  readonly finishReason?: FinishReason
  /** The provider's own id of the answer. */
  readonly id?: string | undefined
  readonly usage?: Usage | undefined
  readonly specific?: JsonObject
}

/** A chat reply of nothing but text. */
export function plainReply(info: CallInfo, answer: PlainAnswer): ChatResponse {
  const { text, finishReason = 'stop', id, usage, specific } = answer
  return {
    id: id || info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text },
        finish_reason: finishReason,
        ...(specific && { provider_specific_fields: specific }),
      },
    ],
    ...(usage && { usage }),
  }
}
