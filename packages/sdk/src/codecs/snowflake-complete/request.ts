import { badRequest, createError } from '../../errors.ts'
import type {
  AssistantMessage,
  ChatMessage,
  ChatRequest,
  ChatTool,
  ContentPart,
  ResponseFormat,
} from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { expectArray, expectObject, without } from '../gemini/request/fields.ts'

export const SNOWFLAKE_PARAMS: ReadonlySet<string> = new Set([
  'max_completion_tokens',
  'max_tokens',
  'response_format',
  'temperature',
  'tool_choice',
  'tools',
  'top_p',
])
const OWN = new Set([
  ...SNOWFLAKE_PARAMS,
  'model',
  'messages',
  'stream',
  'stream_options',
  'user',
  'metadata',
])

/** Hub request → body of `inference:complete`. `guardrails` and the like are copied as they are. */
export function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const names = new Map<string, string>()
  const limit = request.max_completion_tokens ?? request.max_tokens
  const format = request.response_format && encodeFormat(request.response_format, info)
  return {
    body: {
      model: info.model,
      messages: request.messages.map((message, index) =>
        encodeMessage(message, names, `messages[${index}]`, info),
      ),
      stream: info.stream,
      ...(limit != null && { max_tokens: limit }),
      ...(request.temperature != null && { temperature: request.temperature }),
      ...(request.top_p != null && { top_p: request.top_p }),
      ...(format && { response_format: format }),
      ...encodeTools(request),
      ...without(request, OWN),
    },
    headers: { accept: info.stream ? 'text/event-stream' : 'application/json' },
  }
}

function encodeFormat(format: ResponseFormat, info: CallInfo): JsonObject | undefined {
  if (format.type === 'text') return undefined
  if (format.type === 'json_schema')
    return { type: 'json', schema: format.json_schema.schema ?? { type: 'object' } }
  info.warn({
    action: 'approximated',
    param: 'response_format',
    reason: 'Cortex wants a schema; any object is sent as one',
  })
  return { type: 'json', schema: { type: 'object' } }
}

function encodeTools({ tools, tool_choice: choice }: ChatRequest): JsonObject {
  if (!tools || tools.length === 0) return {}
  const named = typeof choice === 'object' && choice !== null ? choice.function?.name : undefined
  return {
    tools: tools.map(encodeTool),
    ...(choice != null && {
      tool_choice: named === undefined ? { type: choice } : { type: 'tool', name: [named] },
    }),
  }
}

function encodeTool({ type, function: spec }: ChatTool, index: number): JsonObject {
  if (type !== 'function' || spec === undefined)
    throw createError({
      kind: 'unsupported_params',
      message: `tools[${index}].type: "${type}" is no tool Cortex knows. Send functions only.`,
      param: `tools[${index}].type`,
    })
  const { name, description, parameters } = spec
  return {
    tool_spec: {
      type: 'generic',
      name,
      ...(description !== undefined && { description }),
      input_schema: parameters ?? { type: 'object', properties: {} },
    },
  }
}

function encodeMessage(
  message: ChatMessage,
  names: Map<string, string>,
  path: string,
  info: CallInfo,
): JsonObject {
  if (message.name !== undefined && message.role !== 'tool')
    info.warn({ action: 'dropped', param: `${path}.name`, reason: 'Cortex has no names on messages' })
  if (message.role === 'assistant') {
    for (const {
      id,
      function: { name },
    } of message.tool_calls ?? [])
      names.set(id, name)
    return encodeAssistant(message, path, info)
  }
  const parts = message.content == null ? '' : encodeContent(message.content, `${path}.content`, info)
  if (message.role === 'tool') {
    const content = typeof parts === 'string' ? [{ type: 'text', text: parts }] : parts
    const name = names.get(message.tool_call_id) ?? message.name ?? ''
    const results = { tool_use_id: message.tool_call_id, name, content }
    return { role: 'user', content_list: [{ type: 'tool_results', tool_results: results }] }
  }
  const role = message.role === 'developer' ? 'system' : message.role
  return typeof parts === 'string' ? { role, content: parts } : { role, content_list: parts }
}

function encodeAssistant(message: AssistantMessage, path: string, info: CallInfo): JsonObject {
  const said = message.content == null ? '' : encodeContent(message.content, `${path}.content`, info)
  for (const key of ['reasoning_content', 'thinking_blocks'] as const)
    if (message[key] != null)
      info.warn({ action: 'dropped', param: `${path}.${key}`, reason: 'Cortex takes no thinking back' })
  const calls = message.tool_calls ?? []
  if (calls.length === 0 && typeof said === 'string')
    return { role: 'assistant', content: said || (message.refusal ?? '') }
  const parts = typeof said === 'string' ? (said === '' ? [] : [{ type: 'text', text: said }]) : said
  return {
    role: 'assistant',
    content_list: [
      ...parts,
      ...calls.map(({ id, function: { name, arguments: text } }, index) => ({
        type: 'tool_use',
        tool_use: { tool_use_id: id, name, input: argumentsOf(text, `${path}.tool_calls[${index}]`) },
      })),
    ],
  }
}

function argumentsOf(text: string, path: string): JsonObject {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // The same complaint as for JSON that is no object.
  }
  throw badRequest(
    `${path}.function.arguments: must be the text of a JSON object.`,
    `${path}.function.arguments`,
  )
}

/** Images come as base64 with their type. */
function encodeContent(content: unknown, path: string, info: CallInfo): string | JsonObject[] {
  if (typeof content === 'string') return content
  return expectArray(content, path).map((given, index) => {
    const at = `${path}[${index}]`
    const part = expectObject(given, at) as ContentPart
    if (part.cache_control !== undefined)
      info.warn({ action: 'dropped', param: `${at}.cache_control`, reason: 'Cortex has no such mark here' })
    if (part.type === 'text' && typeof part.text === 'string') return { type: 'text', text: part.text }
    const image = isJsonObject(part.image_url) ? part.image_url.url : part.image_url
    const data = typeof image === 'string' ? /^data:([^;,]+);base64,(.+)$/s.exec(image) : null
    if (part.type === 'image_url' && data)
      return { type: 'image', details: { type: 'base64', content: data[2], content_type: data[1] } }
    throw createError({
      kind: 'unsupported_params',
      message: `${at}.type: "${String(part.type)}" is no content part Cortex takes. Use text and images in data: URIs.`,
      param: `${at}.type`,
    })
  })
}
