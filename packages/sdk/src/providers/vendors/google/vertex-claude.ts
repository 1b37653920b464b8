import { anthropicCountTokens } from '../../../codecs/anthropic-count-tokens/codec.ts'
import { anthropicMessagesOn } from '../../../codecs/anthropic-messages/codec.ts'
import { encodeCountTokens } from '../../../codecs/anthropic-messages/count-tokens.ts'
import { encodeBody } from '../../../codecs/anthropic-messages/request/request.ts'
import type { CallInfo, Codec, WireRequest } from '../../../codecs/codec.ts'
import type { ChatRequest } from '../../../types/chat.ts'

const VERSION = { anthropic_version: 'vertex-2023-10-16' }
const base = anthropicMessagesOn('vertex')

/**
 * Claude on Vertex AI: Anthropic's bodies with a version and without the model, which is in the path.
 * Source: https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
 */
export const vertexClaude: Codec<'chat'> = {
  ...base,
  upstream: { ...base.upstream, encodeRequest: encodeMessage },
  ...(base.relay && { relay: { ...base.relay, answersOnly: true } }),
}

function encodeMessage(request: ChatRequest, info: CallInfo): WireRequest {
  const { body, betas } = encodeBody(request, info, 'vertex')
  const { model: _, ...rest } = body
  const headers = { 'anthropic-beta': betas.join(',') }
  return { body: { ...VERSION, ...rest }, ...(betas.length > 0 && { headers }) }
}

/** Its path names no model, so the body does. */
export const vertexClaudeCountTokens: Codec<'count_tokens'> = {
  ...anthropicCountTokens,
  upstream: {
    ...anthropicCountTokens.upstream,
    inlines: () => true,
    ...(base.upstream.hears && { hears: base.upstream.hears }),
    encodeRequest(request, info) {
      const { body, headers } = encodeCountTokens(request, info, 'vertex')
      return { body: { ...VERSION, ...body }, ...(headers && { headers }) }
    },
  },
}
