import { createError } from '../../errors.ts'
import type { ChatResponse } from '../../types/chat.ts'
import { isJsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { thinkTags } from '../openai-chat/settle/think-tags.ts'
import { decodeLateError } from './errors.ts'
import { messageFields, specificFields } from './fields.ts'
import { decodeFinishReason } from './finish-reason.ts'
import { decodeLogprobs } from './logprobs.ts'
import { decodeToolCalls, idSource } from './tools.ts'
import { decodeUsage } from './usage.ts'

/** Source: https://docs.ollama.com/api/chat */
export function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  if (isJsonObject(body) && body.error != null) throw decodeLateError(body, info)
  if (!isJsonObject(body) || !isJsonObject(body.message))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without a "message".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const { message } = body
  const text = textOf(message.content)
  const thinking = textOf(message.thinking)
  const calls = decodeToolCalls(message.tool_calls, idSource(info))
  const finish_reason = decodeFinishReason(body.done_reason, calls.length > 0, info)
  const usage = decodeUsage(body)
  const logprobs = decodeLogprobs(body.logprobs)
  const reply: ChatResponse = {
    id: info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          ...(thinking !== '' && { reasoning_content: thinking }),
          ...(calls.length > 0 && { tool_calls: calls }),
          ...messageFields(message),
        },
        finish_reason,
        ...(logprobs && { logprobs }),
        ...specificFields(body, finish_reason),
      },
    ],
    ...(usage && { usage }),
  }
  // Servers before 0.9, and models they do not know, leave the thinking in the text.
  thinkTags()(reply)
  return reply
}
