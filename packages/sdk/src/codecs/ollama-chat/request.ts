import type { ChatRequest, ResponseFormat } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { stopTexts } from '../stop-texts.ts'
import { encodeMessages } from './messages.ts'
import { encodeTools } from './tools.ts'

/** OpenAI parameters Ollama can express. */
export const OLLAMA_CHAT_PARAMS: ReadonlySet<string> = new Set([
  'frequency_penalty',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'presence_penalty',
  'reasoning_effort',
  'response_format',
  'seed',
  'stop',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_logprobs',
  'top_p',
])
/** Sampling settings under the same name. Source: https://docs.ollama.com/modelfile#valid-parameters-and-values */
const SAMPLING = ['temperature', 'top_p', 'top_k', 'seed', 'presence_penalty', 'frequency_penalty'] as const
/** Fields beside `options`; all others a caller adds are options of the model's runner, as in LiteLLM. */
const TOP = new Set([
  'keep_alive',
  'think',
  'format',
  'truncate',
  'shift',
  'options',
  'template',
  'raw',
  'system',
])
const OWN = new Set([
  ...OLLAMA_CHAT_PARAMS,
  'model',
  'messages',
  'stream',
  'stream_options',
  'metadata',
  'user',
])

/** Hub request → body of `POST /api/chat`. `stream` is always said, for Ollama streams unless told not to. */
export function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const body: JsonObject = {
    model: info.model,
    messages: encodeMessages(request.messages, info),
    stream: info.stream,
    ...encodeTools(request, info),
  }
  if (request.response_format) Object.assign(body, encodeFormat(request.response_format))
  const think = encodeThinking(request, info)
  if (think !== undefined) body.think = think
  if (request.logprobs != null) body.logprobs = request.logprobs
  if (request.top_logprobs != null) body.top_logprobs = request.top_logprobs
  return { body: withOptions(body, request, OWN, info) }
}

/** The body with sampling parameters, output limit and a caller's own fields where Ollama wants them. */
export function withOptions(
  body: JsonObject,
  request: JsonObject,
  own: ReadonlySet<string>,
  info: CallInfo,
): JsonObject {
  const options: JsonObject = {}
  for (const key of SAMPLING) if (request[key] != null) options[key] = request[key]
  const limit = request.max_completion_tokens ?? request.max_tokens
  if (limit != null) options.num_predict = limit
  const stops = stopTexts(request.stop, info)
  if (stops) options.stop = stops
  const top: JsonObject = {}
  for (const [key, value] of Object.entries(without(request, own)))
    if (TOP.has(key)) top[key] = value
    else options[key] = value
  const given = isJsonObject(top.options) ? top.options : {}
  const all = { ...options, ...given }
  return {
    ...body,
    ...without(top, new Set(['options'])),
    ...(Object.keys(all).length > 0 && { options: all }),
  }
}

/** Source: https://docs.ollama.com/capabilities/structured-outputs */
export function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.type === 'text') return {}
  return { format: format.type === 'json_schema' ? (format.json_schema.schema ?? 'json') : 'json' }
}

/** Levels are for models that have them; others can only be switched. Source: https://docs.ollama.com/capabilities/thinking */
export function encodeThinking(
  { thinking, reasoning_effort: effort }: Pick<ChatRequest, 'thinking' | 'reasoning_effort'>,
  info: CallInfo,
): boolean | string | undefined {
  if (thinking) {
    if (effort)
      info.warn({ action: 'dropped', param: 'reasoning_effort', reason: 'thinking is given and wins' })
    if (thinking.budget_tokens !== undefined)
      info.warn({
        action: 'dropped',
        param: 'thinking.budget_tokens',
        reason: 'Ollama has no budget for thinking',
      })
    return thinking.type !== 'disabled'
  }
  if (!effort) return undefined
  if (effort === 'none') return false
  if (!info.model.includes('gpt-oss')) {
    info.warn({
      action: 'approximated',
      param: 'reasoning_effort',
      reason: 'this model thinks or does not; thinking is on',
    })
    return true
  }
  const level = LEVELS.get(effort) ?? effort
  if (level !== effort)
    info.warn({ action: 'approximated', param: 'reasoning_effort', reason: `sent as "${level}"` })
  return level
}

const LEVELS: ReadonlyMap<string, string> = new Map([
  ['minimal', 'low'],
  ['xhigh', 'high'],
  ['max', 'high'],
])
