import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { TextChoice, TextCompletionResponse } from '../../types/text-completion.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo } from '../codec.ts'
import { decodeLateError } from '../openai-chat/errors/errors.ts'
import { parseEvent } from '../parse-event.ts'
import { textReply } from '../prompts/text-reply.ts'

/** `/generate` answers an object, `/` a list of one. */
export function decodeResponse(body: unknown, info: CallInfo): TextCompletionResponse {
  const reply = isJsonArray(body) ? body[0] : body
  if (isJsonObject(reply) && reply.error != null) throw decodeLateError(reply.error, info)
  if (!isJsonObject(reply) || typeof reply.generated_text !== 'string')
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "generated_text".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const { details } = reply
  const choice = { text: reply.generated_text, finish_reason: finishOf(details) ?? 'stop' }
  return textReply(info, [choice], usageOf(details))
}

/** One event a token; the last one tells the whole text and why it ends. */
export function decodeStream(info: CallInfo): StreamTransform<WireEvent, TextCompletionResponse> {
  let ended = false
  return {
    push({ data }) {
      if (data === '[DONE]') return []
      const event = parseEvent(data, info)
      if (event.error != null) throw decodeLateError(event.error, info)
      const token: JsonObject = isJsonObject(event.token) ? event.token : {}
      const finish_reason = finishOf(event.details) ?? (event.generated_text == null ? null : 'stop')
      ended ||= finish_reason !== null
      const text = token.special === true ? '' : textOf(token.text)
      if (text === '' && finish_reason === null) return []
      return [textReply(info, [{ text, finish_reason }], usageOf(event.details))]
    },
    end() {
      if (ended) return []
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: info.deployment.provider,
        model: info.model,
      })
    },
  }
}

function finishOf(details: unknown): TextChoice['finish_reason'] | undefined {
  if (!isJsonObject(details) || typeof details.finish_reason !== 'string') return undefined
  return details.finish_reason === 'length' ? 'length' : 'stop'
}

/** Not every server counts the prompt. */
function usageOf(details: unknown): Usage | undefined {
  if (!isJsonObject(details) || typeof details.generated_tokens !== 'number') return undefined
  const { prefill, generated_tokens: completion } = details
  const prompt =
    [details.input_length, details.prompt_tokens].find(count => typeof count === 'number') ??
    (isJsonArray(prefill) && prefill.length > 0 ? prefill.length : undefined)
  if (typeof prompt !== 'number') return undefined
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}
