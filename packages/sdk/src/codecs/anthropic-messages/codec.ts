import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from './errors.ts'
import { relay } from './relay.ts'
import { decodeResponse, encodeResponse } from './reply/response.ts'
import { decodeStream } from './reply/stream.ts'
import { encodeStream } from './reply/stream-encode.ts'
import { ANTHROPIC_PARAMS, decodeRequest, encodeRequest } from './request/request.ts'

/** Anthropic's Messages API, both ways. Source: https://platform.claude.com/docs/en/api/messages */
export const anthropicMessages: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'anthropic-messages',
  framing: 'sse',
  upstream: {
    params: ANTHROPIC_PARAMS,
    encodeRequest,
    decodeResponse,
    decodeStream,
    decodeError,
  },
  inbound: {
    headers: ['anthropic-beta'],
    decodeRequest,
    encodeResponse: (response, _request, info) => encodeResponse(response, info),
    encodeStream: (_request, info) => encodeStream(info),
    encodeError,
  },
  relay,
}
