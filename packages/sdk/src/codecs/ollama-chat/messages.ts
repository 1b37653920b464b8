import { badRequest, createError } from '../../errors.ts'
import type { AssistantMessage, ChatMessage, ContentPart } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { expectArray, expectObject, expectString } from '../gemini/request/fields.ts'
import { encodeToolCall } from './tools.ts'

/** Ollama fetches nothing: pictures must come with the request. */
export function isRemote(url: string): boolean {
  return url.startsWith('http://') || url.startsWith('https://')
}

/** Hub messages → Ollama's: one text each, images beside it. Source: https://docs.ollama.com/api/chat */
export function encodeMessages(messages: readonly ChatMessage[], info: CallInfo): JsonObject[] {
  const names = new Map<string, string>()
  return messages.map((message, index) => {
    const path = `messages[${index}]`
    if (message.name !== undefined && message.role !== 'tool')
      info.warn({ action: 'dropped', param: `${path}.name`, reason: 'Ollama has no names on messages' })
    warnCacheControl(message, path, info)
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', ...encodeContent(message.content, path, info) }
      case 'user':
        return { role: 'user', ...encodeContent(message.content, path, info) }
      case 'assistant':
        for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name)
        return encodeAssistant(message, path, info)
      case 'tool': {
        if (message.is_error === true)
          info.warn({
            action: 'dropped',
            param: `${path}.is_error`,
            reason: 'Ollama has no mark for failed tools',
          })
        const name = names.get(message.tool_call_id) ?? message.name
        return {
          role: 'tool',
          ...encodeContent(message.content, path, info),
          tool_call_id: message.tool_call_id,
          ...(name !== undefined && { tool_name: name }),
        }
      }
      default:
        throw badRequest(
          `${path}.role: must be "system", "developer", "user", "assistant" or "tool".`,
          `${path}.role`,
        )
    }
  })
}

function encodeAssistant(message: AssistantMessage, path: string, info: CallInfo): JsonObject {
  const { content, images } =
    message.content == null ? { content: '' } : encodeContent(message.content, path, info)
  const thinking = thinkingOf(message, path, info)
  const calls = message.tool_calls ?? []
  return {
    role: 'assistant',
    content: content + (message.refusal ?? ''),
    ...(images && { images }),
    ...(thinking !== '' && { thinking }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, index) => encodeToolCall(call, `${path}.tool_calls[${index}]`)),
    }),
  }
}

function thinkingOf(message: AssistantMessage, path: string, info: CallInfo): string {
  if (message.reasoning_content) return message.reasoning_content
  return (message.thinking_blocks ?? [])
    .map((block, index) => {
      if (block.type === 'thinking') return block.thinking
      info.warn({
        action: 'dropped',
        param: `${path}.thinking_blocks[${index}]`,
        reason: 'another provider sealed it',
      })
      return ''
    })
    .join('')
}

function encodeContent(
  content: unknown,
  path: string,
  info: CallInfo,
): { content: string; images?: string[] } {
  if (typeof content === 'string') return { content }
  const images: string[] = []
  const texts = expectArray(content, `${path}.content`).flatMap((given, index) => {
    const at = `${path}.content[${index}]`
    const part = expectObject(given, at) as ContentPart
    warnCacheControl(part, at, info)
    if (part.type === 'text' && typeof part.text === 'string') return [part.text]
    if (part.type === 'refusal' && typeof part.refusal === 'string') return [part.refusal]
    if (part.type === 'image_url') {
      images.push(encodeImage(part.image_url, `${at}.image_url`, info))
      return []
    }
    throw createError({
      kind: 'unsupported_params',
      message: `${at}.type: "${String(part.type)}" is no content part Ollama takes. Use text and image_url.`,
      param: `${at}.type`,
    })
  })
  return { content: texts.join('\n'), ...(images.length > 0 && { images }) }
}

/** Bare base64, which is how Ollama wants pictures. */
function encodeImage(given: unknown, path: string, info: CallInfo): string {
  const image = typeof given === 'string' ? { url: given } : expectObject(given, path)
  const url = expectString(image.url, `${path}.url`)
  if (image.detail != null && image.detail !== 'auto')
    info.warn({ action: 'dropped', param: `${path}.detail`, reason: 'Ollama has one resolution' })
  if (!url.startsWith('data:')) {
    if (!url.includes('://')) return url
    throw badRequest(`${path}.url: Ollama fetches nothing. Send the image as a data: URI.`, `${path}.url`)
  }
  const mark = url.indexOf(';base64,')
  if (mark === -1) throw badRequest(`${path}.url: the data: URI must be base64.`, `${path}.url`)
  return url.slice(mark + ';base64,'.length)
}

function warnCacheControl(from: JsonObject, path: string, info: CallInfo): void {
  if (from.cache_control !== undefined)
    info.warn({ action: 'dropped', param: `${path}.cache_control`, reason: 'Ollama caches by itself' })
}
