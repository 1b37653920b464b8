import { randomUUID } from 'node:crypto'
import { anthropicMessages } from '../../codecs/anthropic-messages/codec.ts'
import type { InboundInfo } from '../../codecs/codec.ts'
import { createError } from '../../errors.ts'
import type { ChatChunk, ChatRequest, ChatResponse } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'
import { type CallFacts, type WithFacts, withFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'
import type { Stream } from '../stream.ts'

/** Anthropic's Messages request. Source: https://platform.claude.com/docs/en/api/messages */
export interface MessagesRequest extends JsonObject {
  model: string
  max_tokens: number
  messages: JsonObject[]
  stream?: boolean
}

/** One of Anthropic's stream events: `message_start`, `content_block_delta` … */
export interface MessagesEvent extends JsonObject {
  type: string
}

/**
 * Asks a chat model in Anthropic's shape, whichever provider it is at; the answer is in Anthropic's shape too.
 *
 * @example
 * const reply = await messages({ model: 'openai/gpt-4o', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] })
 */
export async function messages(
  request: MessagesRequest,
  options: RunOptions = {},
): Promise<WithFacts<JsonObject> | Stream<MessagesEvent, CallFacts>> {
  const inbound = anthropicMessages.inbound
  if (inbound === undefined)
    throw createError({ kind: 'internal', message: 'The Messages codec serves no clients.' })
  const warnings: Warning[] = []
  const info: InboundInfo = {
    id: options.callId ?? randomUUID(),
    now: Date.now(),
    warn: warning => void warnings.push(warning),
  }
  const asked: ChatRequest = inbound.decodeRequest(request, info)
  const ran = await run('chat', asked, { ...options, callId: info.id }, 'anthropic-messages')
  if (!('result' in ran && Symbol.asyncIterator in ran)) {
    const reply = ran as WithFacts<ChatResponse>
    const facts = { ...reply.sluice, warnings: [...warnings, ...reply.sluice.warnings] }
    return withFacts(inbound.encodeResponse(reply, asked, info) as JsonObject, facts)
  }
  return encodeEvents(ran as unknown as Stream<ChatChunk, CallFacts>, asked, info, warnings)
}

function encodeEvents(
  stream: Stream<ChatChunk, CallFacts>,
  asked: ChatRequest,
  info: InboundInfo,
  warnings: readonly Warning[],
): Stream<MessagesEvent, CallFacts> {
  const encoder = anthropicMessages.inbound?.encodeStream?.(asked, info)
  async function* iterate(): AsyncGenerator<MessagesEvent> {
    for await (const chunk of stream)
      for (const event of encoder?.push(chunk) ?? []) yield JSON.parse(event.data) as MessagesEvent
    for (const event of encoder?.end() ?? []) yield JSON.parse(event.data) as MessagesEvent
  }
  const events = iterate()
  const result = stream.result.then(facts => ({ ...facts, warnings: [...warnings, ...facts.warnings] }))
  return { [Symbol.asyncIterator]: () => events, abort: stream.abort, result }
}
