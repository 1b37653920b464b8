import { badRequest, createError } from '../../../errors.ts'
import type {
  AssistantMessage,
  ChatMessage,
  ContentPart,
  ThinkingBlock,
  ToolCall,
  UserMessage,
} from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { CallInfo, InboundInfo } from '../../codec.ts'
import { decodeSignature, signatureForGoogle } from '../thought-signature.ts'
import { expectArray, expectObject, fieldNames, readFields } from './fields.ts'
import {
  decodeFunctionCall,
  decodeFunctionResponse,
  encodeFunctionCall,
  encodeToolMessage,
  OpenCalls,
} from './function-calls.ts'
import { decodeMedia, encodeMedia } from './media.ts'
import { warnCacheControl } from './system.ts'

export const PART_FIELDS = fieldNames(
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
  'thoughtSignature',
  'videoMetadata',
  'mediaResolution',
  'audioTranscription',
  'partMetadata',
  'mediaProcessing',
  'speechMetadata',
)
/** Parts of tools Google runs by itself; kept raw in `provider_specific_fields`, and sent back from there. */
const SERVER_PARTS = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse']
/** LiteLLM's names for where a message keeps what the hub has no field for. */
export const SERVER_PARTS_KEY = 'server_side_tool_invocations'
export const SIGNATURES_KEY = 'thought_signatures'

export function isServerPart(part: JsonObject): boolean {
  return SERVER_PARTS.some(key => part[key] !== undefined)
}

interface Turn extends JsonObject {
  role: 'user' | 'model'
  parts: JsonObject[]
}

/** Messages → `contents`: roles user and model, consecutive turns of one role merged, system messages left out. */
export function encodeContents(messages: readonly ChatMessage[], info: CallInfo): JsonObject[] {
  const turns: Turn[] = []
  const names = new Map<string, string>()
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (message.role === 'system' || message.role === 'developer') continue
    if (message.cache_control !== undefined) warnCacheControl(path, info)
    if (message.role === 'assistant') addTurn(turns, 'model', encodeAssistant(message, names, path, info))
    else if (message.role === 'tool') addTurn(turns, 'user', encodeToolMessage(message, names, path, info))
    else if (message.role === 'user') addTurn(turns, 'user', encodeUser(message, path, info))
    else
      throw badRequest(
        `${path}.role: must be "system", "developer", "user", "assistant" or "tool".`,
        `${path}.role`,
      )
  }
  return turns
}

function addTurn(turns: Turn[], role: Turn['role'], parts: JsonObject[]): void {
  if (parts.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.parts.push(...parts)
  else turns.push({ role, parts })
}

function encodeUser(message: UserMessage, path: string, info: CallInfo): JsonObject[] {
  if (message.name !== undefined)
    info.warn({ action: 'dropped', param: `${path}.name`, reason: 'Gemini has no names on messages' })
  const parts = encodeContent(message.content, path, info)
  if (parts.length > 0) return parts
  // Gemini refuses a turn without text: https://ai.google.dev/gemini-api/docs/troubleshooting
  info.warn({ action: 'approximated', param: `${path}.content`, reason: 'empty; sent as one space' })
  return [{ text: ' ' }]
}

function encodeAssistant(
  message: AssistantMessage,
  names: Map<string, string>,
  path: string,
  info: CallInfo,
): JsonObject[] {
  const specific = message.provider_specific_fields ?? {}
  const server = specific[SERVER_PARTS_KEY]
  const parts = encodeThinkingBlocks(message, path, info)
  if (Array.isArray(server)) parts.push(...server.filter(isJsonObject))
  const said = message.content == null ? [] : encodeContent(message.content, path, info)
  if (message.refusal) said.push({ text: message.refusal })
  const signatures = specific[SIGNATURES_KEY]
  const signature: unknown = Array.isArray(signatures) ? signatures.at(-1) : undefined
  if (typeof signature === 'string') {
    const last = said.findLast(part => typeof part.text === 'string')
    if (last) last.thoughtSignature = signature
    else said.push({ text: '', thoughtSignature: signature })
  }
  parts.push(...said, ...encodeImages(message, path, info))
  if (message.audio != null)
    info.warn({ action: 'dropped', param: `${path}.audio`, reason: 'Gemini takes no audio in model turns' })
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const at = `${path}.tool_calls[${index}]`
    parts.push(encodeFunctionCall(call, index === 0, at, info))
    names.set(call.id, call.function.name)
  }
  if (parts.length === 0)
    info.warn({ action: 'dropped', param: path, reason: 'an assistant message without content' })
  return parts
}

/** Only signed thoughts mean something to Gemini. */
function encodeThinkingBlocks(message: AssistantMessage, path: string, info: CallInfo): JsonObject[] {
  const parts: JsonObject[] = []
  if (message.reasoning_content && !message.thinking_blocks)
    info.warn({
      action: 'ignored',
      param: `${path}.reasoning_content`,
      reason: 'Gemini takes back signed thoughts only',
    })
  for (const [index, block] of (message.thinking_blocks ?? []).entries()) {
    const signature = block.type === 'thinking' ? block.signature : undefined
    const own = signature ? signatureForGoogle(signature, message) : undefined
    if (own !== undefined) parts.push({ text: block.thinking, thought: true, thoughtSignature: own })
    else
      info.warn({
        action: 'ignored',
        param: `${path}.thinking_blocks[${index}]`,
        reason: signature ? 'another vendor signed it' : 'Gemini takes back signed thoughts only',
      })
  }
  return parts
}

/** Images the model drew earlier, so that it can go on with them. */
function encodeImages(message: AssistantMessage, path: string, info: CallInfo): JsonObject[] {
  if (!Array.isArray(message.images)) return []
  return (message.images as unknown[]).map((given, index) => {
    const at = `${path}.images[${index}]`
    const image = expectObject(given, at)
    const part = encodeMedia({ type: 'image_url', image_url: image.image_url }, at, info) ?? {}
    const signature = image.thought_signature
    return typeof signature === 'string' ? { ...part, thoughtSignature: signature } : part
  })
}

function encodeContent(content: unknown, path: string, info: CallInfo): JsonObject[] {
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }]
  return expectArray(content, `${path}.content`).flatMap((given, index) => {
    const at = `${path}.content[${index}]`
    const part = expectObject(given, at) as ContentPart
    if (part.cache_control !== undefined) warnCacheControl(at, info)
    if (part.type === 'text' && typeof part.text === 'string')
      return part.text === '' ? [] : [{ text: part.text }]
    if (part.type === 'refusal' && typeof part.refusal === 'string') return [{ text: part.refusal }]
    const media = encodeMedia(part, at, info)
    if (media !== undefined) return [media]
    throw createError({
      kind: 'unsupported_params',
      message: `${at}.type: "${String(part.type)}" is no content part Gemini knows. Use text, image_url, input_audio, video_url or file.`,
      param: `${at}.type`,
    })
  })
}

/** `contents` → messages. Throws `BadRequestError` naming the content and part at fault. */
export function decodeContents(value: unknown, info: InboundInfo): ChatMessage[] {
  const contents = expectArray(value, 'contents')
  if (contents.length === 0)
    throw badRequest(
      "contents: must hold at least one content. Send the user's text as contents[0].",
      'contents',
    )
  const calls = new OpenCalls()
  return contents.flatMap((given, index): ChatMessage[] => {
    const path = `contents[${index}]`
    const content = expectObject(given, path)
    const parts = expectArray(content.parts, `${path}.parts`).map((part, at) =>
      readFields(expectObject(part, `${path}.parts[${at}]`), PART_FIELDS),
    )
    const role = content.role ?? 'user'
    if (role === 'model') return [decodeModel(parts, calls, index, path)]
    if (role === 'user' || role === 'function') return decodeUser(parts, calls, path, info)
    throw badRequest(`${path}.role: must be "user" or "model".`, `${path}.role`)
  })
}

function decodeUser(parts: JsonObject[], calls: OpenCalls, path: string, info: InboundInfo): ChatMessage[] {
  const messages: ChatMessage[] = []
  const content: ContentPart[] = []
  for (const [index, part] of parts.entries()) {
    const at = `${path}.parts[${index}]`
    if (part.functionResponse !== undefined)
      messages.push(decodeFunctionResponse(part.functionResponse, calls, `${at}.functionResponse`, info))
    else content.push(decodePart(part, at))
  }
  if (content.length > 0 || messages.length === 0) messages.push({ role: 'user', content: joinText(content) })
  return messages
}

function decodeModel(parts: JsonObject[], calls: OpenCalls, index: number, path: string): AssistantMessage {
  const content: ContentPart[] = []
  const thoughts: ThinkingBlock[] = []
  const server: JsonObject[] = []
  const toolCalls: ToolCall[] = []
  let signature: string | undefined
  for (const [at, part] of parts.entries()) {
    const partPath = `${path}.parts[${at}]`
    const signed = typeof part.thoughtSignature === 'string' ? part.thoughtSignature : undefined
    if (part.functionCall !== undefined) {
      expectObject(part.functionCall, `${partPath}.functionCall`)
      const call = decodeFunctionCall(part, `call_${index}_${at}`)
      calls.add(call)
      toolCalls.push(call)
    } else if (isServerPart(part)) server.push(part)
    else if (part.thought === true)
      thoughts.push({
        type: 'thinking',
        thinking: textOf(part.text),
        ...(signed && { signature: decodeSignature(signed) }),
      })
    else {
      if (signed) signature = signed
      if (part.text !== '') content.push(decodePart(part, partPath))
    }
  }
  const specific: JsonObject = {
    ...(server.length > 0 && { [SERVER_PARTS_KEY]: server }),
    ...(signature !== undefined && { [SIGNATURES_KEY]: [signature] }),
  }
  const thinking = thoughts.map(block => (block.type === 'thinking' ? block.thinking : '')).join('')
  return {
    role: 'assistant',
    content: content.length > 0 ? joinText(content, '') : null,
    ...(thinking !== '' && { reasoning_content: thinking }),
    ...(thoughts.length > 0 && { thinking_blocks: thoughts }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    ...(Object.keys(specific).length > 0 && { provider_specific_fields: specific }),
  }
}

function decodePart(part: JsonObject, path: string): ContentPart {
  if (typeof part.text === 'string') return { type: 'text', text: part.text }
  if (part.inlineData !== undefined || part.fileData !== undefined) return decodeMedia(part, path)
  throw badRequest(
    `${path}: must hold one of text, inlineData, fileData, functionCall, functionResponse, executableCode or codeExecutionResult.`,
    path,
  )
}

/** A lone text stays a string; `glue` joins several into one, where order and borders do not matter. */
function joinText(parts: ContentPart[], glue?: string): string | ContentPart[] {
  const texts = parts.flatMap(part =>
    part.type === 'text' && typeof part.text === 'string' ? [part.text] : [],
  )
  if (texts.length < parts.length) return parts
  return texts.length > 1 && glue === undefined ? parts : texts.join(glue)
}
