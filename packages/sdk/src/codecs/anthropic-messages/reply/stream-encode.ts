import type { SluiceError } from '../../../errors.ts'
import type { ChatChunk, ChatChunkChoice, ChatDelta, ThinkingBlock } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { WireEvent } from '../../../types/stream.ts'
import type { Usage } from '../../../types/usage.ts'
import type { EventEncoder, InboundInfo } from '../../codec.ts'
import { encodeError } from '../errors.ts'
import { type Block, pick } from '../request/context.ts'
import { encodeReplyThinking } from '../request/thinking.ts'
import { CallQueue, type CallStep } from './call-queue.ts'
import { BLOCK_LISTS, encodeContent } from './content.ts'
import { encodeFinishReason } from './finish-reason.ts'
import { FILTER_FIELDS, MESSAGE_FIELDS } from './response.ts'
import { encodeServiceTier, encodeUsage } from './usage.ts'

/**
 * Hub chunks → Anthropic's events. One block is open at a time; a new kind of content closes it.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function encodeStream(info: InboundInfo): EventEncoder<'chat'> {
  return new StreamEncoder(info)
}

type OpenBlock = { kind: 'text' } | { kind: 'thinking'; text: string } | { kind: 'tool' }

class StreamEncoder implements EventEncoder<'chat'> {
  private readonly info: InboundInfo
  private out: WireEvent[] = []
  private started = false
  private done = false
  private index = -1
  private open: OpenBlock | undefined
  private readonly calls: CallQueue
  /** What was said while calls were incomplete. */
  private held: ChatDelta[] = []
  private hasCalls = false
  private finish: ChatChunkChoice | undefined
  private usage: Usage | undefined
  private tier: string | undefined
  private readonly filters: JsonObject = {}

  constructor(info: InboundInfo) {
    this.info = info
    this.calls = new CallQueue(info.id)
  }

  push(chunk: ChatChunk): WireEvent[] {
    if (this.done) return []
    this.start(chunk)
    if (chunk.usage) this.usage = chunk.usage
    this.tier = chunk.service_tier ?? this.tier
    Object.assign(this.filters, pick(chunk, FILTER_FIELDS))
    const choice = chunk.choices[0]
    if (choice && choice.index === 0) {
      Object.assign(this.filters, pick(choice, FILTER_FIELDS))
      this.delta(choice.delta)
      if (choice.finish_reason != null) this.finish = choice
    }
    return this.flush()
  }

  end(): WireEvent[] {
    if (this.done) return []
    this.done = true
    this.start(undefined)
    this.endCalls()
    this.close()
    const fields = this.finish?.provider_specific_fields
    const tier = encodeServiceTier(this.tier)
    this.emit('message_delta', {
      delta: {
        ...encodeFinishReason(this.finish?.finish_reason, fields, this.hasCalls),
        ...(fields && pick(fields, MESSAGE_FIELDS)),
        ...this.filters,
      },
      usage: { ...encodeUsage(this.usage), ...(tier !== undefined && { service_tier: tier }) },
    })
    this.emit('message_stop', {})
    return this.flush()
  }

  fail(error: SluiceError, requestId: string): WireEvent[] {
    if (this.done) return []
    this.done = true
    this.out = []
    const body = encodeError(error, requestId)
    return [{ event: 'error', data: JSON.stringify(body) }]
  }

  private start(chunk: ChatChunk | undefined): void {
    if (this.started) return
    this.started = true
    this.emit('message_start', {
      message: {
        id: chunk?.id ?? this.info.id,
        type: 'message',
        role: 'assistant',
        model: chunk?.model ?? this.info.model ?? '',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...encodeUsage(chunk?.usage ?? undefined), output_tokens: 0 },
      },
    })
  }

  private delta(delta: ChatDelta): void {
    const fields = delta.provider_specific_fields
    // A whole reply in one chunk (from a cache) brings its layout along; at the end of a stream it is already told.
    if (Array.isArray(fields?.content_layout)) {
      if (this.index < 0) this.whole(delta, fields)
      return
    }
    if (says(delta)) {
      if (this.held.length > 0 || this.calls.busy) this.held.push(delta)
      else this.say(delta)
    }
    for (const call of delta.tool_calls ?? []) {
      this.hasCalls = true
      this.tell(this.calls.push(call))
    }
    if (this.held.length > 0 && !this.calls.busy) this.endCalls()
  }

  private say(delta: ChatDelta): void {
    const fields = delta.provider_specific_fields
    if (delta.thinking_blocks?.length) for (const block of delta.thinking_blocks) this.thinking(block)
    else if (delta.reasoning_content) this.thinkingText(delta.reasoning_content)
    const text = (delta.content ?? '') + (delta.refusal ?? '')
    if (text !== '') this.text(text)
    for (const lost of ['images', 'audio'] as const)
      if (delta[lost] != null)
        this.info.warn({
          action: 'dropped',
          param: `choices[0].delta.${lost}`,
          reason: 'Anthropic replies hold no such content',
        })
    if (fields) this.foreign(fields)
  }

  private whole(delta: ChatDelta, fields: JsonObject): void {
    const calls = (delta.tool_calls ?? []).map(call => ({
      ...call,
      id: call.id ?? '',
      type: 'function',
      function: { name: call.function?.name ?? '', arguments: call.function?.arguments ?? '' },
    }))
    this.hasCalls ||= calls.length > 0
    const parts = { thinking: encodeReplyThinking(delta), text: delta.content ?? '', calls, fields }
    for (const block of encodeContent(parts, 'choices[0].delta', warning => this.info.warn(warning)))
      this.block(block)
  }

  private text(text: string): void {
    this.ensureText()
    this.blockDelta({ type: 'text_delta', text })
  }

  private ensureText(): void {
    if (this.open?.kind !== 'text') this.openBlock({ type: 'text', text: '' }, { kind: 'text' })
  }

  private thinkingText(thinking: string): void {
    if (this.open?.kind !== 'thinking')
      this.openBlock({ type: 'thinking', thinking: '', signature: '' }, { kind: 'thinking', text: '' })
    if (this.open?.kind === 'thinking') this.open.text += thinking
    this.blockDelta({ type: 'thinking_delta', thinking })
  }

  /** A piece of thinking; its signature, alone or on the whole block, closes it. */
  private thinking(block: ThinkingBlock): void {
    if (block.type === 'redacted_thinking') return this.block(block as Block)
    const told = this.open?.kind === 'thinking' ? this.open.text : ''
    const repeats = !!block.signature && told !== '' && block.thinking === told
    if (block.thinking && !repeats) this.thinkingText(block.thinking)
    if (!block.signature) return
    if (this.open?.kind !== 'thinking')
      this.openBlock({ type: 'thinking', thinking: '', signature: '' }, { kind: 'thinking', text: '' })
    this.blockDelta({ type: 'signature_delta', signature: block.signature })
    this.close()
  }

  private tell(steps: readonly CallStep[]): void {
    for (const step of steps) {
      if ('begin' in step) this.openBlock(step.begin, { kind: 'tool' })
      else this.blockDelta({ type: 'input_json_delta', partial_json: step.input })
    }
  }

  /** The calls that wait, then what was held back for them. */
  private endCalls(): void {
    this.tell(this.calls.end())
    const { held } = this
    this.held = []
    for (const delta of held) this.say(delta)
  }

  /** Blocks the hub has no word for, and citations of the text that is open. */
  private foreign(fields: JsonObject): void {
    if (fields.citation != null) {
      this.ensureText()
      this.blockDelta({ type: 'citations_delta', citation: fields.citation })
    }
    for (const name of BLOCK_LISTS) {
      const list = fields[name]
      for (const block of Array.isArray(list) ? list : [])
        if (isJsonObject(block) && typeof block.type === 'string') this.block(block as Block)
    }
  }

  /** A whole block at once, its long fields as deltas the way Anthropic streams them. */
  private block(block: Block): void {
    if (block.type === 'text') {
      this.openBlock({ type: 'text', text: '' }, { kind: 'text' })
      this.blockDelta({ type: 'text_delta', text: block.text })
      for (const citation of Array.isArray(block.citations) ? block.citations : [])
        this.blockDelta({ type: 'citations_delta', citation })
    } else if (block.type === 'thinking') {
      this.openBlock({ type: 'thinking', thinking: '', signature: '' }, { kind: 'thinking', text: '' })
      this.blockDelta({ type: 'thinking_delta', thinking: block.thinking })
      this.blockDelta({ type: 'signature_delta', signature: block.signature ?? '' })
    } else if (isJsonObject(block.input)) {
      this.openBlock({ ...block, input: {} }, { kind: 'text' })
      this.blockDelta({ type: 'input_json_delta', partial_json: JSON.stringify(block.input) })
    } else this.openBlock(block, { kind: 'text' })
    this.close()
  }

  private openBlock(block: Block, open: OpenBlock): void {
    if (open.kind !== 'tool') this.calls.end()
    this.close()
    this.index++
    this.open = open
    this.emit('content_block_start', { index: this.index, content_block: block })
  }

  private close(): void {
    if (this.open === undefined) return
    this.open = undefined
    this.emit('content_block_stop', { index: this.index })
  }

  private blockDelta(delta: JsonObject): void {
    this.emit('content_block_delta', { index: this.index, delta })
  }

  private emit(type: string, fields: JsonObject): void {
    this.out.push({ event: type, data: JSON.stringify({ type, ...fields }) })
  }

  private flush(): WireEvent[] {
    const { out } = this
    this.out = []
    return out
  }
}

/** True when a delta holds more than pieces of tool calls. */
function says(delta: ChatDelta): boolean {
  for (const key in delta) if (key !== 'role' && key !== 'tool_calls' && delta[key]) return true
  return false
}
