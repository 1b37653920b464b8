import { decodeAwsError } from '../aws-errors.ts'
import type { Codec } from '../codec.ts'
import { openaiChatWith } from '../openai-chat/codec.ts'
import { decodeStream } from '../openai-chat/stream.ts'
import { unwrapParts, withComponent } from './parts.ts'

/** Containers that speak OpenAI's chat (vLLM, LMI, TGI, Nova), behind an endpoint of SageMaker's. */
export function sagemakerChat(options: { readonly streamUsage: boolean }): Codec<'chat'> {
  const { upstream } = openaiChatWith({ ...options, developerRole: false, relays: false })
  return {
    endpoint: 'chat',
    format: 'openai-chat',
    framing: 'aws-event-stream',
    upstream: {
      ...upstream,
      encodeRequest: (request, info) => withComponent(upstream.encodeRequest(request, info), info),
      decodeStream: info => unwrapParts(decodeStream(info), info),
      decodeError: decodeAwsError,
    },
  }
}
