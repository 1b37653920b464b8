import { createError } from '../../errors.ts'
import type { ChatChunk, ChatDelta } from '../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeCitations } from './citations.ts'
import { decodeError } from './errors.ts'
import { decodeFinishReason } from './finish-reason.ts'
import { decodeLogprobs } from './logprobs.ts'
import { specificFields } from './response.ts'
import { decodeUsage } from './usage.ts'

const DONE = '[DONE]'
const END_FIELDS = new Set(['error', 'finish_reason', 'usage', '__proto__'])

/** Cohere's named events → chunks; `message-end` is the end mark. Source: https://docs.cohere.com/docs/streaming */
export function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  return new StreamDecoder(info)
}

class StreamDecoder implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private id: string
  private readonly citations: JsonObject[] = []
  /** Where each content part begins in the answer. */
  private readonly offsets: number[] = []
  private textLength = 0
  private plan = ''
  private calls = 0
  private ended = false

  constructor(info: CallInfo) {
    this.info = info
    this.id = info.id
  }

  push({ data, event: name }: WireEvent): ChatChunk[] {
    if (data === DONE) return []
    const event = parseEvent(data, this.info)
    const type = textOf(event.type) || name
    const delta = isJsonObject(event.delta) ? event.delta : {}
    const message = isJsonObject(delta.message) ? delta.message : {}
    switch (type) {
      case 'message-start':
        this.id = textOf(event.id) || this.id
        return [this.chunk({ role: 'assistant', content: '' })]
      case 'content-start':
      case 'content-delta':
        return this.content(event, type === 'content-start', message.content)
      case 'tool-plan-delta':
        this.plan += textOf(message.tool_plan)
        return [this.chunk({ reasoning_content: textOf(message.tool_plan) })]
      case 'tool-call-start':
        return this.toolCall(message.tool_calls, true)
      case 'tool-call-delta':
        return this.toolCall(message.tool_calls, false)
      case 'citation-start':
        return this.citation(message.citations)
      case 'message-end':
        return this.finish(delta)
      default:
        // Ends of parts and events to come carry nothing; an error has words and no type of its own.
        if (type === undefined || type === 'error') throw this.failure(event)
        return []
    }
  }

  end(): ChatChunk[] {
    if (this.ended) return []
    throw createError({
      kind: 'truncated',
      message: 'The provider closed the stream before it was complete.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private content(event: JsonObject, starts: boolean, given: unknown): ChatChunk[] {
    const part = isJsonObject(given) ? given : {}
    if (starts && typeof event.index === 'number') this.offsets[event.index] = this.textLength
    const text = textOf(part.text)
    const thinking = textOf(part.thinking)
    const logprobs = decodeLogprobs(isJsonObject(event.logprobs) ? [event.logprobs] : undefined)
    if (text === '' && thinking === '' && logprobs === undefined) return []
    this.textLength += text.length
    const delta = {
      ...(text !== '' && { content: text }),
      ...(thinking !== '' && { reasoning_content: thinking }),
    }
    return [this.chunk(delta, logprobs && { logprobs })]
  }

  private toolCall(given: unknown, starts: boolean): ChatChunk[] {
    const call = isJsonObject(given) ? given : {}
    const { name, arguments: args } = isJsonObject(call.function) ? call.function : {}
    if (!starts)
      return [
        this.chunk({
          tool_calls: [{ index: Math.max(this.calls - 1, 0), function: { arguments: textOf(args) } }],
        }),
      ]
    const index = this.calls++
    const begun = { name: textOf(name), arguments: textOf(args) }
    return [this.chunk({ tool_calls: [{ index, id: textOf(call.id), type: 'function', function: begun }] })]
  }

  private citation(given: unknown): ChatChunk[] {
    const fresh = (Array.isArray(given) ? (given as unknown[]) : [given]).filter(isJsonObject)
    this.citations.push(...fresh)
    const annotations = decodeCitations(fresh, this.offsets)
    return annotations.length > 0 ? [this.chunk({ annotations })] : []
  }

  private finish(delta: JsonObject): ChatChunk[] {
    const native = textOf(delta.finish_reason) || 'COMPLETE'
    const words = textOf(delta.error) || undefined
    const finish_reason = decodeFinishReason(words === undefined ? native : 'ERROR', this.info, words)
    this.ended = true
    const usage = decodeUsage(delta.usage)
    const kept = specificFields(this.plan, this.citations)
    const last = this.chunk(kept, {
      finish_reason,
      provider_specific_fields: { native_finish_reason: native, ...without(delta, END_FIELDS) },
    })
    return usage ? [last, { ...this.chunk({}), choices: [], usage }] : [last]
  }

  private failure(event: JsonObject) {
    const facts = decodeError(502, isJsonObject(event.error) ? event.error : event)
    return createError({
      kind: 'bad_gateway',
      message: 'The provider reported an error in the stream.',
      ...facts,
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private chunk(delta: ChatDelta, more?: JsonObject): ChatChunk {
    return {
      id: this.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [{ index: 0, delta, finish_reason: null, ...more }],
    }
  }
}
