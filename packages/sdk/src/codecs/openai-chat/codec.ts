import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from './errors/errors.ts'
import type { OpenaiChatOptions, Settle } from './options.ts'
import { relayWith } from './relay.ts'
import { decodeRequest, encodeRequest, OPENAI_CHAT_PARAMS } from './request.ts'
import { decodeResponse } from './response.ts'
import { settleSchemaTool } from './schema-tool.ts'
import { settleAll } from './settle/each-message.ts'
import { decodeStream, encodeStream } from './stream.ts'

/** OpenAI Chat Completions, for OpenAI itself or a provider that differs as `options` say. */
export function openaiChatWith(options: OpenaiChatOptions): Codec<'chat'> {
  const settle = settleOf(options)
  return {
    endpoint: 'chat',
    format: 'openai-chat',
    framing: 'sse',
    upstream: {
      params: OPENAI_CHAT_PARAMS,
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse: (body, info) => decodeResponse(body, info, settle?.(info)),
      decodeStream: info => decodeStream(info, settle?.(info)),
      decodeError,
    },
    inbound: { decodeRequest, encodeResponse: response => response, encodeStream, encodeError },
    ...(options.relays !== false && settle === undefined && { relay: relayWith(options) }),
  }
}

function settleOf({ settle, schemaByTool }: OpenaiChatOptions): Settle | undefined {
  if (!schemaByTool) return settle
  const byTool: Settle = info => (schemaByTool(info.model) ? settleSchemaTool() : () => {})
  return settle ? settleAll(settle, byTool) : byTool
}

/** Source: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Codec<'chat'> = openaiChatWith({})
