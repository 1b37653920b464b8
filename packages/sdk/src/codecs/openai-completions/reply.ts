import { createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type {
  TextChoice,
  TextCompletionRequest,
  TextCompletionResponse,
} from '../../types/text-completion.ts'
import type { CallInfo, EventEncoder } from '../codec.ts'
import { decodeLateError, encodeError } from '../openai-chat/errors/errors.ts'
import { decodeUsage } from '../openai-chat/usage.ts'
import { UsageAtEnd } from '../openai-chat/usage-at-end.ts'
import { parseEvent } from '../parse-event.ts'

const DONE = '[DONE]'

export function decodeResponse(body: unknown, info: CallInfo): TextCompletionResponse {
  if (isJsonObject(body) && body.error != null && !Array.isArray(body.choices))
    throw decodeLateError(body.error, info)
  if (!isJsonObject(body) || !Array.isArray(body.choices))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "choices".',
      provider: info.deployment.provider,
      model: info.model,
      providerSpecificFields: { body },
    })
  return settled(body, info)
}

/** Whole replies and stream events have one shape. */
function settled(body: JsonObject, info: CallInfo): TextCompletionResponse {
  const { usage: told, ...rest } = body
  const usage = decodeUsage(told)
  return {
    ...rest,
    id: typeof body.id === 'string' ? body.id : info.id,
    object: 'text_completion',
    created: typeof body.created === 'number' ? body.created : Math.floor(info.now / 1000),
    model: typeof body.model === 'string' ? body.model : info.model,
    choices: (body.choices as unknown[]).map(decodeChoice),
    ...(usage && { usage }),
  }
}

/** FIM servers answer as a chat would, with `message` or `delta` in the place of `text`. */
function decodeChoice(value: unknown, at: number): TextChoice {
  if (!isJsonObject(value))
    throw createError({ kind: 'bad_gateway', message: 'The provider sent a choice that is not an object.' })
  const { message, delta, ...choice } = value
  const said = isJsonObject(message) ? message : isJsonObject(delta) ? delta : undefined
  const text = choice.text ?? said?.content ?? ''
  return {
    ...choice,
    text: typeof text === 'string' ? text : '',
    index: typeof choice.index === 'number' ? choice.index : at,
    logprobs: isJsonObject(choice.logprobs) ? choice.logprobs : null,
    finish_reason: typeof choice.finish_reason === 'string' ? choice.finish_reason : null,
  }
}

export function decodeStream(info: CallInfo): StreamTransform<WireEvent, TextCompletionResponse> {
  const finished = new Set<number>()
  let done = false
  return {
    push(event) {
      if (event.data === DONE) {
        done = true
        return []
      }
      const chunk = parseEvent(event.data, info)
      if (event.event === 'error') throw decodeLateError(chunk.error ?? chunk, info)
      if (chunk.error != null) throw decodeLateError(chunk.error, info)
      if (!Array.isArray(chunk.choices)) {
        if (chunk.usage == null) return []
        chunk.choices = []
      }
      const decoded = settled(chunk, info)
      for (const { index, finish_reason } of decoded.choices) if (finish_reason) finished.add(index)
      return [decoded]
    },
    end() {
      // Some providers send no end mark; a finish reason for every choice is as good.
      if (!done && finished.size < (info.choices ?? 1))
        throw createError({
          kind: 'truncated',
          message: 'The provider closed the stream before it was complete.',
          provider: info.deployment.provider,
          model: info.model,
        })
      return []
    },
  }
}

/** The usage event is for those who asked for it. */
export function encodeStream(request: TextCompletionRequest): EventEncoder<'text_completion'> {
  const usage = new UsageAtEnd<TextCompletionResponse>(request)
  const written = (chunk: TextCompletionResponse) => ({ data: JSON.stringify(chunk) })
  return {
    push: chunk => [...usage.push(chunk)].map(written),
    end: () => [...[...usage.end()].map(written), { data: DONE }],
    fail: error => [{ data: JSON.stringify(encodeError(error)) }],
  }
}
