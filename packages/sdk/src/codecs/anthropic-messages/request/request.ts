import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../../codec.ts'
import type { ClaudePlatform } from './betas.ts'
import { checkRequest } from './check.ts'
import { type EncodeContext, encodeContext, extrasOf } from './context.ts'
import { betasOf } from './features.ts'
import { decodeMessages, encodeMessages } from './messages.ts'
import { decodeServiceTier, encodeSampling, encodeServiceTier, encodeStop, encodeUser } from './params.ts'
import { decodeResponseFormat, encodeResponseFormat, type FormatPlan, JSON_TOOL } from './response-format.ts'
import { encodeMaxTokens, encodeThinking, isThinking } from './thinking.ts'
import {
  decodeToolChoice,
  decodeTools,
  encodeCalledTools,
  encodeToolChoice,
  encodeTools,
  isForcing,
} from './tools.ts'

/** The hub parameters Anthropic's Messages API can express. */
export const ANTHROPIC_PARAMS: ReadonlySet<string> = new Set([
  'max_completion_tokens',
  'max_tokens',
  'metadata',
  'parallel_tool_calls',
  'reasoning_effort',
  'response_format',
  'service_tier',
  'stop',
  'stream_options',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
  'user',
  'user_continue_message',
  'web_search_options',
]) // prettier-ignore

/** Keys `encodeRequest` has dealt with; every other key goes into the body as it is. */
const ENCODED = new Set([
  ...ANTHROPIC_PARAMS,
  'betas',
  'messages',
  'model',
  'output_config',
  'stream',
  'mcp_servers',
])

/**
 * Hub request → body of `POST /v1/messages`, with its betas in the header.
 * Source: https://platform.claude.com/docs/en/api/messages/create
 */
export function encodeRequest(
  request: ChatRequest,
  info: CallInfo,
  platform: ClaudePlatform = 'anthropic',
): WireRequest {
  const { body, betas } = encodeBody(request, info, platform)
  return { body, ...(betas.length > 0 && { headers: { 'anthropic-beta': betas.join(',') } }) }
}

/** As `encodeRequest`, for platforms that want the betas elsewhere, or `model` and `stream` not in the body. */
export function encodeBody(
  request: ChatRequest,
  info: CallInfo,
  platform: ClaudePlatform,
): { body: JsonObject; betas: string[] } {
  const context = encodeContext(info, platform)
  const format = encodeResponseFormat(request, context)
  const { tools, choice, mcpServers } = planTools(request, format, context)
  const plan = encodeThinking(request, isForcing(choice), context)
  const body: JsonObject = {
    model: info.model,
    max_tokens: encodeMaxTokens(request, plan.thinking, context),
    ...encodeMessages(request, context, format.instruction),
    ...(tools.length > 0 && { tools }),
    ...(choice && { tool_choice: choice }),
    ...(plan.thinking && { thinking: plan.thinking }),
    ...outputConfig(request, format, plan.effort),
    ...encodeSampling(request, isThinking(plan.thinking), context),
    ...encodeStop(request, context),
    ...encodeUser(request, context),
    ...encodeServiceTier(request, context),
    ...(mcpServers.length > 0 && { mcp_servers: mcpServers }),
    ...extrasOf(request, request.n === 1 ? WITHOUT_N : ENCODED),
    ...(info.stream && { stream: true }),
  }
  return { body, betas: betasOf(body, request, context) }
}

/** One answer is all Anthropic gives, so asking for one says nothing. */
const WITHOUT_N = new Set([...ENCODED, 'n'])

function planTools(request: ChatRequest, format: FormatPlan, context: EncodeContext) {
  const { tools, mcpServers } = encodeTools(request, context)
  if (Array.isArray(request.mcp_servers)) mcpServers.push(...request.mcp_servers.filter(isJsonObject))
  const stand = tools.length === 0 ? encodeCalledTools(request.messages, context) : undefined
  const asked = stand?.choice ?? encodeToolChoice(request, tools.length > 0, context)
  if (stand) tools.push(...stand.tools)
  if (format.tool === undefined) return { tools, mcpServers, choice: asked }
  return {
    tools: [...tools, format.tool],
    mcpServers,
    choice: jsonToolChoice(request, tools.length > 0, asked, context),
  }
}

/** Forces the stand-in tool as far as the caller's own tools and thinking leave room for it. */
function jsonToolChoice(
  request: ChatRequest,
  hasTools: boolean,
  asked: JsonObject | undefined,
  { traits, info }: EncodeContext,
): JsonObject | undefined {
  if (asked?.type === 'tool') return asked
  const thinks = isThinking(request.thinking ?? undefined)
  if (thinks || !traits.forcedTools) {
    info.warn({
      action: 'approximated',
      param: 'response_format',
      reason: 'a tool call cannot be forced here, so the model may answer in prose',
    })
    return asked
  }
  if (!hasTools || asked?.type === 'none') return { type: 'tool', name: JSON_TOOL }
  return { ...asked, type: 'any' }
}

function outputConfig(request: ChatRequest, format: FormatPlan, effort: string | undefined): JsonObject {
  const config = {
    ...(isJsonObject(request.output_config) && request.output_config),
    ...(effort !== undefined && { effort }),
    ...(format.format && { format: format.format }),
  }
  return Object.keys(config).length > 0 ? { output_config: config } : {}
}

/** Anthropic's keys `decodeRequest` has words for; the others stay on the hub request under their own names. */
const DECODED = new Set([
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'output_config',
  'output_format',
  'service_tier',
  'stop_sequences',
  'stream',
  'system',
  'tool_choice',
  'tools',
]) // prettier-ignore

/** A client's body of `POST /v1/messages` → hub request. Throws `BadRequestError` naming field, rule and remedy. */
export function decodeRequest(body: unknown, info: InboundInfo): ChatRequest {
  return decodeBody(body, info, true)
}

/** A client's body of `POST /v1/messages/count_tokens` → hub request; like a message's, but without limits. */
export function decodeCountTokensRequest(body: unknown, info: InboundInfo): ChatRequest {
  return decodeBody(body, info, false)
}

function decodeBody(input: unknown, info: InboundInfo, needsMaxTokens: boolean): ChatRequest {
  const body = checkRequest(input, info.model, needsMaxTokens)
  const { metadata, output_config: config, output_format, service_tier, stop_sequences, tool_choice } = body
  const format = config?.format ?? output_format
  const rest = config ? extrasOf(config, new Set(['format', 'effort'])) : {}
  const otherMetadata = metadata ? extrasOf(metadata, new Set(['user_id'])) : {}
  return {
    ...extrasOf(body, DECODED),
    model: body.model,
    messages: decodeMessages(body.system, body.messages),
    ...(body.max_tokens !== undefined && { max_tokens: body.max_tokens }),
    ...(body.stream !== undefined && { stream: body.stream }),
    ...(body.tools && { tools: decodeTools(body.tools) }),
    ...(tool_choice && decodeToolChoice(tool_choice)),
    ...(stop_sequences && stop_sequences.length > 0 && { stop: stop_sequences }),
    ...(typeof metadata?.user_id === 'string' && { user: metadata.user_id }),
    ...(Object.keys(otherMetadata).length > 0 && { metadata: otherMetadata }),
    ...(service_tier !== undefined && { service_tier: decodeServiceTier(service_tier) }),
    ...(typeof config?.effort === 'string' && { reasoning_effort: config.effort }),
    ...(isJsonObject(format) && { response_format: decodeResponseFormat(format) }),
    ...(Object.keys(rest).length > 0 && { output_config: rest }),
  }
}
