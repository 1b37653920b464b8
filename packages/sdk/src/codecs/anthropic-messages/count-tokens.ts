import { createError } from '../../errors.ts'
import type { ChatRequest } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import type { ClaudePlatform } from './request/betas.ts'
import { pick } from './request/context.ts'
import { encodeRequest } from './request/request.ts'

/** What `POST /v1/messages/count_tokens` takes of a message request. */
const COUNTED = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
  'speed',
  'context_management',
  'mcp_servers',
]

/** The parameters of the hub that counted keys are made of. */
const SAID = new Set([
  ...['messages', 'tools', 'tool_choice', 'parallel_tool_calls', 'functions', 'function_call'],
  ...['response_format', 'reasoning_effort', 'thinking', 'verbosity', 'system'],
])

/** Hub request → body of `POST /v1/messages/count_tokens`. Source: https://platform.claude.com/docs/en/api/messages/count_tokens */
export function encodeCountTokens(
  request: ChatRequest,
  info: CallInfo,
  platform: ClaudePlatform = 'anthropic',
): WireRequest {
  const warn = (warning: Warning) => {
    // Of what is not sent nothing is lost.
    if (SAID.has(/^\w*/.exec(warning.param)?.[0] ?? '')) info.warn(warning)
  }
  const asked = { ...info, stream: false, warn }
  const { body, headers } = encodeRequest(request, asked, platform)
  return { body: pick(body, COUNTED), ...(headers && { headers }) }
}

/** The provider's count. Throws `BadGatewayError` when the body holds none. */
export function decodeCountTokens(body: unknown): number {
  if (isJsonObject(body) && typeof body.input_tokens === 'number') return body.input_tokens
  throw createError({
    kind: 'bad_gateway',
    message: 'The provider answered a token count without input_tokens.',
  })
}

/** The body a client of Anthropic's expects for `count` input tokens. */
export function encodeCountTokensResponse(count: number): JsonObject {
  return { input_tokens: count }
}
