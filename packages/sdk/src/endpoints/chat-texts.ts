import type { ChatRequest, ChatResponse } from '../types/chat.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'

/** Visits every text of a request in order; `replace` returns what stands there afterwards. */
export function mapRequestTexts(request: ChatRequest, replace: (text: string) => string): ChatRequest {
  return {
    ...request,
    messages: request.messages.map(message => mapContent(message, replace)),
  } as ChatRequest
}

export function mapReplyTexts(response: ChatResponse, replace: (text: string) => string): ChatResponse {
  return {
    ...response,
    choices: response.choices.map(choice => ({ ...choice, message: mapContent(choice.message, replace) })),
  } as ChatResponse
}

function mapContent<M extends JsonObject>(message: M, replace: (text: string) => string): M {
  const { content } = message
  if (typeof content === 'string') return { ...message, content: replace(content) }
  if (!Array.isArray(content)) return message
  return {
    ...message,
    content: content.map((part: unknown) =>
      isJsonObject(part) && typeof part.text === 'string' ? { ...part, text: replace(part.text) } : part,
    ),
  }
}
