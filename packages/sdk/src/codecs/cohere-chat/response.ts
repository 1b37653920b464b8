import { createError } from '../../errors.ts'
import type { ChatResponse } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { decodeCitations } from './citations.ts'
import { decodeFinishReason } from './finish-reason.ts'
import { decodeLogprobs } from './logprobs.ts'
import { decodeToolCalls } from './tools.ts'
import { decodeUsage } from './usage.ts'

const REPLY_FIELDS = new Set(['finish_reason', 'id', 'logprobs', 'message', 'usage', '__proto__'])
const MESSAGE_FIELDS = new Set(['citations', 'content', 'role', 'tool_calls', 'tool_plan', '__proto__'])

/** Source: https://docs.cohere.com/reference/chat */
export function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  if (!isJsonObject(body) || !isJsonObject(body.message))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without a "message".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const native = textOf(body.finish_reason) || 'COMPLETE'
  const usage = decodeUsage(body.usage)
  const logprobs = decodeLogprobs(body.logprobs)
  return {
    id: textOf(body.id) || info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', ...decodeMessage(body.message) },
        finish_reason: decodeFinishReason(native, info),
        ...(logprobs && { logprobs }),
        provider_specific_fields: { native_finish_reason: native, ...without(body, REPLY_FIELDS) },
      },
    ],
    ...(usage && { usage }),
  }
}

function decodeMessage(message: JsonObject): JsonObject & { content: string | null } {
  let text = ''
  let thinking = ''
  const offsets: number[] = []
  for (const part of isJsonArray(message.content) ? message.content.filter(isJsonObject) : []) {
    offsets.push(text.length)
    text += textOf(part.text)
    thinking += textOf(part.thinking)
  }
  const plan = textOf(message.tool_plan)
  const calls = decodeToolCalls(message.tool_calls)
  const citations = isJsonArray(message.citations) ? message.citations : []
  const annotations = decodeCitations(citations, offsets)
  return {
    content: text === '' && (calls.length > 0 || thinking !== '') ? null : text,
    ...(thinking + plan !== '' && { reasoning_content: thinking + plan }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(annotations.length > 0 && { annotations }),
    ...specificFields(plan, citations, without(message, MESSAGE_FIELDS)),
  }
}

/** What the hub has no field for, kept so that the next turn can send it back. */
export function specificFields(
  plan: string,
  citations: readonly unknown[],
  others: JsonObject = {},
): JsonObject {
  if (plan === '' && citations.length === 0 && Object.keys(others).length === 0) return {}
  return {
    provider_specific_fields: {
      ...others,
      ...(plan !== '' && { tool_plan: plan }),
      ...(citations.length > 0 && { citations }),
    },
  }
}
