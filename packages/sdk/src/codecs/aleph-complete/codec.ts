import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { TextCompletionRequest, TextCompletionResponse } from '../../types/text-completion.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { decodeError } from '../openai-chat/errors/errors.ts'
import { parseEvent } from '../parse-event.ts'
import { textReply } from '../prompts/text-reply.ts'

const SAME = [
  ...([
    'best_of',
    'echo',
    'frequency_penalty',
    'n',
    'presence_penalty',
    'temperature',
    'top_k',
    'top_p',
  ] as const),
]
export const ALEPH_PARAMS: ReadonlySet<string> = new Set([...SAME, 'logprobs', 'max_tokens', 'stop'])
const OWN = new Set([
  ...ALEPH_PARAMS,
  'model',
  'prompt',
  'stream',
  'stream_options',
  'user',
  'metadata',
  'suffix',
])
const DONE = '[DONE]'

/** Aleph Alpha's `/complete`. Source: https://docs.aleph-alpha.com/api/complete/ */
export const alephComplete: Codec<'text_completion'> = {
  endpoint: 'text_completion',
  format: 'aleph-complete',
  framing: 'sse',
  upstream: { params: ALEPH_PARAMS, encodeRequest, decodeResponse, decodeStream, decodeError },
}

function encodeRequest(request: TextCompletionRequest, info: CallInfo): WireRequest {
  const prompts: readonly unknown[] = isJsonArray(request.prompt) ? request.prompt : [request.prompt]
  const [prompt] = prompts
  if (prompts.length !== 1 || typeof prompt !== 'string')
    throw createError({
      kind: 'unsupported_params',
      message: 'prompt: Aleph Alpha takes one text at a time. Send a string.',
      param: 'prompt',
    })
  const body: JsonObject = { model: info.model, prompt, ...(info.stream && { stream: true }) }
  for (const key of SAME) if (request[key] != null) body[key] = request[key]
  if (request.max_tokens != null) body.maximum_tokens = request.max_tokens
  if (request.logprobs != null) body.log_probs = request.logprobs
  if (request.stop != null)
    body.stop_sequences = typeof request.stop === 'string' ? [request.stop] : request.stop
  return { body: { ...body, ...without(request, OWN) } }
}

function decodeResponse(body: unknown, info: CallInfo): TextCompletionResponse {
  if (!isJsonObject(body) || !isJsonArray(body.completions))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "completions".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const choices = body.completions.filter(isJsonObject).map(each => ({
    text: textOf(each.completion),
    finish_reason: finishOf(each.finish_reason),
  }))
  return textReply(info, choices, usageOf(body))
}

/** `maximum_tokens`, `end_of_text`, `stop_sequence_reached`. */
function finishOf(native: unknown): 'stop' | 'length' {
  return native === 'maximum_tokens' ? 'length' : 'stop'
}

function usageOf(from: JsonObject): Usage | undefined {
  const { num_tokens_prompt_total: prompt, num_tokens_generated: completion } = from
  if (typeof prompt !== 'number' || typeof completion !== 'number') return undefined
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

/** Pieces, a summary for each completion, a summary of all. */
function decodeStream(info: CallInfo): StreamTransform<WireEvent, TextCompletionResponse> {
  let ended = false
  return {
    push({ data }) {
      if (data === DONE) return []
      const event = parseEvent(data, info)
      const index = typeof event.index === 'number' ? event.index : 0
      if (event.type === 'stream_chunk')
        return [textReply(info, [{ index, text: textOf(event.completion), finish_reason: null }])]
      if (event.type === 'stream_summary')
        return [textReply(info, [{ index, text: '', finish_reason: finishOf(event.finish_reason) }])]
      if (event.type !== 'completion_summary') throw failure(event, info)
      ended = true
      return [textReply(info, [], usageOf(event))]
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

function failure(event: JsonObject, info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider reported an error in the stream.',
    ...decodeError(502, event),
    provider: info.deployment.provider,
    model: info.model,
  })
}
