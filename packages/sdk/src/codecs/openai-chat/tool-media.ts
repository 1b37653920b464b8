import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/**
 * OpenAI takes text only in tool messages, so media of a tool result are shown in a user message after the results
 * of the turn. The same array when there are none.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (tool message content)
 */
export function hoistMedia(messages: JsonObject[], info: CallInfo): JsonObject[] {
  if (!messages.some(hasMedia)) return messages
  const out: JsonObject[] = []
  let shown: JsonObject[] = []
  const show = () => {
    if (shown.length > 0) out.push({ role: 'user', content: shown })
    shown = []
  }
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'tool') show()
    if (!hasMedia(message)) {
      out.push(message)
      continue
    }
    const parts = message.content as JsonObject[]
    const texts = parts.filter(isText)
    const media = parts.filter(part => !isText(part))
    out.push({ ...message, content: texts.length > 0 ? texts : 'The result is in the next user message.' })
    shown.push({ type: 'text', text: `Result of tool call ${String(message.tool_call_id)}:` }, ...media)
    info.warn({
      action: 'approximated',
      param: `messages[${index}].content`,
      reason: 'tool messages take text only; media are sent in a user message after the results',
    })
  }
  show()
  return out
}

function hasMedia({ role, content }: JsonObject): boolean {
  return (
    role === 'tool' && Array.isArray(content) && content.some(part => isJsonObject(part) && !isText(part))
  )
}

function isText(part: JsonObject): boolean {
  return part.type === 'text'
}
