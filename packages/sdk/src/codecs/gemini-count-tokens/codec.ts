import type { Codec } from '../codec.ts'
import { gemini } from '../gemini/codec.ts'
import {
  decodeCountTokens,
  decodeCountTokensRequest,
  encodeCountTokens,
  encodeCountTokensResponse,
} from '../gemini/count-tokens.ts'
import { decodeError, encodeError } from '../gemini/errors.ts'

/** Source: https://ai.google.dev/api/tokens */
export const geminiCountTokens: Codec<'count_tokens'> = {
  endpoint: 'count_tokens',
  format: 'gemini',
  framing: 'sse',
  upstream: {
    params: gemini.upstream.params,
    encodeRequest: (request, info) => ({ body: encodeCountTokens(request, info) }),
    decodeResponse: body => ({ input_tokens: decodeCountTokens(body), tokenizer: 'provider' }),
    decodeError,
  },
  inbound: {
    decodeRequest: decodeCountTokensRequest,
    encodeResponse: response => encodeCountTokensResponse(response.input_tokens),
    encodeError,
  },
}
