import type { ChatMessage } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import type { OpenaiChatOptions } from './options.ts'

const EXTRAS = ['cache_control', 'reasoning_content', 'thinking_blocks', 'provider_specific_fields'] as const

/** Hub messages as OpenAI takes them: the same, less what only other formats know. Untouched messages are not copied. */
export function encodeMessages(
  messages: readonly ChatMessage[],
  info: CallInfo,
  options: OpenaiChatOptions,
): JsonObject[] {
  const foreign = EXTRAS.filter(key => !(options.keeps as readonly string[] | undefined)?.includes(key))
  return messages.map((message, index) =>
    encodeMessage(message, `messages[${index}]`, foreign, info, options),
  )
}

function encodeMessage(
  message: ChatMessage,
  at: string,
  foreign: readonly string[],
  info: CallInfo,
  options: OpenaiChatOptions,
): JsonObject {
  let out: JsonObject = without(message, at, foreign, info)
  if (out.role === 'developer' && options.developerRole === false) {
    out = { ...out, role: 'system' }
    info.warn({
      action: 'renamed',
      param: `${at}.role`,
      reason: 'this provider calls the developer role "system"',
    })
  }
  if (Array.isArray(out.content)) {
    const parts = out.content as JsonObject[]
    const encoded = parts.map((part, index) => without(part, `${at}.content[${index}]`, foreign, info))
    if (encoded.some((part, index) => part !== parts[index])) out = { ...out, content: encoded }
  }
  if (Array.isArray(out.tool_calls)) {
    const calls = out.tool_calls as JsonObject[]
    const encoded = calls.map((call, index) => without(call, `${at}.tool_calls[${index}]`, foreign, info))
    if (encoded.some((call, index) => call !== calls[index])) out = { ...out, tool_calls: encoded }
  }
  return out
}

/** The object less the foreign keys, each of them recorded; the same object when there are none. */
function without(from: JsonObject, at: string, foreign: readonly string[], info: CallInfo): JsonObject {
  let out = from
  for (const key of foreign) {
    if (!(key in from)) continue
    if (out === from) out = { ...from }
    delete out[key]
    if (from[key] != null)
      info.warn({ action: 'dropped', param: `${at}.${key}`, reason: 'this provider has no place for it' })
  }
  return out
}
