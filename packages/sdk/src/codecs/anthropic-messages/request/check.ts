import { badRequest } from '../../../errors.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Block } from './context.ts'
import type { Turn } from './messages.ts'

/** A client's request once its shape is known to be right. */
export interface CheckedRequest extends JsonObject {
  model: string
  messages: Turn[]
  max_tokens?: number
  stream?: boolean
  system?: string | JsonObject[]
  tools?: JsonObject[]
  tool_choice?: JsonObject
  stop_sequences?: string[]
  metadata?: JsonObject
  output_config?: JsonObject
  output_format?: JsonObject
  service_tier?: string
}

type Rule = readonly [key: string, test: (value: unknown) => boolean, remedy: string]

const isString = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

/** Optional fields: what each must be when it is there. */
const RULES: readonly Rule[] = [
  ['stream', value => typeof value === 'boolean', 'must be true or false.'],
  [
    'system',
    value => isString(value) || (Array.isArray(value) && value.every(isTextBlock)),
    'must be a string or an array of text blocks, for example [{"type":"text","text":"…"}].',
  ],
  ['tools', value => Array.isArray(value) && value.every(isJsonObject), 'must be an array of tool objects.'],
  ['tool_choice', isJsonObject, 'must be an object, for example {"type":"auto"}.'],
  ['stop_sequences', value => Array.isArray(value) && value.every(isString), 'must be an array of strings.'],
  ['metadata', isJsonObject, 'must be an object, for example {"user_id":"…"}.'],
  ['output_config', isJsonObject, 'must be an object, for example {"effort":"high"}.'],
  ['output_format', isJsonObject, 'must be an object, for example {"type":"json_schema","schema":{…}}.'],
  ['service_tier', isString, 'must be "auto" or "standard_only".'],
  [
    'thinking',
    value => isJsonObject(value) && isString(value.type),
    'must be an object with a type, for example {"type":"adaptive"}.',
  ],
  ['temperature', isNumber, 'must be a number from 0 to 1.'],
  ['top_p', isNumber, 'must be a number from 0 to 1.'],
  ['top_k', isNumber, 'must be a number of at least 0.'],
]

function isTextBlock(value: unknown): boolean {
  return isJsonObject(value) && value.type === 'text' && typeof value.text === 'string'
}

/** Checks a client's request; fields Anthropic does not know pass. Throws `BadRequestError` at the first fault. */
export function checkRequest(
  body: unknown,
  pathModel: string | undefined,
  needsMaxTokens: boolean,
): CheckedRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = pathModel ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  const limit = body.max_tokens
  if (limit == null ? needsMaxTokens : !Number.isInteger(limit) || (limit as number) < 0)
    throw badRequest('max_tokens: must be a whole number of at least 0; it is required.', 'max_tokens')
  for (const [key, test, remedy] of RULES)
    if (body[key] != null && !test(body[key])) throw badRequest(`${key}: ${remedy}`, key)
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    throw badRequest('messages: must be a non-empty array of messages.', 'messages')
  for (const [index, message] of body.messages.entries()) checkMessage(message, `messages.${index}`)
  const present = Object.entries(body).filter(([key, value]) => value != null && key !== '__proto__')
  return { ...Object.fromEntries(present), model } as CheckedRequest
}

function checkMessage(message: unknown, at: string): void {
  if (!isJsonObject(message)) throw badRequest(`${at}: must be an object with role and content.`, at)
  const { role, content } = message
  if (role !== 'user' && role !== 'assistant' && role !== 'system')
    throw badRequest(`${at}.role: must be "user", "assistant" or "system".`, `${at}.role`)
  if (typeof content === 'string') {
    if (content === '' && role !== 'assistant')
      throw badRequest(
        `${at}.content: must not be empty; write the text or leave the message out.`,
        `${at}.content`,
      )
    return
  }
  if (!Array.isArray(content))
    throw badRequest(`${at}.content: must be a string or an array of content blocks.`, `${at}.content`)
  if (content.length === 0 && role !== 'assistant')
    throw badRequest(
      `${at}.content: must not be empty; add a block or leave the message out.`,
      `${at}.content`,
    )
  for (const [index, block] of content.entries()) checkBlock(block, role, `${at}.content.${index}`)
}

function checkBlock(block: unknown, role: string, at: string): asserts block is Block {
  if (!isJsonObject(block) || typeof block.type !== 'string')
    throw badRequest(`${at}: must be an object with a type, for example {"type":"text","text":"…"}.`, at)
  const need = (key: string, valid: boolean, rule: string) => {
    if (!valid) throw badRequest(`${at}.${key}: ${rule}`, `${at}.${key}`)
  }
  switch (block.type) {
    case 'text':
      return need('text', isString(block.text), 'must be a string.')
    case 'image':
    case 'document':
      return checkSource(block.source, `${at}.source`)
    case 'tool_use':
      need('id', isString(block.id) && block.id !== '', 'must be a non-empty string.')
      need('name', isString(block.name) && block.name !== '', 'must be a non-empty string.')
      need('input', isJsonObject(block.input), 'must be an object.')
      return need('type', role === 'assistant', 'tool_use blocks belong in assistant messages.')
    case 'tool_result':
      need('tool_use_id', isString(block.tool_use_id), 'must name the tool_use block this answers.')
      return need('type', role === 'user', 'tool_result blocks belong in user messages.')
    case 'thinking':
      return need('thinking', isString(block.thinking), 'must be a string.')
    case 'redacted_thinking':
      return need('data', isString(block.data), 'must be a string.')
  }
}

const SOURCE_FIELDS = new Map([
  ['base64', 'data'],
  ['url', 'url'],
  ['file', 'file_id'],
  ['text', 'data'],
]) // prettier-ignore

function checkSource(source: unknown, at: string): void {
  if (!isJsonObject(source) || typeof source.type !== 'string')
    throw badRequest(`${at}: must be an object with a type: base64, url or file.`, at)
  const field = SOURCE_FIELDS.get(source.type)
  if (field !== undefined && typeof source[field] !== 'string')
    throw badRequest(`${at}.${field}: must be a string.`, `${at}.${field}`)
  if (source.type === 'base64' && typeof source.media_type !== 'string')
    throw badRequest(`${at}.media_type: must be a MIME type, for example "image/png".`, `${at}.media_type`)
}
