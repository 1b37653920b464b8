import { createError } from '../../errors.ts'
import type { ChatResponse, FinishReason } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, wordOf } from '../../types/json.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import type { CallInfo } from '../codec.ts'
import { decodeLateError } from '../openai-chat/errors/errors.ts'
import { decodeOutput } from './output.ts'
import { decodeUsage } from './usage.ts'

/** A whole response as a chat reply. Throws for one that failed. */
export function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  if (isJsonObject(body) && body.error != null) throw decodeLateError(body.error, info)
  if (!isJsonObject(body) || !isJsonArray(body.output))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "output".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const { message, logprobs } = decodeOutput(body.output, info.deployment)
  const usage = decodeUsage(body.usage, body.output)
  return {
    ...headOf(body, info),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message,
        finish_reason: finishOf(body, (message.tool_calls?.length ?? 0) > 0, info),
        ...(logprobs.length > 0 && { logprobs: { content: logprobs } }),
        ...specificFields(body),
      },
    ],
    ...(usage && { usage }),
  }
}

/** Id, time, model and tier. */
export function headOf({ id, created_at: created, model, service_tier: tier }: JsonObject, info: CallInfo) {
  return {
    id: typeof id === 'string' ? id : info.id,
    created: typeof created === 'number' ? Math.floor(created) : Math.floor(info.now / 1000),
    model: typeof model === 'string' ? model : info.model,
    ...(typeof tier === 'string' && { service_tier: tier }),
  }
}

/** Fields that say again what was asked, and those that the reply tells in the hub's own. */
const KNOWN = new Set([
  ...['background', 'completed_at', 'created_at', 'error', 'frequency_penalty', 'id', 'incomplete_details'],
  ...[
    'instructions',
    'max_output_tokens',
    'max_tool_calls',
    'metadata',
    'model',
    'object',
    'output',
    'output_text',
  ],
  ...['parallel_tool_calls', 'presence_penalty', 'previous_response_id', 'prompt', 'prompt_cache_key'],
  ...[
    'prompt_cache_retention',
    'reasoning',
    'safety_identifier',
    'service_tier',
    'status',
    'store',
    'temperature',
  ],
  ...['text', 'tool_choice', 'tools', 'top_logprobs', 'top_p', 'truncation', 'usage', 'user'],
])

/** What a response says beyond its answer, and its own word for why it was cut. */
export function specificFields(body: JsonObject): { provider_specific_fields?: JsonObject } {
  const { incomplete_details: details } = body
  const native = isJsonObject(details) ? details.reason : undefined
  const fields = {
    ...extrasOf(body, KNOWN),
    ...(typeof native === 'string' && native !== 'content_filter' && { native_finish_reason: native }),
  }
  return Object.keys(fields).length > 0 ? { provider_specific_fields: fields } : {}
}

/** Why it stopped. Throws for a response that was neither finished nor cut by a limit. */
export function finishOf(
  { status, incomplete_details: details }: JsonObject,
  called: boolean,
  info: CallInfo,
): FinishReason {
  if (status === 'incomplete')
    return isJsonObject(details) && details.reason === 'content_filter' ? 'content_filter' : 'length'
  if (status === undefined || status === 'completed') return called ? 'tool_calls' : 'stop'
  throw createError({
    kind: 'bad_gateway',
    message: `The provider ended the response as "${wordOf(status)}".`,
    provider: info.deployment.provider,
    model: info.model,
  })
}
