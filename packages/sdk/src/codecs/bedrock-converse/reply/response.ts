import { createError } from '../../../errors.ts'
import type { ChatResponse } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import { extrasOf } from '../../anthropic-messages/request/context.ts'
import type { CallInfo, InboundInfo } from '../../codec.ts'
import { toolNamesOf } from '../request/context.ts'
import { decodeContent, encodeContent } from './content.ts'
import { decodeFinishReason, encodeFinishReason } from './finish-reason.ts'
import { decodeUsage, encodeUsage } from './usage.ts'

/** Converse's reply → hub reply. It has no id of its own, so the call's stands in. */
export function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const output = isJsonObject(body) && isJsonObject(body.output) ? body.output.message : undefined
  if (!isJsonObject(body) || !isJsonObject(output) || !isJsonArray(output.content))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered something that is not a Converse reply: it has no output message.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const message = decodeContent(output.content.filter(isJsonObject), toolNamesOf(info.request))
  const { finishReason, fields } = decodeFinishReason(body.stopReason, warning => info.warn(warning))
  const specific = { ...choiceFields(body, fields), ...extrasOf(output, MESSAGE_FIELDS) }
  const usage = decodeUsage(body.usage)
  return {
    id: info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [
      {
        index: 0,
        message,
        // The stand-in for JSON mode is a tool only on the wire.
        finish_reason: finishReason === 'tool_calls' && !message.tool_calls ? 'stop' : finishReason,
        ...(Object.keys(specific).length > 0 && { provider_specific_fields: specific }),
      },
    ],
    ...(usage && { usage }),
    ...replyFields(body),
  }
}

/** What the model itself adds to a reply. */
export function choiceFields(body: JsonObject, fields: JsonObject): JsonObject {
  const { additionalModelResponseFields: extra } = body
  return { ...fields, ...(extra != null && { additionalModelResponseFields: extra }) }
}

/** Facts of the call that stand beside the answer: the guardrail's trace, the tier that served it, the latency. */
export function replyFields(body: JsonObject): JsonObject {
  const tier = isJsonObject(body.serviceTier) ? body.serviceTier.type : undefined
  return { ...extrasOf(body, KNOWN), ...(typeof tier === 'string' && { service_tier: tier }) }
}

const KNOWN = new Set([
  ...['output', 'stopReason', 'usage', 'additionalModelResponseFields', 'serviceTier'],
  // The padding of a stream's events.
  'p',
])
const MESSAGE_FIELDS = new Set(['role', 'content'])

/** Hub reply → the reply a client of Converse expects. Only the first choice fits in. */
export function encodeResponse(response: ChatResponse, info: InboundInfo): JsonObject {
  const choice = response.choices[0]
  const fields = choice?.provider_specific_fields
  if (response.choices.length > 1)
    info.warn({ action: 'dropped', param: 'choices[1]', reason: 'a reply holds one answer here' })
  const content = encodeContent(choice?.message, warning => info.warn(warning))
  const hasCalls = (choice?.message.tool_calls?.length ?? 0) > 0
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: encodeFinishReason(choice?.finish_reason, fields, hasCalls),
    usage: encodeUsage(response.usage),
    ...encodeReplyFields(response),
    ...(fields?.additionalModelResponseFields != null && {
      additionalModelResponseFields: fields.additionalModelResponseFields,
    }),
  }
}

export function encodeReplyFields({ trace, service_tier: tier }: JsonObject): JsonObject {
  return { ...(trace != null && { trace }), ...(typeof tier === 'string' && { serviceTier: { type: tier } }) }
}
