import { createError } from '../../errors.ts'
import type { ChatChunk, ChatDelta, ChatResponse, FinishReason, ToolCall } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo } from '../codec.ts'
import { decodeLateError } from '../openai-chat/errors/errors.ts'
import { decodeUsage } from '../openai-chat/usage.ts'
import { parseEvent } from '../parse-event.ts'

export function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const choices = isJsonObject(body) && isJsonArray(body.choices) ? body.choices.filter(isJsonObject) : []
  if (!isJsonObject(body) || choices.length === 0) {
    if (isJsonObject(body) && body.error != null) throw decodeLateError(body.error, info)
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "choices".',
      provider: info.deployment.provider,
      model: info.model,
    })
  }
  const usage = decodeUsage(body.usage)
  return {
    id: textOf(body.id) || info.id,
    object: 'chat.completion',
    created: typeof body.created === 'number' ? body.created : Math.floor(info.now / 1000),
    model: textOf(body.model) || info.model,
    choices: choices.map((choice, index) => {
      const message = isJsonObject(choice.message) ? choice.message : {}
      const calls = callsOf(message)
      const text = textIn(message)
      return {
        index,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        finish_reason: finishOf(choice.finish_reason, calls.length > 0),
      }
    }),
    ...(usage && { usage }),
  }
}

/** `content` and `content_list` say the same text. */
function textIn(message: JsonObject): string {
  if (typeof message.content === 'string' && message.content !== '') return message.content
  const list = isJsonArray(message.content_list) ? message.content_list.filter(isJsonObject) : []
  return list.map(part => textOf(part.text)).join('')
}

function callsOf(message: JsonObject): ToolCall[] {
  const list = isJsonArray(message.content_list) ? message.content_list.filter(isJsonObject) : []
  return list.flatMap(part => {
    if (part.type !== 'tool_use' || !isJsonObject(part.tool_use)) return []
    const { tool_use_id: id, name, input } = part.tool_use
    const args = typeof input === 'string' ? input : JSON.stringify(input ?? {})
    return [{ id: textOf(id), type: 'function', function: { name: textOf(name), arguments: args } }]
  })
}

function finishOf(native: unknown, hasCalls: boolean): FinishReason {
  if (hasCalls) return 'tool_calls'
  if (native === 'length' || native === 'max_tokens') return 'length'
  return native === 'content_filter' || native === 'refusal' ? 'content_filter' : 'stop'
}

/** Events of one choice; usage ends the stream, where no finish reason does. */
export function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  return new StreamDecoder(info)
}

class StreamDecoder implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private head: Pick<ChatChunk, 'id' | 'created' | 'model'> | undefined
  private calls = 0
  private native: unknown
  private ended = false
  private usage: ChatChunk['usage']

  constructor(info: CallInfo) {
    this.info = info
  }

  push({ data }: WireEvent): ChatChunk[] {
    if (data === '[DONE]') {
      this.ended = true
      return []
    }
    const event = parseEvent(data, this.info)
    if (event.error != null || (typeof event.message === 'string' && event.choices === undefined))
      throw decodeLateError(event.error ?? event, this.info)
    const [choice] = isJsonArray(event.choices) ? event.choices.filter(isJsonObject) : []
    const chunks = this.begin(event)
    const usage = decodeUsage(event.usage)
    if (usage) {
      this.usage = usage
      this.ended = true
    }
    if (choice?.finish_reason != null && choice.finish_reason !== '') {
      this.native = choice.finish_reason
      this.ended = true
    }
    const delta = this.delta(isJsonObject(choice?.delta) ? choice.delta : {})
    return delta ? [...chunks, this.chunk(delta, null)] : chunks
  }

  end(): ChatChunk[] {
    if (!this.ended)
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: this.info.deployment.provider,
        model: this.info.model,
      })
    const last = this.chunk({}, finishOf(this.native, this.calls > 0))
    return this.usage ? [last, { ...last, choices: [], usage: this.usage }] : [last]
  }

  private begin(event: JsonObject): ChatChunk[] {
    if (this.head) return []
    this.head = {
      id: textOf(event.id) || this.info.id,
      created: typeof event.created === 'number' ? event.created : Math.floor(this.info.now / 1000),
      model: textOf(event.model) || this.info.model,
    }
    return [this.chunk({ role: 'assistant', content: '' }, null)]
  }

  /** A call begins with its id and name; pieces of its input follow. */
  private delta(delta: JsonObject): ChatDelta | undefined {
    if (delta.type === 'tool_use') {
      const fresh = typeof delta.tool_use_id === 'string' && delta.tool_use_id !== ''
      if (fresh) this.calls++
      const called = { ...(fresh && { name: textOf(delta.name) }), arguments: textOf(delta.input) }
      const index = Math.max(this.calls - 1, 0)
      const begun = fresh ? { id: textOf(delta.tool_use_id), type: 'function' } : {}
      return { tool_calls: [{ index, ...begun, function: called }] }
    }
    const text = textOf(delta.content) || textOf(delta.text) || textIn(delta)
    return text === '' ? undefined : { content: text }
  }

  private chunk(delta: ChatDelta, finish_reason: FinishReason | null): ChatChunk {
    const head = this.head ?? {
      id: this.info.id,
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
    }
    return { ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] }
  }
}
