import type { SluiceError } from '../../../errors.ts'
import { writeAwsMessage } from '../../../transport/framing/aws-message.ts'
import type { ChatChunk, ChatDelta, FinishReason, ToolCallDelta } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { WireEvent } from '../../../types/stream.ts'
import type { Usage } from '../../../types/usage.ts'
import type { EventEncoder, InboundInfo } from '../../codec.ts'
import { streamException } from '../errors.ts'
import { toolId } from '../request/tools.ts'
import { encodeFinishReason } from './finish-reason.ts'
import { encodeReplyFields } from './response.ts'
import { encodeUsage } from './usage.ts'

/** Hub chunks → Converse's events. `messageStop` waits for the end, so that a broken stream never looks finished. */
export function encodeStream(info: InboundInfo): EventEncoder<'chat'> {
  return new StreamEncoder(info)
}

class StreamEncoder implements EventEncoder<'chat'> {
  readonly contentType = 'application/vnd.amazon.eventstream'
  private readonly info: InboundInfo
  private begun = false
  private blocks = 0
  /** The block that text or thinking goes on in. */
  private current: { readonly kind: 'text' | 'thinking'; readonly index: number } | undefined
  /** The blocks of tool calls stay open until the end: their pieces may come side by side. */
  private readonly calls = new Map<number, number>()
  private finish: FinishReason | undefined
  private fields: JsonObject | undefined
  private usage: Usage | undefined
  private facts: JsonObject = {}

  constructor(info: InboundInfo) {
    this.info = info
  }

  push(chunk: ChatChunk): WireEvent[] {
    if (chunk.usage) this.usage = chunk.usage
    this.facts = { ...this.facts, ...encodeReplyFields(chunk) }
    const events = this.begin()
    for (const choice of chunk.choices) {
      if (choice.index !== 0) continue
      events.push(...this.delta(choice.delta))
      this.finish = choice.finish_reason ?? this.finish
      this.fields = choice.provider_specific_fields ?? this.fields
    }
    return events
  }

  end(): WireEvent[] {
    const stopReason = encodeFinishReason(this.finish, this.fields, this.calls.size > 0)
    const extra = this.fields?.additionalModelResponseFields
    return [
      ...this.begin(),
      ...this.close(),
      ...[...this.calls.values()].map(index => event('contentBlockStop', { contentBlockIndex: index })),
      event('messageStop', {
        stopReason,
        ...(extra != null && { additionalModelResponseFields: extra }),
      }),
      event('metadata', { usage: encodeUsage(this.usage), ...this.facts }),
    ]
  }

  fail(error: SluiceError): WireEvent[] {
    const type = streamException(error)
    const data = JSON.stringify({ message: error.message })
    return [{ event: type, data, exception: true, bytes: writeAwsMessage('exception', type, data) }]
  }

  private begin(): WireEvent[] {
    if (this.begun) return []
    this.begun = true
    return [event('messageStart', { role: 'assistant' })]
  }

  private delta(delta: ChatDelta): WireEvent[] {
    const { thinking_blocks: thinking, reasoning_content: reasoning, images, audio } = delta
    if (images?.length || audio != null)
      this.info.warn({
        action: 'dropped',
        param: 'choices[0].delta',
        reason: 'streams hold no images and no audio here',
      })
    const text = (delta.content ?? '') + (delta.refusal ?? '')
    return [
      ...(thinking?.length
        ? thinking.flatMap(block => this.thought(block))
        : this.said('thinking', reasoning)),
      ...this.said('text', text),
      ...(delta.tool_calls ?? []).flatMap(call => this.call(call)),
    ]
  }

  private thought(block: JsonObject): WireEvent[] {
    if (block.type === 'redacted_thinking')
      return [
        ...this.close(),
        ...this.piece('thinking', { reasoningContent: { redactedContent: block.data } }),
        ...this.close(),
      ]
    const events = this.said('thinking', block.thinking)
    if (typeof block.signature !== 'string' || block.signature === '') return events
    const signed = this.piece('thinking', { reasoningContent: { signature: block.signature } })
    return [...events, ...signed, ...this.close()]
  }

  private said(kind: 'text' | 'thinking', text: unknown): WireEvent[] {
    if (typeof text !== 'string' || text === '') return []
    return this.piece(kind, kind === 'text' ? { text } : { reasoningContent: { text } })
  }

  private piece(kind: 'text' | 'thinking', delta: JsonObject): WireEvent[] {
    const closed = this.current?.kind === kind ? [] : this.close()
    this.current ??= { kind, index: this.blocks++ }
    return [...closed, event('contentBlockDelta', { contentBlockIndex: this.current.index, delta })]
  }

  private call({ index, id, function: called }: ToolCallDelta): WireEvent[] {
    const events = this.close()
    let block = this.calls.get(index)
    if (block === undefined) {
      block = this.blocks++
      this.calls.set(index, block)
      const toolUse = { toolUseId: toolId(id ?? `call_${index}`), name: called?.name ?? '' }
      events.push(event('contentBlockStart', { contentBlockIndex: block, start: { toolUse } }))
    }
    if (called?.arguments)
      events.push(
        event('contentBlockDelta', {
          contentBlockIndex: block,
          delta: { toolUse: { input: called.arguments } },
        }),
      )
    return events
  }

  private close(): WireEvent[] {
    const { current } = this
    this.current = undefined
    return current ? [event('contentBlockStop', { contentBlockIndex: current.index })] : []
  }
}

function event(type: string, body: JsonObject): WireEvent {
  const data = JSON.stringify(body)
  return { event: type, data, bytes: writeAwsMessage('event', type, data) }
}
