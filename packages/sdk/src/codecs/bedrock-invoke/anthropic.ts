import type { ChatRequest } from '../../types/chat.ts'
import { anthropicMessagesOn } from '../anthropic-messages/codec.ts'
import { decodeStream } from '../anthropic-messages/reply/stream.ts'
import { clientBetasOn } from '../anthropic-messages/request/client-betas.ts'
import { encodeBody } from '../anthropic-messages/request/request.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { unwrapChunks } from './chunks.ts'

const { upstream } = anthropicMessagesOn('bedrock')
const clientBetas = clientBetasOn('bedrock')

/**
 * Claude by its own body: Anthropic's Messages with a version and the betas in the body, model and streaming in the
 * path. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const bedrockAnthropic: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'anthropic-messages',
  framing: 'aws-event-stream',
  upstream: {
    ...upstream,
    encodeRequest,
    // They go into the body.
    hears: ({ 'anthropic-beta': _, ...others }) => others,
    decodeStream: info => unwrapChunks(decodeStream(info), info),
    decodeError: decodeAwsError,
  },
}

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const { body, betas } = encodeBody(request, info, 'bedrock')
  const { model: _, stream: __, ...rest } = body
  const heard = clientBetas(info.clientHeaders ?? {}, info)['anthropic-beta']?.split(',') ?? []
  const all = [...new Set([...betas, ...heard])]
  return {
    body: {
      anthropic_version: 'bedrock-2023-05-31',
      ...rest,
      ...(all.length > 0 && { anthropic_beta: all }),
    },
  }
}
