import { badRequest } from '../../../errors.ts'
import type { ChatMessage, ContentPart, SystemMessage } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import { expectArray, expectObject } from './fields.ts'

/** System and developer messages, wherever they stand → one `systemInstruction`; `undefined` without any. */
export function encodeSystem(messages: readonly ChatMessage[], info: CallInfo): JsonObject | undefined {
  const parts: JsonObject[] = []
  let spoken = false
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'system' && message.role !== 'developer') {
      spoken = true
      continue
    }
    const path = `messages[${index}]`
    if (spoken)
      info.warn({
        action: 'approximated',
        param: path,
        reason: 'moved to the front: Gemini has one systemInstruction',
      })
    if (message.cache_control !== undefined) warnCacheControl(path, info)
    if (typeof message.content === 'string') {
      if (message.content !== '') parts.push({ text: message.content })
      continue
    }
    for (const [at, part] of expectArray(message.content, `${path}.content`).entries())
      parts.push({ text: systemText(part as ContentPart, `${path}.content[${at}]`, info) })
  }
  return parts.length > 0 ? { parts } : undefined
}

function systemText(part: ContentPart, path: string, info: CallInfo): string {
  if (part.type !== 'text' || typeof part.text !== 'string')
    throw badRequest(`${path}: a system message holds text parts only. Move media into a user message.`, path)
  if (part.cache_control !== undefined) warnCacheControl(path, info)
  return part.text
}

/** Gemini caches by itself; explicit caches are resources of their own (`cachedContent`). */
export function warnCacheControl(path: string, info: CallInfo): void {
  info.warn({
    action: 'dropped',
    param: `${path}.cache_control`,
    reason: 'Gemini caches by itself; a cache made beforehand is named by cached_content',
  })
}

/** `systemInstruction` → a system message; `undefined` when it is empty. */
export function decodeSystem(value: unknown): SystemMessage | undefined {
  if (value == null) return undefined
  const content = expectObject(value, 'systemInstruction')
  const given = expectArray(content.parts, 'systemInstruction.parts')
  const texts = given.map((part, index) => {
    const path = `systemInstruction.parts[${index}]`
    const { text } = expectObject(part, path)
    if (typeof text === 'string') return text
    throw badRequest(`${path}: must hold text; a system instruction takes nothing else.`, path)
  })
  const [only] = texts
  if (only === undefined) return undefined
  if (texts.length === 1) return { role: 'system', content: only }
  return { role: 'system', content: texts.map(text => ({ type: 'text', text })) }
}
