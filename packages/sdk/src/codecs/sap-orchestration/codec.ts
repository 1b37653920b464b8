import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { openaiChatWith } from '../openai-chat/codec.ts'
import { OPENAI_CHAT_PARAMS } from '../openai-chat/request.ts'
import { decodeError } from './errors.ts'

/** Modules of the service beside prompt and model, named as SAP and LiteLLM name them. */
const MODULES = ['filtering', 'masking', 'grounding', 'translation'] as const
const NOT_PARAMS = new Set([
  ...MODULES,
  ...['model', 'messages', 'tools', 'response_format', 'stream', 'placeholder_values', 'model_version'],
  ...['fallback_sap_modules'],
])

/**
 * OpenAI's request as an orchestration: messages become the template, everything else the model's parameters.
 * Source: https://help.sap.com/docs/sap-ai-core/generative-ai/orchestration-workflow-v2
 */
function encodeOrchestration(body: JsonObject, info: CallInfo): void {
  const modules = modulesOf(body, info)
  const { placeholder_values: values, fallback_sap_modules: fallbacks } = body
  const others = isJsonArray(fallbacks)
    ? fallbacks.filter(isJsonObject).map(other => modulesOf(other, info))
    : []
  for (const key of Object.keys(body)) delete body[key]
  body.config = {
    // With alternatives the service wants a list; the first that works answers.
    modules: others.length > 0 ? [modules, ...others] : modules,
    ...(info.stream && { stream: { enabled: true } }),
  }
  if (values !== undefined) body.placeholder_values = values
}

function modulesOf(request: JsonObject, info: CallInfo): JsonObject {
  const { model, messages, tools, response_format: format, model_version: version } = request
  const params = Object.fromEntries(Object.entries(request).filter(([key]) => !NOT_PARAMS.has(key)))
  const modules: JsonObject = {
    prompt_templating: {
      prompt: {
        template: isJsonArray(messages) ? messages.filter(isJsonObject).map(literal) : messages,
        ...(tools !== undefined && { tools }),
        ...(format !== undefined && { response_format: format }),
      },
      model: {
        name: typeof model === 'string' ? model.replace(/^sap\//, '') : info.model,
        ...(typeof version === 'string' && { version }),
        ...(Object.keys(params).length > 0 && { params }),
      },
    },
  }
  for (const name of MODULES) if (request[name] !== undefined) modules[name] = request[name]
  return modules
}

/** What the caller did not say is left out: the service refuses nulls. */
function literal(message: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null))
}

/**
 * The model's own reply, OpenAI's whatever the model, lies in `final_result`. The first event of a stream has none: it
 * tells what went before the model, and nothing is left of it.
 */
function settleResult(reply: JsonObject): void {
  const { final_result: result, error, code, message } = reply
  const late =
    error ?? (code !== undefined && message !== undefined ? { message, type: 'sap', code } : undefined)
  for (const key of Object.keys(reply)) delete reply[key]
  if (late !== undefined) reply.error = late
  else if (isJsonObject(result)) Object.assign(reply, result)
}

const shaped = openaiChatWith({
  adjust: encodeOrchestration,
  settle: () => settleResult,
  developerRole: false,
})

/** SAP AI Core's orchestration service, version 2. */
export const sapOrchestration: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'sap-orchestration',
  framing: 'sse',
  upstream: {
    ...shaped.upstream,
    params: OPENAI_CHAT_PARAMS,
    decodeError: (status, body) => decodeError(status, body) ?? shaped.upstream.decodeError?.(status, body),
  },
}
