import { createError } from '../../errors.ts'
import type { ChatRequest, ResponseFormat } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { EFFORT_BUDGETS } from '../reasoning-effort.ts'
import { stopTexts } from '../stop-texts.ts'
import { encodeMessages } from './messages.ts'
import { encodeTools } from './tools.ts'

/** OpenAI parameters Cohere can express. */
export const COHERE_CHAT_PARAMS: ReadonlySet<string> = new Set([
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
  'top_p',
])
/** Sent under the same name. */
const SAME = ['temperature', 'seed', 'frequency_penalty', 'presence_penalty', 'logprobs'] as const
/** Never copied to the body: consumed here, or spoken to the gateway (`metadata`). */
const OWN = new Set([
  ...COHERE_CHAT_PARAMS,
  'model',
  'messages',
  'stream',
  'stream_options',
  'metadata',
  'user',
])

/**
 * Hub request → body of `POST /v2/chat`. Cohere's own fields (`documents`, `citation_options`, `safety_mode`,
 * `strict_tools`, `priority`, `k`, `p` …) are copied as they are.
 */
export function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const body: JsonObject = {
    model: info.model,
    messages: encodeMessages(request.messages, info),
    stream: info.stream,
  }
  for (const key of SAME) if (request[key] != null) body[key] = request[key]
  if (request.top_p != null) body.p = request.top_p
  if (request.top_k != null) body.k = request.top_k
  const limit = request.max_completion_tokens ?? request.max_tokens
  if (limit != null) body.max_tokens = limit
  const stops = stopTexts(request.stop, info)
  if (stops) body.stop_sequences = stops
  Object.assign(body, encodeTools(request, info))
  const format = request.response_format && encodeResponseFormat(request.response_format)
  if (format) body.response_format = format
  const thinking = encodeThinking(request, info)
  if (thinking) body.thinking = thinking
  return { body: { ...body, ...without(request, OWN) } }
}

/** Source: https://docs.cohere.com/docs/structured-outputs */
function encodeResponseFormat(format: ResponseFormat): JsonObject | undefined {
  if (format.type === 'text') return undefined
  if (format.type === 'json_object') return format
  if (format.type !== 'json_schema' || !isJsonObject(format.json_schema))
    throw createError({
      kind: 'unsupported_params',
      message:
        'response_format.type: Cohere knows "text", "json_object" and "json_schema" with a json_schema.',
      param: 'response_format.type',
    })
  const { schema } = format.json_schema
  return { type: 'json_object', ...(schema && { json_schema: schema }) }
}

/** Source: https://docs.cohere.com/docs/reasoning */
function encodeThinking(request: ChatRequest, info: CallInfo): JsonObject | undefined {
  const { thinking, reasoning_effort: effort } = request
  if (thinking) {
    if (effort)
      info.warn({ action: 'dropped', param: 'reasoning_effort', reason: 'thinking is given and wins' })
    if (thinking.type === 'disabled') return { type: 'disabled' }
    const budget = thinking.budget_tokens ?? thinking.token_budget
    return { type: 'enabled', ...(typeof budget === 'number' && { token_budget: budget }) }
  }
  if (!effort) return undefined
  if (effort === 'none') return { type: 'disabled' }
  const budget = EFFORT_BUDGETS[effort]
  if (budget === undefined)
    info.warn({
      action: 'approximated',
      param: 'reasoning_effort',
      reason: `"${effort}" is not an effort with a known budget; thinking is on without one`,
    })
  return { type: 'enabled', ...(budget !== undefined && { token_budget: budget }) }
}
