import { createError } from '../../errors.ts'
import type { ChatChunk, ChatDelta } from '../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo } from '../codec.ts'
import { thinkTags } from '../openai-chat/settle/think-tags.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeLateError } from './errors.ts'
import { messageFields, specificFields } from './fields.ts'
import { decodeFinishReason } from './finish-reason.ts'
import { decodeLogprobs } from './logprobs.ts'
import { decodeToolCalls, idSource } from './tools.ts'
import { decodeUsage } from './usage.ts'

/** Lines of a streamed `/api/chat` → chunks; the line with `done` is the end mark. */
export function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  return new StreamDecoder(info)
}

class StreamDecoder implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private readonly nextId: () => string
  private readonly settle = thinkTags()
  private begun = false
  private calls = 0
  private ended = false

  constructor(info: CallInfo) {
    this.info = info
    this.nextId = idSource(info)
  }

  push({ data }: WireEvent): ChatChunk[] {
    const line = parseEvent(data, this.info)
    if (line.error != null) throw decodeLateError(line, this.info)
    const message = isJsonObject(line.message) ? line.message : {}
    const chunks = this.said(message, decodeLogprobs(line.logprobs))
    if (line.done === true) chunks.push(...this.finish(line))
    return chunks
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

  private said(message: JsonObject, logprobs: JsonObject | undefined): ChatChunk[] {
    const text = textOf(message.content)
    const reasoning = textOf(message.thinking)
    const calls = decodeToolCalls(message.tool_calls, this.nextId).map(call => ({
      ...call,
      index: this.calls++,
    }))
    const delta: ChatDelta = {
      ...(text !== '' && { content: text }),
      ...(reasoning !== '' && { reasoning_content: reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...messageFields(message),
    }
    if (this.begun && Object.keys(delta).length === 0 && logprobs === undefined) return []
    const first = this.begun ? {} : { role: 'assistant' as const, content: '' }
    this.begun = true
    return [this.chunk({ ...first, ...delta }, logprobs && { logprobs })]
  }

  private finish(line: JsonObject): ChatChunk[] {
    this.ended = true
    const finish_reason = decodeFinishReason(line.done_reason, this.calls > 0, this.info)
    const last = this.chunk({}, { finish_reason, ...specificFields(line, finish_reason) })
    const usage = decodeUsage(line)
    return usage ? [last, { ...last, choices: [], usage }] : [last]
  }

  private chunk(delta: ChatDelta, more?: JsonObject): ChatChunk {
    const chunk: ChatChunk = {
      id: this.info.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [{ index: 0, delta, finish_reason: null, ...more }],
    }
    this.settle(chunk)
    return chunk
  }
}
