import type { ChatRequest, ChatResponse, ChatResponseMessage } from '../types/chat.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'

/** Visits every text of a request in order; `replace` returns what stands there afterwards. */
export function mapRequestTexts(request: ChatRequest, replace: (text: string) => string): ChatRequest {
  return {
    ...request,
    messages: request.messages.map(message => mapContent(message, replace)),
  } as ChatRequest
}

/** Visits every text of a reply in order: reasoning, content, tool arguments, choice by choice. */
export function mapReplyTexts(response: ChatResponse, replace: (text: string) => string): ChatResponse {
  return {
    ...response,
    choices: response.choices.map(choice => ({ ...choice, message: mapMessage(choice.message, replace) })),
  }
}

function mapMessage(message: ChatResponseMessage, replace: (text: string) => string): ChatResponseMessage {
  let out = message
  const { reasoning_content: reasoning } = message
  if (reasoning) {
    const reasoned = replace(reasoning)
    out = { ...out, reasoning_content: reasoned }
    // Signed blocks hold the same thoughts; rewritten ones would no longer match their signatures.
    if (reasoned !== reasoning) delete out.thinking_blocks
  }
  if (out.content !== '') out = mapContent(out, replace)
  if (out.tool_calls === undefined) return out
  const calls = out.tool_calls.map(call => ({
    ...call,
    function: { ...call.function, arguments: replace(call.function.arguments) },
  }))
  return { ...out, tool_calls: calls }
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
