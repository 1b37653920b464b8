import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import type { OpenaiChatOptions } from '../options.ts'

/** Messages for providers that take less than OpenAI does. The same array when all of them may stay. */
export function plainMessages(
  messages: JsonObject[],
  info: CallInfo,
  { names, textContent, nulls }: OpenaiChatOptions,
): JsonObject[] {
  if (names === undefined && textContent === undefined && nulls === undefined) return messages
  return messages.map((message, index) => {
    let out = message
    if (message.name != null && (names === false || (names === 'tool' && message.role !== 'tool'))) {
      out = { ...out }
      delete out.name
      info.warn({
        action: 'dropped',
        param: `messages[${index}].name`,
        reason: 'messages have no name at this provider',
      })
    }
    if (textContent && isJsonArray(out.content)) out = { ...out, content: joinText(out.content) }
    if (nulls === false) out = withoutNulls(out)
    return out
  })
}

/** The text of a list of nothing but text; any other list as it is, for the provider to judge. */
function joinText(content: unknown[]): unknown {
  const texts = content.map(part => (isJsonObject(part) && part.type === 'text' ? part.text : undefined))
  return texts.every(text => typeof text === 'string') ? texts.join('\n\n') : content
}

function withoutNulls(message: JsonObject): JsonObject {
  if (!Object.values(message).includes(null)) return message
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null))
}
