import { createError } from '../../errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { TextCompletionRequest, TextCompletionResponse } from '../../types/text-completion.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { decodeError, decodeLateError } from '../ollama-chat/errors.ts'
import { withOptions } from '../ollama-chat/request.ts'
import { decodeUsage } from '../ollama-chat/usage.ts'
import { onePrompt } from '../openai-completions/codec.ts'
import { parseEvent } from '../parse-event.ts'
import { textReply } from '../prompts/text-reply.ts'

const PARAMS = new Set([
  'frequency_penalty',
  'max_tokens',
  'presence_penalty',
  'seed',
  'stop',
  'suffix',
  'temperature',
  'top_p',
])
const OWN = new Set([...PARAMS, 'model', 'prompt', 'stream', 'stream_options', 'user', 'metadata', 'top_k'])

/** Ollama's text completions, in the middle of a text too. Source: https://docs.ollama.com/api/generate */
export const ollamaGenerate: Codec<'text_completion'> = {
  endpoint: 'text_completion',
  format: 'ollama-generate',
  framing: 'ndjson',
  upstream: { params: PARAMS, encodeRequest, decodeResponse, decodeStream, decodeError },
}

function encodeRequest(request: TextCompletionRequest, info: CallInfo): WireRequest {
  const body: JsonObject = {
    model: info.model,
    prompt: onePrompt(request, info),
    stream: info.stream,
    ...(request.suffix != null && { suffix: request.suffix }),
  }
  return { body: withOptions(body, request, OWN, info) }
}

function decodeResponse(body: unknown, info: CallInfo): TextCompletionResponse {
  if (isJsonObject(body) && body.error != null) throw decodeLateError(body, info)
  if (!isJsonObject(body) || typeof body.response !== 'string')
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without a "response".',
      provider: info.deployment.provider,
      model: info.model,
    })
  return textReply(info, [{ text: body.response, finish_reason: finishOf(body) }], decodeUsage(body))
}

function decodeStream(info: CallInfo): StreamTransform<WireEvent, TextCompletionResponse> {
  let ended = false
  return {
    push({ data }) {
      const line = parseEvent(data, info)
      if (line.error != null) throw decodeLateError(line, info)
      const text = textOf(line.response)
      if (line.done !== true) return text === '' ? [] : [textReply(info, [{ text, finish_reason: null }])]
      ended = true
      return [textReply(info, [{ text, finish_reason: finishOf(line) }], decodeUsage(line))]
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

function finishOf({ done_reason: reason }: JsonObject): 'stop' | 'length' {
  return reason === 'length' ? 'length' : 'stop'
}
