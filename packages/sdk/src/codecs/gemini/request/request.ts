import { badRequest } from '../../../errors.ts'
import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../../codec.ts'
import { firstWords } from '../../receipts/repairs.ts'
import { decodeContents, encodeContents } from './contents.ts'
import { expectObject, fieldNames, readFields, without } from './fields.ts'
import { CONFIG_FIELDS, decodeGenerationConfig, encodeGenerationConfig } from './generation-config.ts'
import { takePlace } from './maps.ts'
import { decodeServiceTier, encodeServiceTier } from './service-tier.ts'
import { decodeSystem, encodeSystem } from './system.ts'
import { decodeToolConfig, decodeTools, encodeToolChoice, encodeTools } from './tools.ts'

/** OpenAI parameters Gemini can express. */
export const GEMINI_PARAMS: ReadonlySet<string> = new Set([
  'audio',
  'frequency_penalty',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'modalities',
  'n',
  'parallel_tool_calls',
  'presence_penalty',
  'reasoning_effort',
  'response_format',
  'seed',
  'service_tier',
  'stop',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_logprobs',
  'top_p',
  'user_continue_message',
  'web_search_options',
])
/** Never copied to the body: consumed above, or spoken to the gateway (`metadata`). */
const OWN = new Set([...GEMINI_PARAMS, 'model', 'messages', 'stream', 'stream_options', 'metadata', 'user'])

/** Source: https://ai.google.dev/api/generate-content#request-body */
const BODY_FIELDS = fieldNames(
  'contents',
  'systemInstruction',
  'generationConfig',
  'safetySettings',
  'tools',
  'toolConfig',
  'cachedContent',
  'serviceTier',
  'labels',
  'store',
  'continuationToken',
  'modelArmorConfig',
  'outputConfig',
)
const TAKEN = new Set([
  'contents',
  'systemInstruction',
  'generationConfig',
  'tools',
  'toolConfig',
  'serviceTier',
])
/** Hub request → the body of `generateContent`; the model is in the path. */
export function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const { generationConfig, toolConfig, ...extras } = readFields(without(request, OWN), BODY_FIELDS)
  const named = readFields(extras, CONFIG_FIELDS)
  const isConfig = ([key]: [string, unknown]) => CONFIG_FIELDS.has(key)
  const nativeConfig = {
    ...(isJsonObject(generationConfig) ? readFields(generationConfig, CONFIG_FIELDS) : {}),
    ...Object.fromEntries(Object.entries(named).filter(isConfig)),
  }
  const { tools, place } = takePlace(encodeTools(request, info))
  const choice = encodeToolChoice(request, info)
  const config = encodeGenerationConfig(request, nativeConfig, info)
  const tier = encodeServiceTier(request, info)
  return {
    body: {
      ...encodeConversation(request, info),
      ...(tools && { tools }),
      ...((choice || place || isJsonObject(toolConfig)) && {
        toolConfig: {
          ...(choice && { functionCallingConfig: choice }),
          ...(place && { retrievalConfig: place }),
          ...wholeCalls(toolConfig, info),
        },
      }),
      ...(config && { generationConfig: config }),
      ...(tier !== undefined && { serviceTier: tier }),
      ...Object.fromEntries(Object.entries(named).filter(entry => !isConfig(entry))),
    },
  }
}

/** A call in pieces (Vertex AI) is nothing the hub could hand on: calls are asked for whole. */
function wholeCalls(toolConfig: unknown, info: CallInfo): JsonObject | undefined {
  if (!isJsonObject(toolConfig)) return undefined
  const calling = toolConfig.functionCallingConfig
  if (!isJsonObject(calling) || calling.streamFunctionCallArguments === undefined) return toolConfig
  const { streamFunctionCallArguments: _, ...kept } = calling
  const param = 'toolConfig.functionCallingConfig.streamFunctionCallArguments'
  info.warn({ action: 'ignored', param, reason: 'function calls come whole' })
  return { ...toolConfig, functionCallingConfig: kept }
}

function encodeConversation(request: ChatRequest, info: CallInfo): JsonObject {
  const system = encodeSystem(request.messages, info)
  const contents = encodeContents(request.messages, info)
  if (contents.length > 0)
    return { contents: begunByUser(contents, request, info), ...(system && { systemInstruction: system }) }
  if (system === undefined)
    throw badRequest('messages: must hold at least one message with content.', 'messages')
  info.warn({
    action: 'approximated',
    param: 'messages',
    reason: 'Gemini needs a user turn; the system text is sent as one',
  })
  return { contents: [{ role: 'user', ...system }] }
}

/** Gemini takes a model's turn first, but no call of a function there: https://ai.google.dev/gemini-api/docs/function-calling */
function begunByUser(contents: JsonObject[], request: ChatRequest, info: CallInfo): JsonObject[] {
  const [first] = contents
  const calls =
    first?.role === 'model' && isJsonArray(first.parts)
      ? first.parts.some(part => isJsonObject(part) && part.functionCall !== undefined)
      : false
  const text = calls ? firstWords(request, info) : undefined
  return text === undefined ? contents : [{ role: 'user', parts: [{ text }] }, ...contents]
}

/** The body of `generateContent` → hub request. Model and stream come from the path. */
export function decodeRequest(given: unknown, info: InboundInfo): ChatRequest {
  const body = readFields(expectObject(given, 'body'), BODY_FIELDS)
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be named in the path: models/{model}:generateContent.', 'model')
  const system = decodeSystem(body.systemInstruction)
  const messages = decodeContents(body.contents, info)
  const { choice, rest } = decodeToolConfig(body.toolConfig, info)
  const tools = body.tools == null ? [] : decodeTools(body.tools)
  const tier = decodeServiceTier(body.serviceTier)
  return {
    ...without(body, TAKEN),
    ...decodeGenerationConfig(body.generationConfig),
    model,
    messages: system ? [system, ...messages] : messages,
    ...(info.stream !== undefined && { stream: info.stream }),
    ...(tools.length > 0 && { tools }),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(rest && { toolConfig: rest }),
    ...(tier !== undefined && { service_tier: tier }),
  }
}
