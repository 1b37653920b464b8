import type { ChatMessage, ChatRequest, ContentPart } from '../../types/chat.ts'
import type { EndpointName, RequestOf } from '../../types/endpoint-map.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo, Codec, Unsaid, WireRequest } from '../codec.ts'

/** What texts that go on cannot say of a conversation. */
export const UNSAID_IN_TEXT: readonly Unsaid[] = [
  'audio',
  'cache_control',
  'detail',
  'format',
  'images',
  'name',
  'others',
  'reasoning',
  'thinking',
]

/**
 * A request in its codec's words, and everything that could not be said in them: what the codec tells itself, and what
 * it declares that it has no word for.
 */
export function encodeWithReceipts<E extends EndpointName>(
  codec: Codec<E>,
  request: RequestOf<E>,
  info: CallInfo,
): { wire: WireRequest; warnings: Warning[] } {
  const warnings: Warning[] = []
  const wire = codec.upstream.encodeRequest(request, {
    ...info,
    warn: warning => void warnings.push(warning),
  })
  const { unsaid, takesNoOthers, params } = codec.upstream
  if (takesNoOthers)
    for (const key in request)
      if (!params.has(key) && !CONTENT.has(key) && request[key] != null)
        warnings.push({ action: 'dropped', param: key, reason: REASONS.others })
  if (unsaid) {
    const told = new Set(warnings.map(({ param }) => param))
    for (const warning of unsaidIn(request as unknown as ChatRequest, new Set(unsaid)))
      if (!told.has(warning.param)) warnings.push(warning)
  }
  return { wire, warnings }
}

/** What a request is about, and how its answer is wanted: every codec deals with that. */
const CONTENT = new Set([
  'model',
  'input',
  'file',
  'document',
  'pages',
  'stream',
  'encoding_format',
  'metadata',
  'user',
])

const REASONS: Readonly<Record<Unsaid, string>> = {
  audio: 'this provider takes no recordings of earlier answers',
  cache_control: 'this provider has no cache marks',
  choice: 'this provider knows no such choice of tools',
  detail: 'this provider has no detail setting for images',
  filename: 'files have no names here',
  format: 'this provider finds the type of what it fetches itself',
  images: 'this provider takes no images of earlier answers',
  is_error: 'this provider has no mark for failed tools',
  name: 'messages have no names here',
  others: 'this provider knows no such field',
  reasoning: 'this provider takes no thinking back',
  refusal: 'this provider takes no refusals back',
  schema: 'this provider has no place for it',
  strict: 'this provider has no strict tools',
  thinking: 'this provider takes no thinking back',
}

type Tell = (kind: Unsaid, param: string) => void

/** Receipts of everything of the `unsaid` kinds that the request really holds. */
function unsaidIn(request: ChatRequest, unsaid: ReadonlySet<Unsaid>): Warning[] {
  const warnings: Warning[] = []
  const tell: Tell = (kind, param) => {
    if (unsaid.has(kind)) warnings.push({ action: 'dropped', param, reason: REASONS[kind] })
  }
  for (let index = 0; index < request.messages.length; index++)
    seeMessage(request.messages[index] as ChatMessage, `messages[${index}]`, tell)
  for (const [index, tool] of listIn(request.tools).entries()) {
    if (tool.cache_control != null) tell('cache_control', `tools[${index}].cache_control`)
    if (isJsonObject(tool.function) && tool.function.strict === true)
      tell('strict', `tools[${index}].function.strict`)
  }
  const { tool_choice: choice, response_format: format } = request
  if (isJsonObject(choice) && !isJsonObject(choice.function)) tell('choice', 'tool_choice')
  if (format?.type === 'json_schema' && isJsonObject(format.json_schema) && format.json_schema.description)
    tell('schema', 'response_format.json_schema.description')
  return warnings
}

/** The objects of a list; a malformed one is the codec's to refuse. */
function listIn(value: unknown): JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

/** Fields of messages that every codec looks at, or that say something of an answer which is no part of a question. */
const KNOWN = new Set([
  'annotations',
  'content',
  'function_call',
  'provider_specific_fields',
  'role',
  'tool_call_id',
  'tool_calls',
  'toolset_name',
])
const KINDS: Readonly<Record<string, Unsaid>> = {
  audio: 'audio',
  cache_control: 'cache_control',
  images: 'images',
  is_error: 'is_error',
  name: 'name',
  reasoning_content: 'reasoning',
  refusal: 'refusal',
  thinking_blocks: 'thinking',
}

function seeMessage(message: ChatMessage, at: string, tell: Tell): void {
  for (const key in message) {
    const value = message[key]
    if (isNothing(value) || KNOWN.has(key)) continue
    // The name of a tool is known from its call, and blocks say what the text of all thinking says.
    if (key === 'name' && (message.role === 'tool' || (message.role as string) === 'function')) continue
    if (key === 'reasoning_content' && !isNothing(message.thinking_blocks)) continue
    tell((Object.hasOwn(KINDS, key) && KINDS[key]) || 'others', `${at}.${key}`)
  }
  if (!isJsonArray(message.content)) return
  for (const [index, part] of (message.content as ContentPart[]).entries())
    if (isJsonObject(part)) seePart(part, `${at}.content[${index}]`, tell)
}

function isNothing(value: unknown): boolean {
  return value == null || value === false || (isJsonArray(value) && value.length === 0)
}

function seePart(part: JsonObject, at: string, tell: Tell): void {
  if (part.cache_control != null) tell('cache_control', `${at}.cache_control`)
  if (part.type === 'image_url' && isJsonObject(part.image_url)) {
    const { url, detail, format } = part.image_url
    if (detail != null && detail !== 'auto') tell('detail', `${at}.image_url.detail`)
    if (format != null && typeof url === 'string' && url.startsWith('http'))
      tell('format', `${at}.image_url.format`)
  }
  if (part.type === 'file' && isJsonObject(part.file) && part.file.filename != null)
    tell('filename', `${at}.file.filename`)
}
