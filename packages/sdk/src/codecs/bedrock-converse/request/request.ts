import { badRequest, createError } from '../../../errors.ts'
import type { ChatRequest, ChatTool } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import { extrasOf, pick } from '../../anthropic-messages/request/context.ts'
import { betasOf } from '../../anthropic-messages/request/features.ts'
import { JSON_TOOL } from '../../anthropic-messages/request/response-format.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../../codec.ts'
import { type Block, type EncodeContext, encodeContext } from './context.ts'
import { checkRequestMetadata, encodeInference, encodeServiceTier } from './inference.ts'
import { decodeMessages, encodeMessages } from './messages.ts'
import { decodeResponseFormat, encodeResponseFormat, type FormatPlan } from './response-format.ts'
import { encodeThinking } from './thinking.ts'
import {
  type Choice,
  choiceOf,
  decodeToolChoice,
  decodeTools,
  encodeCalledTools,
  encodeTools,
} from './tools.ts'

/** The hub parameters Converse can express; which model takes which is the provider's to know. */
export const CONVERSE_PARAMS: ReadonlySet<string> = new Set([
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
  'user_continue_message',
  'web_search_options',
]) // prettier-ignore

/** Converse's own top-level fields, which callers may send under their own names. */
const OWN_FIELDS = [
  'guardrailConfig',
  'performanceConfig',
  'promptVariables',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
]

/** Keys `encodeRequest` has dealt with; every other key is the model's own. */
const ENCODED = new Set([
  ...CONVERSE_PARAMS,
  ...OWN_FIELDS,
  'additionalModelRequestFields',
  'betas',
  'messages',
  'model',
  'output_config',
  'outputConfig',
  'serviceTier',
  'stream',
])

/**
 * Hub request → body of `POST /model/{id}/converse` and `…/converse-stream`.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const context = encodeContext(request, info)
  const format = encodeResponseFormat(request, context)
  const { tools, own, choice } = planTools(request, format, context)
  const forces = typeof choice === 'object'
  const thinking = encodeThinking(request, forces, context)
  const { config, fields: inference } = encodeInference(request, thinking, context)
  const fields = {
    ...extrasOf(request, request.n === 1 ? WITHOUT_N : ENCODED),
    ...(own.length > 0 && { tools: own }),
    ...thinking.fields,
    ...inference,
    ...singleCalls(request, tools.length > 0, choice, context),
    ...(isJsonObject(request.additionalModelRequestFields) && request.additionalModelRequestFields),
  }
  addBetas(fields, request, context)
  checkRequestMetadata(request.requestMetadata)
  tellMetadata(request, info)
  const { system, messages } = encodeMessages(request, context, format.instruction)
  const kept = thinking.thinks ? relaxed(choice, context) : choice
  const output = outputConfig(request, format)
  return {
    body: {
      messages,
      ...(system.length > 0 && { system }),
      ...(Object.keys(config).length > 0 && { inferenceConfig: config }),
      ...(tools.length > 0 && {
        toolConfig: { tools, ...(typeof kept === 'object' && { toolChoice: kept }) },
      }),
      ...(output && { outputConfig: output }),
      ...encodeServiceTier(request, context),
      ...pick(request, OWN_FIELDS),
      ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
    },
  }
}

/** One answer is all there is, so asking for one says nothing. */
const WITHOUT_N = new Set([...ENCODED, 'n'])

function planTools(request: ChatRequest, format: FormatPlan, context: EncodeContext) {
  const plan = encodeTools(request, context)
  const asked = plan.tools.length + plan.own.length > 0 ? choiceOf(request.tool_choice, context) : 'auto'
  const none = asked === 'none' ? withoutTools(request, context) : undefined
  const tools = none ?? (plan.tools.length > 0 ? plan.tools : encodeCalledTools(request.messages, context))
  const own = none ? [] : plan.own
  if (format.tool === undefined) return { tools, own, choice: asked }
  const others = tools.length + own.length > 0
  return { tools: [...tools, format.tool], own, choice: jsonToolChoice(asked, others, context) }
}

/** There is no "none": a model that is not shown its tools does not call them. */
function withoutTools(request: ChatRequest, context: EncodeContext): Block[] {
  context.info.warn({
    action: 'approximated',
    param: 'tool_choice',
    reason: 'this provider has no "none"; the tools were left out instead',
  })
  return encodeCalledTools(
    request.messages,
    context,
    'tools of earlier calls must be defined and cannot be forbidden here; sent by name',
  )
}

/** Forces the stand-in tool as far as the caller's own tools and the model leave room for it. */
function jsonToolChoice(asked: Choice, others: boolean, { traits, info }: EncodeContext): Choice {
  if (typeof asked === 'object' && 'tool' in asked) return asked
  if (traits.forcing === 'none') {
    info.warn({
      action: 'approximated',
      param: 'response_format',
      reason: 'this model cannot be forced to call a tool, so it may answer in prose',
    })
    return 'auto'
  }
  return others || traits.forcing === 'required' ? { any: {} } : { tool: { name: JSON_TOOL } }
}

/** Claude does not think when a call is forced. */
function relaxed(choice: Choice, { info }: EncodeContext): Choice {
  if (typeof choice !== 'object') return choice
  info.warn({
    action: 'approximated',
    param: 'tool_choice',
    reason: 'a model that thinks cannot be forced to call a tool; sent as "auto"',
  })
  return 'auto'
}

/** Converse itself has no switch for parallel calls; Claude has one, in its own words. */
function singleCalls(
  request: ChatRequest,
  hasTools: boolean,
  choice: Choice,
  { traits, info }: EncodeContext,
): JsonObject {
  if (request.parallel_tool_calls !== false || !hasTools) return {}
  if (traits.reasoning !== 'claude' || typeof choice === 'object') {
    info.warn({
      action: 'dropped',
      param: 'parallel_tool_calls',
      reason: 'this provider cannot keep calls apart here',
    })
    return {}
  }
  return { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }
}

function addBetas(fields: JsonObject, request: ChatRequest, context: EncodeContext): void {
  if (context.traits.reasoning !== 'claude') return
  const listed: unknown[] = isJsonArray(fields.anthropic_beta) ? fields.anthropic_beta : []
  const betas = [...new Set([...listed, ...betasOf(fields, request, context.claude)])]
  if (betas.length > 0) fields.anthropic_beta = betas
}

function outputConfig(request: ChatRequest, { format }: FormatPlan): JsonObject | undefined {
  const given = isJsonObject(request.outputConfig) ? request.outputConfig : undefined
  return given || format ? { ...given, ...(format && { textFormat: format }) } : undefined
}

function tellMetadata({ metadata }: ChatRequest, info: CallInfo): void {
  if (isJsonObject(metadata) && Object.keys(metadata).length > 0)
    info.warn({
      action: 'dropped',
      param: 'metadata',
      reason: 'this provider keeps metadata only as requestMetadata',
    })
}

/** Converse's keys `decodeRequest` has words for; the others stay on the hub request under their own names. */
const DECODED = new Set([
  'additionalModelRequestFields',
  'inferenceConfig',
  'messages',
  'modelId',
  'outputConfig',
  'serviceTier',
  'system',
  'toolConfig',
])

/** A client's body → hub request; the model stands in the path. Throws `BadRequestError` naming field, rule and remedy. */
export function decodeRequest(body: unknown, info: InboundInfo): ChatRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.modelId
  if (typeof model !== 'string' || model === '')
    throw badRequest('modelId: the path must name a model: /model/{modelId}/converse.', 'modelId')
  const tools = objectOf(body, 'toolConfig')
  const choice = tools && objectOf(tools, 'toolChoice')
  const output = objectOf(body, 'outputConfig')
  const format = output && objectOf(output, 'textFormat')
  const tier = objectOf(body, 'serviceTier')?.type
  return {
    ...extrasOf(body, DECODED),
    ...decodeFields(objectOf(body, 'additionalModelRequestFields') ?? {}),
    model,
    messages: decodeMessages(body.system, body.messages),
    ...(info.stream === true && { stream: true, stream_options: { include_usage: true } }),
    ...decodeInference(objectOf(body, 'inferenceConfig') ?? {}),
    ...toolsOf(body, tools),
    ...(choice && { tool_choice: decodeToolChoice(choice) }),
    ...(format && { response_format: decodeResponseFormat(format) }),
    ...(typeof output?.effort === 'string' && { reasoning_effort: output.effort }),
    ...(typeof tier === 'string' && { service_tier: tier }),
  }
}

/** Tools of `toolConfig`, and the model's own. */
function toolsOf(body: JsonObject, config: JsonObject | undefined): Pick<ChatRequest, 'tools'> {
  const own = objectOf(body, 'additionalModelRequestFields')?.tools
  const tools = [
    ...(config ? decodeTools(config) : []),
    ...(isJsonArray(own) ? own.filter(isJsonObject) : []),
  ] as ChatTool[]
  return tools.length > 0 ? { tools } : {}
}

/** The model's own fields: those the hub has a word for, and the others under their own names. */
function decodeFields(fields: JsonObject): JsonObject {
  const { inferenceConfig: inference, tool_choice: choice, tools: _, ...rest } = fields
  const topK = isJsonObject(inference) ? inference.topK : undefined
  const isSingle = isJsonObject(choice) && choice.disable_parallel_tool_use === true
  return {
    ...rest,
    ...(topK != null && { top_k: topK }),
    ...(isSingle && { parallel_tool_calls: false }),
  }
}

function objectOf(body: JsonObject, key: string): JsonObject | undefined {
  const value = body[key]
  if (value == null) return undefined
  if (!isJsonObject(value)) throw badRequest(`${key}: must be an object.`, key)
  return value
}

function decodeInference(config: JsonObject): Partial<ChatRequest> {
  const { maxTokens, temperature, topP, stopSequences } = config
  const out: JsonObject = {
    ...(maxTokens != null && { max_tokens: maxTokens }),
    ...(temperature != null && { temperature }),
    ...(topP != null && { top_p: topP }),
    ...(isJsonArray(stopSequences) && stopSequences.length > 0 && { stop: stopSequences }),
  }
  for (const [key, value] of Object.entries(out))
    if (key !== 'stop' && typeof value !== 'number')
      throw createError({
        kind: 'bad_request',
        message: `inferenceConfig: ${key} must be a number.`,
        param: 'inferenceConfig',
      })
  return out
}
