import { badRequest, createError } from '../../errors.ts'
import type { AssistantMessage, ChatMessage, ContentPart, ToolMessage } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { expectArray, expectObject, expectString } from '../gemini/request/fields.ts'
import { hoistMedia } from '../openai-chat/tool-media.ts'

/** Hub messages as Cohere takes them: four roles, text and images from users, thinking and plans from assistants. */
export function encodeMessages(messages: readonly ChatMessage[], info: CallInfo): JsonObject[] {
  const shown = messages.some(hasImageResult) ? (hoistMedia([...messages], info) as ChatMessage[]) : messages
  return shown.flatMap((message, index) => {
    const encoded = encodeMessage(message, `messages[${index}]`, info)
    return encoded ? [encoded] : []
  })
}

function hasImageResult({ role, content }: ChatMessage): boolean {
  return (
    role === 'tool' &&
    isJsonArray(content) &&
    content.some(part => isJsonObject(part) && part.type === 'image_url')
  )
}

function encodeMessage(message: ChatMessage, path: string, info: CallInfo): JsonObject | undefined {
  if (message.name !== undefined && message.role !== 'tool')
    info.warn({ action: 'dropped', param: `${path}.name`, reason: 'Cohere has no names on messages' })
  warnCacheControl(message, path, info)
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: encodeContent(message.content, path, info, false) }
    case 'user':
      return { role: 'user', content: encodeContent(message.content, path, info, true) }
    case 'assistant':
      return encodeAssistant(message, path, info)
    case 'tool':
      return encodeToolMessage(message, path, info)
    default:
      throw badRequest(
        `${path}.role: must be "system", "developer", "user", "assistant" or "tool".`,
        `${path}.role`,
      )
  }
}

function encodeContent(
  content: unknown,
  path: string,
  info: CallInfo,
  images: boolean,
): string | JsonObject[] {
  if (typeof content === 'string') return content
  return expectArray(content, `${path}.content`).map((given, index) => {
    const at = `${path}.content[${index}]`
    const part = expectObject(given, at) as ContentPart
    warnCacheControl(part, at, info)
    if (part.type === 'text' && typeof part.text === 'string') return { type: 'text', text: part.text }
    if (images && part.type === 'image_url') return encodeImage(part.image_url, `${at}.image_url`)
    const known = images ? 'text and image_url' : 'text'
    throw createError({
      kind: 'unsupported_params',
      message: `${at}.type: "${String(part.type)}" is no content part Cohere takes here. Use ${known}.`,
      param: `${at}.type`,
    })
  })
}

/** Source: https://docs.cohere.com/docs/image-inputs */
function encodeImage(given: unknown, path: string): JsonObject {
  const image = typeof given === 'string' ? { url: given } : expectObject(given, path)
  const url = expectString(image.url, `${path}.url`)
  return { type: 'image_url', image_url: { url, ...(image.detail != null && { detail: image.detail }) } }
}

/** Thinking goes back as content, the plan of tool calls under its own name. Empty messages are refused by Cohere. */
function encodeAssistant(message: AssistantMessage, path: string, info: CallInfo): JsonObject | undefined {
  const specific = message.provider_specific_fields ?? {}
  const plan = typeof specific.tool_plan === 'string' ? specific.tool_plan : undefined
  const thinking = thinkingOf(message, plan, path, info)
  const said = saidBy(message, path, info)
  const calls = message.tool_calls ?? []
  if (said === '' && thinking === '' && calls.length === 0 && plan === undefined) {
    info.warn({ action: 'dropped', param: path, reason: 'an assistant message without content' })
    return undefined
  }
  const parts = [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking }]),
    ...(said === '' ? [] : [{ type: 'text', text: said }]),
  ]
  return {
    role: 'assistant',
    ...(parts.length > 0 && { content: thinking === '' ? said : parts }),
    ...(plan !== undefined && { tool_plan: plan }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, function: { name, arguments: args } }) => ({
        id,
        type: 'function',
        function: { name, arguments: args || '{}' },
      })),
    }),
    ...(isJsonArray(specific.citations) &&
      specific.citations.length > 0 && { citations: specific.citations }),
  }
}

function saidBy(message: AssistantMessage, path: string, info: CallInfo): string {
  const { content, refusal } = message
  if (content == null) return refusal ?? ''
  if (typeof content === 'string') return content + (refusal ?? '')
  const texts = content.map((part, index) => {
    const at = `${path}.content[${index}]`
    warnCacheControl(part, at, info)
    if (part.type === 'text' && typeof part.text === 'string') return part.text
    if (part.type === 'refusal' && typeof part.refusal === 'string') return part.refusal
    info.warn({ action: 'dropped', param: at, reason: 'Cohere takes text only from assistants' })
    return ''
  })
  return texts.join('') + (refusal ?? '')
}

/** Thinking text without the plan, which `reasoning_content` shows too. Other vendors' sealed thoughts cannot go. */
function thinkingOf(
  message: AssistantMessage,
  plan: string | undefined,
  path: string,
  info: CallInfo,
): string {
  const blocks = message.thinking_blocks ?? []
  for (const [index, block] of blocks.entries())
    if (block.type === 'redacted_thinking')
      info.warn({
        action: 'dropped',
        param: `${path}.thinking_blocks[${index}]`,
        reason: 'another provider sealed it',
      })
    else if (block.signature)
      info.warn({
        action: 'dropped',
        param: `${path}.thinking_blocks[${index}].signature`,
        reason: 'Cohere has no signatures on thinking',
      })
  const written = blocks.flatMap(block => (block.type === 'thinking' ? [block.thinking] : [])).join('')
  const all = written || (message.reasoning_content ?? '')
  return plan !== undefined && all.endsWith(plan) ? all.slice(0, -plan.length || undefined) : all
}

function encodeToolMessage(message: ToolMessage, path: string, info: CallInfo): JsonObject {
  if (message.is_error === true)
    info.warn({ action: 'dropped', param: `${path}.is_error`, reason: 'Cohere has no mark for failed tools' })
  const { content } = message
  return {
    role: 'tool',
    tool_call_id: message.tool_call_id,
    content: typeof content === 'string' ? content : encodeResult(content, path, info),
  }
}

/** Documents in a result are what the model cites. Source: https://docs.cohere.com/docs/tool-use-citations */
function encodeResult(content: unknown, path: string, info: CallInfo): JsonObject[] {
  return expectArray(content, `${path}.content`).map((given, index) => {
    const at = `${path}.content[${index}]`
    const part = expectObject(given, at)
    if (part.type === 'document' && isJsonObject(part.document))
      return { type: 'document', document: part.document }
    return (encodeContent([part], path, info, false) as JsonObject[])[0] as JsonObject
  })
}

function warnCacheControl(from: JsonObject, path: string, info: CallInfo): void {
  if (from.cache_control !== undefined)
    info.warn({ action: 'dropped', param: `${path}.cache_control`, reason: 'Cohere caches by itself' })
}
