import { createError } from '../../errors.ts'
import type { ChatRequest } from '../../types/chat.ts'
import { isJsonObject } from '../../types/json.ts'
import { pick } from '../anthropic-messages/request/context.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { inlines } from './request/media.ts'
import { CONVERSE_PARAMS, encodeRequest } from './request/request.ts'

/** What of a Converse request takes tokens. */
const COUNTED = ['messages', 'system', 'toolConfig', 'additionalModelRequestFields']

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html */
export const bedrockCountTokens: Codec<'count_tokens'> = {
  endpoint: 'count_tokens',
  format: 'bedrock-converse',
  framing: 'sse',
  upstream: {
    params: CONVERSE_PARAMS,
    inlines,
    encodeRequest: encodeCount,
    decodeResponse(body, info) {
      if (!isJsonObject(body) || typeof body.inputTokens !== 'number')
        throw createError({
          kind: 'bad_gateway',
          message: 'The provider answered a token count without "inputTokens".',
          provider: info.deployment.provider,
          model: info.model,
        })
      return { input_tokens: body.inputTokens, tokenizer: 'provider' }
    },
    decodeError: decodeAwsError,
  },
}

function encodeCount(request: ChatRequest, info: CallInfo): WireRequest {
  const { body } = encodeRequest(request, info)
  return { body: { input: { converse: pick(body, COUNTED) } } }
}
