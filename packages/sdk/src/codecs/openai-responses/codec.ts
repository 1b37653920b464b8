import type { Codec } from '../codec.ts'
import { decodeError } from '../openai-chat/errors/errors.ts'
import type { OpenaiResponsesOptions } from './options.ts'
import { encodeRequest, RESPONSES_PARAMS } from './request.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'

/** Chat at a provider that speaks OpenAI's Responses format, for models that speak nothing else. */
export function openaiResponsesWith(options: OpenaiResponsesOptions): Codec<'chat'> {
  return {
    endpoint: 'chat',
    format: 'openai-responses',
    framing: 'sse',
    upstream: {
      params: RESPONSES_PARAMS,
      unsaid: ['audio', 'cache_control', 'format', 'images', 'is_error', 'name', 'others', 'reasoning'],
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse,
      decodeStream,
      decodeError,
    },
  }
}

/** Source: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Codec<'chat'> = openaiResponsesWith({})
