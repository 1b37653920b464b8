import { isPreamble } from '../codecs/openai-chat/preamble.ts'
import { OPENAI_CHAT_PARAMS } from '../codecs/openai-chat/request.ts'
import { EFFORT_BUDGETS } from '../codecs/reasoning-effort.ts'
import type { ChatRequest } from '../types/chat.ts'
import { isJsonObject } from '../types/json.ts'
import { chatContinuation } from './chat-continuation.ts'
import { foldChunks, unfoldResponse } from './chat-fold.ts'
import { chatMediaUrls, mapChatMedia } from './chat-media.ts'
import { repairChat } from './chat-repairs.ts'
import { mapReplyTexts, mapRequestTexts } from './chat-texts.ts'
import type { Endpoint } from './endpoint.ts'
import { ChatMeter } from './meter.ts'

/** Everything that talks: chat completions, messages, responses, generateContent. */
export const chat: Endpoint<'chat'> = {
  name: 'chat',
  callType: 'acompletion',
  isRepeatable: true,
  openaiParams: new Set([...OPENAI_CHAT_PARAMS, 'top_k'].filter(param => param !== 'metadata')),
  sample: { messages: [{ role: 'user', content: 'Hello' }] },
  texts(request) {
    const texts: string[] = []
    mapRequestTexts(request, text => {
      texts.push(text)
      return text
    })
    return texts
  },
  withTexts(request, texts) {
    let next = 0
    return mapRequestTexts(request, text => texts[next++] ?? text)
  },
  replyTexts(response) {
    const texts: string[] = []
    mapReplyTexts(response, text => {
      texts.push(text)
      return text
    })
    return texts
  },
  withReplyTexts(response, texts) {
    let next = 0
    return mapReplyTexts(response, text => texts[next++] ?? text)
  },
  usage: response => (isJsonObject(response.usage) ? response.usage : undefined),
  withUsage: (response, usage) => ({ ...response, usage }),
  usageEvent: ({ id, object, created, model }, usage) => ({ id, object, created, model, choices: [], usage }),
  maxOutputTokens(request) {
    const limit = request.max_completion_tokens ?? request.max_tokens
    if (limit == null) return undefined
    const budget = thinkingBudget(request)
    // Where thinking counts as output, a limit that leaves no room for the answer is raised by it.
    return (limit > budget ? limit : limit + budget) * Math.max(1, request.n ?? 1)
  },
  repaired: repairChat,
  mediaUrls: chatMediaUrls,
  withMediaUrls: mapChatMedia,
  isPreamble,
  continuation: chatContinuation,
  createMeter: () => new ChatMeter(),
  fold: foldChunks,
  unfold: unfoldResponse,
}

function thinkingBudget({ thinking, reasoning_effort: effort }: ChatRequest): number {
  const stated = isJsonObject(thinking) ? thinking.budget_tokens : undefined
  if (typeof stated === 'number') return stated
  return typeof effort === 'string' ? (EFFORT_BUDGETS[effort] ?? 0) : 0
}
