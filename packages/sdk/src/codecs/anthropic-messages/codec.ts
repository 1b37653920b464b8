import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from './errors.ts'
import { inlinesOn } from './inlines.ts'
import { relay } from './relay.ts'
import { decodeResponse, encodeResponse } from './reply/response.ts'
import { decodeStream } from './reply/stream.ts'
import { encodeStream } from './reply/stream-encode.ts'
import type { ClaudePlatform } from './request/betas.ts'
import { clientBetasOn } from './request/client-betas.ts'
import { ANTHROPIC_PARAMS, decodeRequest, encodeRequest } from './request/request.ts'

/**
 * Anthropic's Messages API, both ways, as a platform serves it over the same bodies and events. A platform that wants
 * other bodies builds on `encodeBody`, `decodeResponse` and `decodeStream`.
 * Source: https://platform.claude.com/docs/en/api/messages
 */
export function anthropicMessagesOn(platform: ClaudePlatform): Codec<'chat'> {
  return {
    endpoint: 'chat',
    format: 'anthropic-messages',
    framing: 'sse',
    upstream: {
      params: ANTHROPIC_PARAMS,
      unsaid: ['audio', 'format', 'images', 'name', 'others'],
      encodeRequest: (request, info) => encodeRequest(request, info, platform),
      hears: clientBetasOn(platform),
      inlines: inlinesOn(platform),
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
}

/** At Anthropic itself. */
export const anthropicMessages: Codec<'chat'> = anthropicMessagesOn('anthropic')
