import type { ChatMessage, ChatRequest, ChatResponse } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'

/**
 * A request in one of its equal spellings: no nulls, one text for text parts without marks, tool arguments as values,
 * `stop` as a list, one name for the output limit, and no stream options, which say how and not what.
 */
export function settledRequest(request: ChatRequest): JsonObject {
  const { stop, max_tokens, max_completion_tokens, stream_options: _, stream, ...rest } = request
  const out = withoutNulls(rest)
  const limit = max_completion_tokens ?? max_tokens
  return {
    ...out,
    ...(stop != null && { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(limit != null && { limit }),
    ...(stream === true && { stream }),
    messages: request.messages.map(settledMessage),
  }
}

/** A reply without what each format names anew: its id, model, time and envelope. */
export function settledReply(reply: ChatResponse): JsonObject {
  return {
    choices: reply.choices.map(({ index, message, finish_reason }) => ({
      index,
      finish_reason,
      message: settledMessage(message as ChatMessage),
    })),
    usage: reply.usage && {
      prompt: reply.usage.prompt_tokens,
      completion: reply.usage.completion_tokens,
      total: reply.usage.total_tokens,
      cached: reply.usage.prompt_tokens_details?.cached_tokens ?? 0,
      reasoning: reply.usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  }
}

function settledMessage(message: ChatMessage): JsonObject {
  const { content, tool_calls, thinking_blocks, ...rest } = withoutNulls(message)
  const calls = Array.isArray(tool_calls) ? tool_calls.filter(isJsonObject) : []
  return {
    ...rest,
    ...(content !== '' && content !== undefined && { content: settledContent(content) }),
    ...(calls.length > 0 && { tool_calls: calls.map(settledCall) }),
    ...(Array.isArray(thinking_blocks) && thinking_blocks.length > 0 && { thinking_blocks }),
  }
}

function settledContent(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  const only: unknown = content.length === 1 ? content[0] : undefined
  return isJsonObject(only) && only.type === 'text' && Object.keys(only).length === 2 ? only.text : content
}

function settledCall(call: JsonObject): JsonObject {
  const { name, arguments: written } = isJsonObject(call.function) ? call.function : {}
  return { id: call.id, name, arguments: valueOf(String(written)) }
}

function valueOf(json: string): unknown {
  if (json === '') return {}
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

function withoutNulls(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined))
}
