import { createError } from '../../errors.ts'
import type { ChatChunk, ChatDelta, FinishReason } from '../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo } from '../codec.ts'
import { decodeLateError } from '../openai-chat/errors/errors.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeAnnotation, decodeImage } from './output.ts'
import { decodeReasoning } from './reasoning.ts'
import { finishOf, headOf, specificFields } from './response.ts'
import { decodeUsage } from './usage.ts'

/** Named events of a response as chat chunks. Source: https://platform.openai.com/docs/api-reference/responses-streaming */
export function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  return new ResponseStream(info)
}

type Head = Pick<ChatChunk, 'id' | 'created' | 'model' | 'service_tier'>

class ResponseStream implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private head: Head
  /** Output items that are function calls → their index among the calls. */
  private readonly calls = new Map<unknown, number>()
  private images = 0
  private thought = false
  private done = false

  constructor(info: CallInfo) {
    this.info = info
    this.head = headOf({}, info)
  }

  push({ data }: WireEvent): ChatChunk[] {
    if (data === '' || data === '[DONE]') return []
    const event = parseEvent(data, this.info)
    switch (event.type) {
      case 'response.created':
        return this.begin(event)
      case 'response.output_item.added':
        return this.itemBegins(event)
      case 'response.output_item.done':
        return this.itemEnds(event)
      case 'response.output_text.delta':
        return [this.chunk({ content: textOf(event.delta) }, event)]
      case 'response.refusal.delta':
        return [this.chunk({ refusal: textOf(event.delta) })]
      case 'response.function_call_arguments.delta':
        return this.argumentsGoOn(event)
      case 'response.reasoning_summary_part.added':
        return this.thoughtBegins()
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return [this.think(textOf(event.delta))]
      case 'response.output_text.annotation.added':
        return isJsonObject(event.annotation)
          ? [this.chunk({ annotations: [decodeAnnotation(event.annotation)] })]
          : []
      case 'response.completed':
      case 'response.incomplete':
        return this.finish(event)
      case 'response.failed':
      case 'error':
        throw this.failure(event)
      default:
        return []
    }
  }

  end(): ChatChunk[] {
    if (this.done) return []
    throw createError({
      kind: 'truncated',
      message: 'The provider closed the stream before it was complete.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private begin({ response }: JsonObject): ChatChunk[] {
    if (isJsonObject(response)) this.head = headOf(response, this.info)
    return [this.chunk({ role: 'assistant', content: '' })]
  }

  private itemBegins({ item, output_index: at }: JsonObject): ChatChunk[] {
    if (!isJsonObject(item) || item.type !== 'function_call') return []
    const index = this.calls.size
    this.calls.set(at, index)
    const call = { name: textOf(item.name), arguments: textOf(item.arguments) }
    return [
      this.chunk({ tool_calls: [{ index, id: textOf(item.call_id), type: 'function', function: call }] }),
    ]
  }

  private argumentsGoOn({ output_index: at, delta }: JsonObject): ChatChunk[] {
    const index = this.calls.get(at)
    if (index === undefined) return []
    return [this.chunk({ tool_calls: [{ index, function: { arguments: textOf(delta) } }] })]
  }

  private itemEnds({ item }: JsonObject): ChatChunk[] {
    if (!isJsonObject(item)) return []
    if (item.type === 'reasoning') {
      const [block] = decodeReasoning(item, this.info.deployment).blocks
      // The text was told as it came: only what seals it is new.
      return block ? [this.chunk({ thinking_blocks: [block] })] : []
    }
    if (item.type === 'image_generation_call')
      return [this.chunk({ images: [decodeImage(item, this.images++)] })]
    if (item.type === 'message' || item.type === 'function_call') return []
    return [this.chunk({ provider_specific_fields: { output_items: [item] } })]
  }

  private thoughtBegins(): ChatChunk[] {
    return this.thought ? [this.think('\n\n')] : []
  }

  private think(text: string): ChatChunk {
    this.thought = true
    return this.chunk({ reasoning_content: text })
  }

  private finish({ response }: JsonObject): ChatChunk[] {
    if (!isJsonObject(response)) throw this.failure({})
    this.done = true
    this.head = headOf(response, this.info)
    const usage = decodeUsage(response.usage, response.output)
    const last = this.chunk({}, undefined, finishOf(response, this.calls.size > 0, this.info))
    Object.assign(last.choices[0] ?? {}, specificFields(response))
    return usage ? [last, { ...this.chunk({}), choices: [], usage }] : [last]
  }

  private failure({ response, error, ...event }: JsonObject) {
    const told = isJsonObject(response) ? response.error : (error ?? event)
    return decodeLateError(told ?? {}, this.info)
  }

  private chunk(delta: ChatDelta, event?: JsonObject, finish: FinishReason | null = null): ChatChunk {
    const logprobs = Array.isArray(event?.logprobs) && event.logprobs.length > 0 ? event.logprobs : undefined
    return {
      ...this.head,
      object: 'chat.completion.chunk',
      choices: [
        { index: 0, delta, finish_reason: finish, ...(logprobs && { logprobs: { content: logprobs } }) },
      ],
    }
  }
}
