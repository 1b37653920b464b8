import { encodeContext } from '../../../codecs/anthropic-messages/request/context.ts'
import { encodeMaxTokens, encodeThinking } from '../../../codecs/anthropic-messages/request/thinking.ts'
import type { CallInfo } from '../../../codecs/codec.ts'
import type { Settle } from '../../../codecs/openai-chat/options.ts'
import { eachMessage } from '../../../codecs/openai-chat/settle/each-message.ts'
import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'

/** True for a serving endpoint of Claude: `base_model` tells it, else the endpoint's name. */
export function isClaude(model: string): boolean {
  return /claude/i.test(model)
}

/**
 * Claude thinks as Anthropic says it, and its earlier thinking goes back among the parts of a message.
 * Source: https://docs.databricks.com/aws/en/machine-learning/model-serving/query-reason-models
 */
export function adjustForClaude(body: JsonObject, info: CallInfo): void {
  const messages = isJsonArray(body.messages) ? body.messages : []
  body.messages = messages.map(message => (isJsonObject(message) ? withThoughts(message) : message))
  if (!isClaude(info.deployment.baseModel ?? info.model)) return
  if (body.reasoning_effort == null && !isJsonObject(body.thinking)) return
  const context = encodeContext(info)
  const request = body as ChatRequest
  const { thinking } = encodeThinking(request, false, context)
  delete body.reasoning_effort
  if (thinking === undefined) return
  body.thinking = thinking
  if (typeof thinking.budget_tokens === 'number')
    body.max_tokens = encodeMaxTokens(request, thinking, context)
}

function withThoughts(message: JsonObject): JsonObject {
  const { thinking_blocks: blocks, content, ...rest } = message
  if (!isJsonArray(blocks)) return message
  const thoughts = blocks.filter(isJsonObject).map(({ type, thinking, signature, data }) => ({
    type: 'reasoning',
    summary: [
      type === 'redacted_thinking'
        ? { type: 'summary_encrypted_text', data }
        : { type: 'summary_text', text: thinking, signature },
    ],
  }))
  const said = isJsonArray(content) ? content : content ? [{ type: 'text', text: content }] : []
  return { ...rest, content: [...thoughts, ...said] }
}

/** Content in parts becomes text, and reasoning in parts becomes what the hub has for it. */
export const settleParts: Settle = () => reply => {
  eachMessage(reply, message => {
    const { content } = message
    if (!isJsonArray(content)) return
    const parts = content.filter(isJsonObject)
    const thoughts = parts.flatMap(({ type, summary }) =>
      type === 'reasoning' && isJsonArray(summary) ? summary.filter(isJsonObject).map(thinkingBlock) : [],
    )
    const text = parts.map(part => (part.type === 'text' ? textOf(part.text) : '')).join('')
    const cited = parts.flatMap(({ citations }) => (isJsonArray(citations) ? [citations] : []))
    message.content = text === '' ? null : text
    if (cited.length > 0) message.provider_specific_fields = { citations: cited }
    if (thoughts.length === 0) return
    message.thinking_blocks = thoughts
    const reasoning = thoughts.map(({ thinking }) => textOf(thinking)).join('')
    if (reasoning !== '') message.reasoning_content = reasoning
  })
  if (isJsonObject(reply.usage)) reply.usage.cached_tokens ??= reply.usage.cache_read_input_tokens
}

function thinkingBlock({ type, text, signature, data }: JsonObject): JsonObject {
  if (type === 'summary_encrypted_text') return { type: 'redacted_thinking', data }
  return {
    type: 'thinking',
    thinking: textOf(text),
    ...(typeof signature === 'string' && signature !== '' && { signature }),
  }
}
