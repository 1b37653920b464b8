import { createError } from '../../../errors.ts'
import type { ChatResponse } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo, InboundInfo } from '../../codec.ts'
import { ToolNames } from '../../tool-names.ts'
import { type Block, CLAUDE_TOOL_NAMES, extrasOf, pick } from '../request/context.ts'
import { encodeReplyThinking } from '../request/thinking.ts'
import { withOurName } from '../request/tools.ts'
import { decodeContent, encodeContent } from './content.ts'
import { decodeFinishReason, encodeFinishReason } from './finish-reason.ts'
import { decodeServiceTier, decodeUsage, encodeServiceTier, encodeUsage } from './usage.ts'

/** Facts of a message that ride in the choice's `provider_specific_fields` under their own names. */
export const MESSAGE_FIELDS = ['container', 'context_management', 'diagnostics', 'input_transformations']

const KNOWN = new Set([
  'content',
  'id',
  'model',
  'role',
  'stop_details',
  'stop_reason',
  'stop_sequence',
  'type',
  'usage',
])

/** What a message says beyond the hub's own fields. */
export function messageFields(message: JsonObject): JsonObject {
  return extrasOf(message, KNOWN)
}

/** What other vendors' filters found, told under their own names to clients of this format too. */
export const FILTER_FIELDS = ['content_filter_results', 'prompt_filter_results']

/** Anthropic's message → hub reply. Source: https://platform.claude.com/docs/en/api/messages/create */
export function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  if (!isJsonObject(body) || !Array.isArray(body.content))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered something that is not an Anthropic message: it has no content array.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const blocks = body.content.filter(
    (block): block is Block => isJsonObject(block) && typeof block.type === 'string',
  )
  const names = new ToolNames(CLAUDE_TOOL_NAMES, info.request)
  const message = decodeContent(blocks.map(block => withOurName(block, names)))
  const { finishReason, fields } = decodeFinishReason(body, warning => info.warn(warning))
  const usage = decodeUsage(body.usage)
  const tier = decodeServiceTier(body.usage)
  const specific = { ...fields, ...messageFields(body) }
  return {
    id: typeof body.id === 'string' ? body.id : info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: typeof body.model === 'string' ? body.model : info.model,
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
    ...(tier !== undefined && { service_tier: tier }),
  }
}

/** Hub reply → the message a client of Anthropic's API expects. Only the first choice fits in. */
export function encodeResponse(response: ChatResponse, info: InboundInfo): JsonObject {
  const choice = response.choices[0]
  const message = choice?.message
  const calls = message?.tool_calls ?? []
  const fields = choice?.provider_specific_fields
  for (const lost of ['images', 'audio'] as const)
    if (message?.[lost] != null)
      info.warn({
        action: 'dropped',
        param: `choices[0].message.${lost}`,
        reason: 'Anthropic replies hold no such content',
      })
  const content = message
    ? encodeContent(
        {
          thinking: encodeReplyThinking(message),
          text: (message.content ?? '') + (message.refusal ?? ''),
          calls,
          fields: message.provider_specific_fields,
        },
        'choices[0].message',
        warning => info.warn(warning),
      )
    : []
  const tier = encodeServiceTier(response.service_tier)
  return {
    id: response.id,
    type: 'message',
    role: 'assistant',
    model: response.model,
    content,
    ...encodeFinishReason(choice?.finish_reason, fields, calls.length > 0),
    ...(fields && pick(fields, MESSAGE_FIELDS)),
    ...(choice && pick(choice, FILTER_FIELDS)),
    ...pick(response, FILTER_FIELDS),
    usage: { ...encodeUsage(response.usage), ...(tier !== undefined && { service_tier: tier }) },
  }
}
