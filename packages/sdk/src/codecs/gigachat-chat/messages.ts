import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/**
 * OpenAI's messages as GigaChat takes them: one system message in front, text only, one function call a message with
 * its result right behind it. Source: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-chat
 */
export function encodeMessages(messages: readonly JsonObject[], info: CallInfo): JsonObject[] {
  const system: string[] = []
  const out: JsonObject[] = []
  const results = resultsOf(messages)
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    const { text, attachments } = readContent(message.content, `${path}.content`)
    if (message.role === 'system' || message.role === 'developer') system.push(text)
    else if (message.role === 'assistant') {
      const state = stateOf(messages, index, info)
      out.push(...encodeAssistant(message, { content: text, ...state }, results, info, path))
    } else if (message.role === 'user') {
      const files = [...attachments, ...(isJsonArray(message.attachments) ? message.attachments : [])]
      out.push({ role: 'user', content: text, ...(files.length > 0 && { attachments: files }) })
    }
  }
  for (const { path } of results.values())
    info.warn({ action: 'dropped', param: path, reason: 'it answers a call that is not in the conversation' })
  if (isMoved(messages))
    info.warn({
      action: 'approximated',
      param: 'messages',
      reason: 'GigaChat takes one system message, in front; all were joined there',
    })
  return system.length === 0 ? out : [{ role: 'system', content: system.join('\n\n') }, ...out]
}

/** True when the system says something again, or not at first. */
function isMoved(messages: readonly JsonObject[]): boolean {
  return messages.slice(1).some(({ role }) => role === 'system' || role === 'developer')
}

interface Result {
  readonly text: string
  readonly path: string
}

function resultsOf(messages: readonly JsonObject[]): Map<string, Result> {
  return new Map(
    messages.flatMap((message, index) => {
      const path = `messages[${index}].content`
      return message.role === 'tool'
        ? [[textOf(message.tool_call_id), { text: readContent(message.content, path).text, path }] as const]
        : []
    }),
  )
}

function encodeAssistant(
  message: JsonObject,
  said: JsonObject,
  results: Map<string, Result>,
  info: CallInfo,
  path: string,
): JsonObject[] {
  const { tool_calls: given } = message
  const calls = isJsonArray(given) ? given.filter(isJsonObject) : []
  const own = { role: 'assistant', ...said }
  if (calls.length === 0) return [own]
  if (calls.length > 1)
    info.warn({
      action: 'approximated',
      param: `${path}.tool_calls`,
      reason: 'GigaChat knows one call a message; they were sent one after another',
    })
  return calls.flatMap((call, index) => {
    const called = isJsonObject(call.function) ? call.function : {}
    const made = {
      ...(index === 0 ? own : { ...own, content: '' }),
      function_call: { name: called.name, arguments: argumentsOf(called.arguments) },
    }
    const result = results.get(textOf(call.id))
    results.delete(textOf(call.id))
    return result ? [made, encodeResult(textOf(called.name), result, info)] : [made]
  })
}

/** What GigaChat remembers its functions by; only the caller's own messages still hold it here. */
function stateOf(messages: readonly JsonObject[], index: number, { request }: CallInfo): JsonObject {
  const asked = isJsonArray(request?.messages) ? request.messages : []
  const message = asked.length === messages.length ? asked[index] : undefined
  const specific = isJsonObject(message) ? message.provider_specific_fields : undefined
  const state = isJsonObject(specific) ? textOf(specific.functions_state_id) : ''
  return state === '' ? {} : { functions_state_id: state }
}

/** Results must be JSON objects. */
function encodeResult(name: string, { text, path }: Result, info: CallInfo): JsonObject {
  if (isJsonObject(parsed(text))) return { role: 'function', name, content: text }
  info.warn({
    action: 'approximated',
    param: path,
    reason: 'GigaChat takes JSON objects; sent as {"result": …}',
  })
  return { role: 'function', name, content: JSON.stringify({ result: text }) }
}

function argumentsOf(text: unknown): unknown {
  const value = parsed(textOf(text) || '{}')
  return isJsonObject(value) ? value : { raw_arguments: text }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readContent(content: unknown, path: string): { text: string; attachments: unknown[] } {
  if (!isJsonArray(content)) return { text: textOf(content), attachments: [] }
  const attachments: unknown[] = []
  const texts = content.filter(isJsonObject).map((part, index) => {
    if (part.type === 'text') return textOf(part.text)
    if (part.type === 'refusal') return textOf(part.refusal)
    const file = part.type === 'file' && isJsonObject(part.file) ? part.file.file_id : undefined
    if (typeof file !== 'string' || /^[a-z]+:/i.test(file))
      throw createError({
        kind: 'unsupported_params',
        message: `${path}[${index}].type: GigaChat reads images and documents from its own storage only. Upload it there (POST /files) and send {"type":"file","file":{"file_id":"…"}}.`,
        param: `${path}[${index}].type`,
      })
    attachments.push(file)
    return ''
  })
  return { text: texts.filter(Boolean).join('\n'), attachments }
}
