import type { ChatRequest } from '../../types/chat.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { openaiChatWith } from '../openai-chat/codec.ts'
import { decodeStream } from '../openai-chat/stream.ts'
import { unwrapChunks } from './chunks.ts'

const { upstream } = openaiChatWith({ developerRole: false, streamUsage: false, relays: false })

/**
 * Makers whose own body is OpenAI's: gpt-oss, Qwen, DeepSeek V3, Kimi, Jamba, Mistral's newer models; the model is in
 * the path. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export const bedrockOpenai: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'openai-chat',
  framing: 'aws-event-stream',
  upstream: {
    ...upstream,
    inlines: () => true,
    encodeRequest,
    decodeStream: info => unwrapChunks(decodeStream(info), info),
    decodeError: decodeAwsError,
  },
}

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const { body, ...rest } = upstream.encodeRequest(request, info)
  const { model: _, stream: __, max_completion_tokens: limit, ...others } = body
  return { ...rest, body: limit == null ? others : { ...others, max_tokens: limit } }
}
