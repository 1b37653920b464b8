import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from './errors.ts'
import { relay } from './relay.ts'
import { decodeResponse, encodeResponse } from './reply/response.ts'
import { decodeStream, encodeStream } from './reply/stream.ts'
import { isFetchedByGoogle, isTooOldToFetch } from './request/fetched.ts'
import { decodeRequest, encodeRequest, GEMINI_PARAMS } from './request/request.ts'

/** Google's generateContent, for Gemini API and Vertex AI. Source: https://ai.google.dev/api/generate-content */
export const gemini: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'gemini',
  framing: 'sse',
  upstream: {
    params: GEMINI_PARAMS,
    unsaid: ['filename', 'name', 'others'],
    encodeRequest,
    inlines: (url, { model }) => !isFetchedByGoogle(url) || isTooOldToFetch(url, model),
    decodeResponse,
    decodeStream,
    decodeError,
  },
  inbound: { decodeRequest, encodeResponse, encodeStream, encodeError, takesNoComments: true },
  relay,
}
