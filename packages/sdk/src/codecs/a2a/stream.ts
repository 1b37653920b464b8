import { createError } from '../../errors.ts'
import type { ChatChunk, ChatDelta, FinishReason } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { textOfParts } from './parts.ts'
import { failureOf, isRunning, resultOf, source, statusText } from './response.ts'

/**
 * An agent's events → chunks. Artifacts and messages are the answer; what an agent says while it works is shown as
 * reasoning. The stream ends with a message or a status that is final.
 */
export function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  return new StreamDecoder(info)
}

class StreamDecoder implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private answered = false
  private ended = false

  constructor(info: CallInfo) {
    this.info = info
  }

  push({ data }: WireEvent): ChatChunk[] {
    const result = resultOf(parseEvent(data, this.info), this.info)
    if (result.kind === 'artifact-update') {
      const artifact = isJsonObject(result.artifact) ? result.artifact : {}
      return this.answer(textOfParts(artifact.parts))
    }
    if (result.kind === 'message') return [...this.answer(textOfParts(result.parts)), ...this.finish()]
    return this.status(result)
  }

  end(): ChatChunk[] {
    if (this.ended) return []
    throw createError({
      kind: 'truncated',
      message: 'The agent closed the stream before its task had ended.',
      ...source(this.info),
    })
  }

  /** A whole task, or a change of its status. */
  private status(task: JsonObject): ChatChunk[] {
    const failure = failureOf(task, this.info)
    if (failure) throw failure
    const words = statusText(task)
    if (isRunning(task)) return words === '' ? [] : [this.chunk({ reasoning_content: words })]
    const made = isJsonArray(task.artifacts) ? task.artifacts.filter(isJsonObject) : []
    const text = made.map(({ parts }) => textOfParts(parts)).join('') || words
    return [...(this.answered ? [] : this.answer(text)), ...this.finish()]
  }

  private answer(text: string): ChatChunk[] {
    if (text === '') return []
    this.answered = true
    return [this.chunk({ content: text })]
  }

  private finish(): ChatChunk[] {
    if (this.ended) return []
    this.ended = true
    return [this.chunk({}, 'stop')]
  }

  private chunk(delta: ChatDelta, reason: FinishReason | null = null): ChatChunk {
    return {
      id: this.info.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [{ index: 0, delta, finish_reason: reason }],
    }
  }
}
