import { badRequest } from '../../errors.ts'
import type { ChatMessage, ChatRequest } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../codec.ts'
import { effortOfThinking } from '../reasoning-effort.ts'
import { encodeMessages, encodeTools } from './messages.ts'
import type { OpenaiChatOptions } from './options.ts'
import { plainMessages } from './plain/plain-messages.ts'
import { plainTools } from './plain/plain-tools.ts'
import { encodeSchemaInWords, encodeSchemaTool } from './schema-tool.ts'

/** Request parameters OpenAI's chat endpoint expresses. Source: https://platform.openai.com/docs/api-reference/chat/create */
export const OPENAI_CHAT_PARAMS: ReadonlySet<string> = new Set([
  'audio',
  'frequency_penalty',
  'function_call',
  'functions',
  'logit_bias',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'metadata',
  'modalities',
  'n',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'store',
  'stream_options',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'user',
  'verbosity',
  'web_search_options',
]) // prettier-ignore

/** Nulls are left out: OpenAI reads most of them as "not given", and strict servers refuse them. */
export function encodeRequest(request: ChatRequest, info: CallInfo, options: OpenaiChatOptions): WireRequest {
  const body: JsonObject = { ...request, model: info.model }
  for (const key in body) if (body[key] === null && OPENAI_CHAT_PARAMS.has(key)) delete body[key]
  body.messages = plainMessages(encodeMessages(request.messages, info, options), info, options)
  if (Array.isArray(body.tools))
    body.tools = plainTools(encodeTools(body.tools as JsonObject[], info, options), info, options)
  if (info.stream) {
    body.stream = true
    if (options.streamUsage !== false)
      body.stream_options = { ...request.stream_options, include_usage: true }
    else delete body.stream_options
  } else {
    delete body.stream
    delete body.stream_options
  }
  encodeThinking(body, request, info, options)
  encodeMaxTokens(body, info, options)
  if (options.schemaByTool?.(info.model)) encodeSchemaTool(body, info)
  if (options.schemaInWords?.(info.model)) encodeSchemaInWords(body, info)
  options.adjust?.(body, info)
  const headers = options.headers?.(body)
  return headers ? { body, headers } : { body }
}

function encodeThinking(
  body: JsonObject,
  request: ChatRequest,
  info: CallInfo,
  options: OpenaiChatOptions,
): void {
  if (options.thinking || !request.thinking) return
  delete body.thinking
  if (request.reasoning_effort) {
    info.warn({ action: 'dropped', param: 'thinking', reason: 'reasoning_effort is given and says the same' })
    return
  }
  const effort = effortOfThinking(request.thinking)
  if (effort === undefined) {
    info.warn({ action: 'dropped', param: 'thinking', reason: 'this provider has no switch for it' })
    return
  }
  body.reasoning_effort = effort
  info.warn({ action: 'approximated', param: 'thinking', reason: `sent as reasoning_effort "${effort}"` })
}

function encodeMaxTokens(body: JsonObject, info: CallInfo, options: OpenaiChatOptions): void {
  if (body.max_tokens == null || !options.wantsMaxCompletionTokens?.(info.model)) return
  body.max_completion_tokens ??= body.max_tokens
  delete body.max_tokens
  info.warn({ action: 'renamed', param: 'max_tokens', reason: 'this model takes max_completion_tokens' })
}

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])

/** Checks what must hold before anything else looks at the request; unknown fields pass. */
export function decodeRequest(body: unknown, info: InboundInfo): ChatRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model, for example "gpt-4o".', 'model')
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    throw badRequest('messages: must be a non-empty array of messages.', 'messages')
  for (let index = 0; index < body.messages.length; index++) checkMessage(body.messages[index], index)
  if (body.stream != null && typeof body.stream !== 'boolean')
    throw badRequest('stream: must be true or false.', 'stream')
  checkLimit(body, 'max_tokens')
  checkLimit(body, 'max_completion_tokens')
  checkLimit(body, 'n')
  for (const key of ['tools', 'modalities'])
    if (body[key] != null && !Array.isArray(body[key])) throw badRequest(`${key}: must be an array.`, key)
  return info.model === undefined ? (body as ChatRequest) : ({ ...body, model } as ChatRequest)
}

function checkLimit(body: JsonObject, key: string): void {
  const value = body[key]
  if (value == null) return
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
    throw badRequest(`${key}: must be a whole number of at least 1.`, key)
}

function checkMessage(message: unknown, index: number): asserts message is ChatMessage {
  const at = `messages[${index}]`
  if (!isJsonObject(message)) throw badRequest(`${at}: must be an object with role and content.`, at)
  const role = message.role
  if (typeof role !== 'string' || !ROLES.has(role))
    throw badRequest(`${at}.role: must be one of ${[...ROLES].join(', ')}.`, `${at}.role`)
  const { content } = message
  if (typeof content === 'string') return checkToolCallId(message, at)
  if (Array.isArray(content)) {
    for (let part = 0; part < content.length; part++) checkPart(content[part], `${at}.content[${part}]`)
  } else if (content != null || (role !== 'assistant' && role !== 'function')) {
    throw badRequest(`${at}.content: must be a string or an array of content parts.`, `${at}.content`)
  }
  checkToolCallId(message, at)
}

function checkToolCallId(message: JsonObject, at: string): void {
  if (message.role === 'tool' && typeof message.tool_call_id !== 'string')
    throw badRequest(
      `${at}.tool_call_id: must name the tool call this message answers.`,
      `${at}.tool_call_id`,
    )
  if (message.tool_calls != null && !Array.isArray(message.tool_calls))
    throw badRequest(`${at}.tool_calls: must be an array.`, `${at}.tool_calls`)
}

function checkPart(part: unknown, at: string): void {
  if (!isJsonObject(part) || typeof part.type !== 'string')
    throw badRequest(`${at}: must be an object with a type, for example {"type":"text","text":"…"}.`, at)
  if (part.type === 'text' && typeof part.text !== 'string')
    throw badRequest(`${at}.text: must be a string.`, `${at}.text`)
  if (part.type === 'image_url') {
    const url = isJsonObject(part.image_url) ? part.image_url.url : part.image_url
    if (typeof url !== 'string')
      throw badRequest(`${at}.image_url.url: must be an http(s) URL or a data: URI.`, `${at}.image_url`)
  }
}
