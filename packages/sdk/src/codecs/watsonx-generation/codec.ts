import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type {
  TextChoice,
  TextCompletionRequest,
  TextCompletionResponse,
} from '../../types/text-completion.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { onePrompt } from '../openai-completions/codec.ts'
import { parseEvent } from '../parse-event.ts'
import { textReply } from '../prompts/text-reply.ts'
import { stopTexts } from '../stop-texts.ts'
import { addressed } from './body.ts'
import { decodeError } from './errors.ts'

const PARAMS = new Set(['max_tokens', 'seed', 'stop', 'temperature', 'top_p', 'frequency_penalty'])
const OWN = new Set([
  ...PARAMS,
  ...['model', 'prompt', 'stream', 'stream_options', 'user', 'metadata', 'parameters', 'top_k'],
  ...['project_id', 'space_id', 'moderations'],
])

/** IBM's text generation. Source: https://cloud.ibm.com/apidocs/watsonx-ai#text-generation */
export const watsonxGeneration: Codec<'text_completion'> = {
  endpoint: 'text_completion',
  format: 'watsonx-generation',
  framing: 'sse',
  upstream: { params: PARAMS, encodeRequest, decodeResponse, decodeStream, decodeError },
}

/** Sampling happens only when it is asked for; without a temperature the likeliest text comes. */
function encodeRequest(request: TextCompletionRequest, info: CallInfo): WireRequest {
  const parameters: JsonObject = {
    ...without(request, OWN),
    ...(isJsonObject(request.parameters) && request.parameters),
  }
  if (request.max_tokens != null) parameters.max_new_tokens = request.max_tokens
  if (request.seed != null) parameters.random_seed = request.seed
  const stops = stopTexts(request.stop, info)
  if (stops) parameters.stop_sequences = stops
  if (request.frequency_penalty != null) {
    parameters.repetition_penalty = request.frequency_penalty
    info.warn({
      action: 'approximated',
      param: 'frequency_penalty',
      reason: 'sent as repetition_penalty, which weighs otherwise',
    })
  }
  for (const key of ['temperature', 'top_p', 'top_k'])
    if (request[key] != null) {
      parameters[key] = request[key]
      parameters.decoding_method ??= 'sample'
    }
  if (request.temperature === 0) parameters.decoding_method = 'greedy'
  const { project_id, space_id, moderations } = request
  return {
    body: addressed(
      {
        input: onePrompt(request, info),
        parameters,
        ...(project_id !== undefined && { project_id }),
        ...(space_id !== undefined && { space_id }),
        ...(moderations !== undefined && { moderations }),
      },
      info,
    ),
  }
}

function decodeResponse(body: unknown, info: CallInfo): TextCompletionResponse {
  const results = isJsonObject(body) && isJsonArray(body.results) ? body.results.filter(isJsonObject) : []
  if (results.length === 0)
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "results".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const choices = results.map(result => ({
    text: textOf(result.generated_text),
    finish_reason: finishOf(result.stop_reason, info) ?? 'stop',
  }))
  return textReply(info, choices, usageOf(results))
}

/** Each event has its piece; the input is counted in the first, the output so far in each. */
function decodeStream(info: CallInfo): StreamTransform<WireEvent, TextCompletionResponse> {
  let prompt = 0
  let ended = false
  return {
    push({ data, event }) {
      const body = parseEvent(data, info)
      if (event === 'error' || isJsonArray(body.errors))
        throw createError({
          kind: 'bad_gateway',
          message: 'The provider reported an error in the stream.',
          ...decodeError(typeof body.status_code === 'number' ? body.status_code : 502, body),
          provider: info.deployment.provider,
          model: info.model,
        })
      const [result] = isJsonArray(body.results) ? body.results.filter(isJsonObject) : []
      if (result === undefined) return []
      prompt ||= countOf(result.input_token_count)
      const finish_reason = finishOf(result.stop_reason, info)
      ended ||= finish_reason !== null
      const usage = ended ? usageOf([{ ...result, input_token_count: prompt }]) : undefined
      return [textReply(info, [{ text: textOf(result.generated_text), finish_reason }], usage)]
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

/** `null` while it goes on. Throws when the provider could not finish. */
function finishOf(native: unknown, info: CallInfo): TextChoice['finish_reason'] {
  switch (native) {
    case 'max_tokens':
    case 'token_limit':
      return 'length'
    case 'eos_token':
    case 'stop_sequence':
      return 'stop'
    case 'time_limit':
    case 'error':
    case 'cancelled':
      throw createError({
        kind: native === 'time_limit' ? 'timeout' : 'bad_gateway',
        message: `The provider broke the answer off (stop_reason "${native}").`,
        provider: info.deployment.provider,
        model: info.model,
      })
    default:
      return null
  }
}

function usageOf(results: readonly JsonObject[]): Usage {
  const prompt = results.reduce((sum, result) => sum + countOf(result.input_token_count), 0)
  const completion = results.reduce((sum, result) => sum + countOf(result.generated_token_count), 0)
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
