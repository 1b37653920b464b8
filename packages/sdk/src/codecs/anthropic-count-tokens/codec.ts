import { anthropicMessages } from '../anthropic-messages/codec.ts'
import {
  decodeCountTokens,
  encodeCountTokens,
  encodeCountTokensResponse,
} from '../anthropic-messages/count-tokens.ts'
import { decodeError, encodeError } from '../anthropic-messages/errors.ts'
import { decodeCountTokensRequest } from '../anthropic-messages/request/request.ts'
import type { Codec } from '../codec.ts'

/** Source: https://platform.claude.com/docs/en/api/messages/count_tokens */
export const anthropicCountTokens: Codec<'count_tokens'> = {
  endpoint: 'count_tokens',
  format: 'anthropic-messages',
  framing: 'sse',
  upstream: {
    params: anthropicMessages.upstream.params,
    encodeRequest: (request, info) => encodeCountTokens(request, info),
    decodeResponse: body => ({ input_tokens: decodeCountTokens(body), tokenizer: 'provider' }),
    decodeError,
  },
  inbound: {
    headers: ['anthropic-beta'],
    decodeRequest: decodeCountTokensRequest,
    encodeResponse: response => encodeCountTokensResponse(response.input_tokens),
    encodeError,
  },
}
