import { decodeAwsError } from '../aws-errors.ts'
import type { Codec } from '../codec.ts'
import { encodeError } from './errors.ts'
import { decodeResponse, encodeResponse } from './reply/response.ts'
import { decodeStream } from './reply/stream.ts'
import { encodeStream } from './reply/stream-encode.ts'
import { inlines } from './request/media.ts'
import { CONVERSE_PARAMS, decodeRequest, encodeRequest } from './request/request.ts'

/**
 * AWS's Converse and ConverseStream, one shape for every vendor's chat models.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrockConverse: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'bedrock-converse',
  framing: 'aws-event-stream',
  upstream: {
    params: CONVERSE_PARAMS,
    unsaid: ['audio', 'images', 'name', 'others'],
    encodeRequest,
    inlines,
    decodeResponse,
    decodeStream,
    decodeError: decodeAwsError,
  },
  inbound: {
    decodeRequest,
    encodeResponse: (response, _request, info) => encodeResponse(response, info),
    encodeStream: (_request, info) => encodeStream(info),
    encodeError,
  },
}
