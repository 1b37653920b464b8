import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from './errors.ts'
import type { OpenaiChatOptions } from './options.ts'
import { relayWith } from './relay.ts'
import { decodeRequest, encodeRequest, OPENAI_CHAT_PARAMS } from './request.ts'
import { decodeResponse } from './response.ts'
import { decodeStream, encodeStream } from './stream.ts'

/** OpenAI Chat Completions, for OpenAI itself or a provider that differs as `options` say. */
export function openaiChatWith(options: OpenaiChatOptions): Codec<'chat'> {
  return {
    endpoint: 'chat',
    format: 'openai-chat',
    framing: 'sse',
    upstream: {
      params: OPENAI_CHAT_PARAMS,
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse,
      decodeStream,
      decodeError,
    },
    inbound: { decodeRequest, encodeResponse: response => response, encodeStream, encodeError },
    ...(options.relays !== false && { relay: relayWith(options) }),
  }
}

/** Source: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Codec<'chat'> = openaiChatWith({})
