import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'

const ROLES: Readonly<Record<string, string>> = {
  system: 'SYSTEM',
  developer: 'DEVELOPER',
  user: 'USER',
  assistant: 'ASSISTANT',
  tool: 'TOOL',
}

/**
 * OpenAI's messages in Oracle's words. Throws for parts Oracle has no kind of.
 * Source: https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/Message
 */
export function encodeMessages(messages: readonly JsonObject[]): JsonObject[] {
  return messages.map((message, index) => {
    const { role, content, name, tool_calls: calls, tool_call_id: answered, refusal } = message
    return {
      role: ROLES[String(role)],
      content: encodeContent(content, `messages[${index}].content`),
      ...(typeof name === 'string' && { name }),
      ...(typeof refusal === 'string' && { refusal }),
      ...(typeof answered === 'string' && { toolCallId: answered }),
      ...(isJsonArray(calls) &&
        calls.length > 0 && { toolCalls: calls.filter(isJsonObject).map(encodeCall) }),
    }
  })
}

function encodeCall(call: JsonObject): JsonObject {
  const called = isJsonObject(call.function) ? call.function : {}
  return { id: call.id, type: 'FUNCTION', name: called.name, arguments: textOf(called.arguments) || '{}' }
}

function encodeContent(content: unknown, path: string): JsonObject[] {
  if (!isJsonArray(content)) return textOf(content) === '' ? [] : [{ type: 'TEXT', text: content }]
  return content.filter(isJsonObject).map((part, index) => encodePart(part, `${path}[${index}]`))
}

function encodePart(part: JsonObject, path: string): JsonObject {
  if (part.type === 'text') return { type: 'TEXT', text: part.text }
  if (part.type === 'refusal') return { type: 'TEXT', text: part.refusal }
  if (part.type === 'image_url') {
    const image: JsonObject = isJsonObject(part.image_url) ? part.image_url : { url: part.image_url }
    const detail = typeof image.detail === 'string' && { detail: image.detail.toUpperCase() }
    return { type: 'IMAGE', imageUrl: { url: image.url, ...detail } }
  }
  if (part.type === 'video_url' && isJsonObject(part.video_url))
    return { type: 'VIDEO', videoUrl: { url: part.video_url.url } }
  if (part.type === 'input_audio' && isJsonObject(part.input_audio)) {
    const { data, format } = part.input_audio
    return { type: 'AUDIO', audioUrl: { url: `data:audio/${String(format)};base64,${String(data)}` } }
  }
  const file = part.type === 'file' && isJsonObject(part.file) ? part.file : {}
  if (typeof file.file_data === 'string') return { type: 'DOCUMENT', documentUrl: { url: file.file_data } }
  throw createError({
    kind: 'unsupported_params',
    message: `${path}.type: "${String(part.type)}" is no content part Oracle takes. Use text, image_url, input_audio, video_url or a file with file_data.`,
    param: `${path}.type`,
  })
}

/** A reply's message, whole or a piece of one, in OpenAI's words; its tool calls apart. */
export function decodeMessage(given: unknown): { message: JsonObject; calls: readonly JsonObject[] } {
  const from = isJsonObject(given) ? given : {}
  const parts = isJsonArray(from.content) ? from.content.filter(isJsonObject) : []
  const text = parts.map(part => textOf(part.text)).join('')
  const calls = isJsonArray(from.toolCalls) ? from.toolCalls.filter(isJsonObject) : []
  const { reasoningContent, refusal, annotations } = from
  return {
    message: {
      role: 'assistant',
      content: text === '' && (parts.length === 0 || calls.length > 0) ? null : text,
      ...(typeof reasoningContent === 'string' &&
        reasoningContent !== '' && { reasoning_content: reasoningContent }),
      ...(typeof refusal === 'string' && refusal !== '' && { refusal }),
      ...(isJsonArray(annotations) && annotations.length > 0 && { annotations }),
    },
    calls,
  }
}
