import type { ChatRequest, ResponseFormat } from '../../types/chat.ts'
import { isJsonObject, type JsonObject, wordOf } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { effortOfThinking } from '../reasoning-effort.ts'
import { encodeInput } from './input.ts'
import type { OpenaiResponsesOptions } from './options.ts'
import { encodeToolChoice, encodeTools } from './tools.ts'

/** Chat parameters that a response can express. Source: https://platform.openai.com/docs/api-reference/responses/create */
export const RESPONSES_PARAMS: ReadonlySet<string> = new Set([
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'metadata',
  'parallel_tool_calls',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'service_tier',
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
])

/** Told in another way below. */
const RETOLD: ReadonlySet<string> = new Set([
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'messages',
  'model',
  'reasoning_effort',
  'response_format',
  'stream',
  'stream_options',
  'thinking',
  'tool_choice',
  'tools',
  'verbosity',
  'web_search_options',
])

/** A chat as a response that the provider does not keep: the history is ours to send. */
export function encodeRequest(
  request: ChatRequest,
  info: CallInfo,
  options: OpenaiResponsesOptions,
): WireRequest {
  const body: JsonObject = {
    model: info.model,
    ...encodeInput(request.messages, info, options),
    store: false,
  }
  for (const key in request) if (!RETOLD.has(key) && request[key] !== null) body[key] = request[key]
  const limit = request.max_completion_tokens ?? request.max_tokens
  if (limit != null) body.max_output_tokens = limit
  if (info.stream) body.stream = true
  encodeText(body, request)
  encodeThinking(body, request, info)
  encodeLogprobs(body, request)
  const tools = encodeTools(request, info)
  if (tools.length > 0) body.tools = tools
  if (request.tool_choice != null) body.tool_choice = encodeToolChoice(request.tool_choice)
  options.adjust?.(body, info)
  return { body }
}

function encodeText(body: JsonObject, { response_format: format, verbosity }: ChatRequest): void {
  if (format == null && verbosity == null) return
  body.text = {
    ...(format && { format: encodeFormat(format) }),
    ...(verbosity != null && { verbosity }),
  }
}

function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.type !== 'json_schema') return { ...format }
  const { json_schema: wrapped, ...rest } = format
  return { ...rest, ...wrapped }
}

/** LiteLLM's callers give the effort alone, or with the summary they want: `{ effort, summary }`. */
function encodeThinking(
  body: JsonObject,
  { reasoning_effort: effort, thinking }: ChatRequest,
  info: CallInfo,
): void {
  const asked: unknown = effort ?? (thinking ? effortOfThinking(thinking) : undefined)
  if (thinking)
    info.warn(
      effort
        ? { action: 'dropped', param: 'thinking', reason: 'reasoning_effort is given and says the same' }
        : {
            action: 'approximated',
            param: 'thinking',
            reason: `this provider knows efforts: ${wordOf(asked ?? 'none')}`,
          },
    )
  if (asked === undefined) return
  body.reasoning = isJsonObject(asked) ? asked : { effort: asked }
  include(body, 'reasoning.encrypted_content')
}

function encodeLogprobs(body: JsonObject, { logprobs }: ChatRequest): void {
  if (logprobs) include(body, 'message.output_text.logprobs')
}

function include(body: JsonObject, what: string): void {
  const before = Array.isArray(body.include) ? (body.include as unknown[]) : []
  if (!before.includes(what)) body.include = [...before, what]
}
