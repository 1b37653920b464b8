import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from './errors.ts'
import { relay } from './relay.ts'
import { decodeRequest, encodeRequest, GEMINI_PARAMS } from './request.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { decodeStream, encodeStream } from './stream.ts'

/** Google's generateContent, for Gemini API and Vertex AI. Source: https://ai.google.dev/api/generate-content */
export const gemini: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'gemini',
  framing: 'sse',
  upstream: { params: GEMINI_PARAMS, encodeRequest, decodeResponse, decodeStream, decodeError },
  inbound: { decodeRequest, encodeResponse, encodeStream, encodeError },
  relay,
}
