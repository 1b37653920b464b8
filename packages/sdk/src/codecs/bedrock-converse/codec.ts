import { decodeAwsError } from '../aws-errors.ts'
import type { Codec } from '../codec.ts'
import { decodeResponse } from './reply/response.ts'
import { decodeStream } from './reply/stream.ts'
import { inlines } from './request/media.ts'
import { CONVERSE_PARAMS, encodeRequest } from './request/request.ts'

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
    encodeRequest,
    inlines,
    decodeResponse,
    decodeStream,
    decodeError: decodeAwsError,
  },
}
