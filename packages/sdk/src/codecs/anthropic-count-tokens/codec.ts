import { anthropicMessages } from '../anthropic-messages/codec.ts'
import {
  decodeCountTokens,
  encodeCountTokens,
  encodeCountTokensResponse,
} from '../anthropic-messages/count-tokens.ts'
import { decodeError, encodeError } from '../anthropic-messages/errors.ts'
import { inlinesOn } from '../anthropic-messages/inlines.ts'
import type { ClaudePlatform } from '../anthropic-messages/request/betas.ts'
import { clientBetasOn } from '../anthropic-messages/request/client-betas.ts'
import { decodeCountTokensRequest } from '../anthropic-messages/request/request.ts'
import type { Codec } from '../codec.ts'

/** Anthropic's token count as a platform serves it. Source: https://platform.claude.com/docs/en/api/messages/count_tokens */
export function anthropicCountTokensOn(platform: ClaudePlatform): Codec<'count_tokens'> {
  return {
    endpoint: 'count_tokens',
    format: 'anthropic-messages',
    framing: 'sse',
    upstream: {
      params: anthropicMessages.upstream.params,
      encodeRequest: (request, info) => encodeCountTokens(request, info, platform),
      hears: clientBetasOn(platform),
      inlines: inlinesOn(platform),
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
}

/** At Anthropic itself. */
export const anthropicCountTokens: Codec<'count_tokens'> = anthropicCountTokensOn('anthropic')
