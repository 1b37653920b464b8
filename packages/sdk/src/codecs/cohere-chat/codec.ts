import type { Codec } from '../codec.ts'
import { decodeError } from './errors.ts'
import { COHERE_CHAT_PARAMS, encodeRequest } from './request.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'

/** Cohere's Chat API v2. Source: https://docs.cohere.com/reference/chat */
export const cohereChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'cohere-chat',
  framing: 'sse',
  upstream: {
    params: COHERE_CHAT_PARAMS,
    unsaid: ['audio', 'choice', 'format', 'images', 'others', 'schema'],
    encodeRequest,
    decodeResponse,
    decodeStream,
    decodeError,
  },
}
