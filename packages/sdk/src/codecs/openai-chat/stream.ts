import { createError } from '../../errors.ts'
import type { ChatChunk, ChatRequest } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo, EventEncoder, InboundInfo } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeStreamError, encodeError } from './errors.ts'
import { settleReasoning } from './response.ts'
import { decodeUsage } from './usage.ts'

const DONE = '[DONE]'

export function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  let finished = false
  return {
    push(event) {
      if (event.data === DONE) {
        finished = true
        return []
      }
      const chunk = parseEvent(event.data, info)
      if (chunk.error != null) throw decodeStreamError(chunk.error, info)
      const decoded = decodeChunk(chunk, info)
      if (decoded === undefined) return []
      if (decoded.choices.some(choice => choice.finish_reason != null)) finished = true
      return [decoded]
    },
    end() {
      if (!finished)
        throw createError({
          kind: 'truncated',
          message: 'The provider closed the stream before it was complete.',
          provider: info.deployment.provider,
          model: info.model,
        })
      return []
    },
  }
}

/** `undefined` for chunks that carry nothing (Azure's first one holds only prompt filter results: kept). */
function decodeChunk(chunk: JsonObject, info: CallInfo): ChatChunk | undefined {
  if (!Array.isArray(chunk.choices)) {
    if (chunk.usage == null) return undefined
    chunk.choices = []
  }
  for (const choice of chunk.choices as unknown[]) {
    if (!isJsonObject(choice)) continue
    choice.delta ??= {}
    choice.finish_reason ??= null
    if (isJsonObject(choice.delta)) settleReasoning(choice.delta)
  }
  if (chunk.usage != null) chunk.usage = decodeUsage(chunk.usage)
  chunk.object = 'chat.completion.chunk'
  chunk.id ??= info.id
  chunk.created ??= Math.floor(info.now / 1000)
  chunk.model ??= info.model
  return chunk as ChatChunk
}

export function encodeStream(request: ChatRequest, _info: InboundInfo): EventEncoder<'chat'> {
  const includeUsage = request.stream_options?.include_usage === true
  return {
    push(chunk) {
      if (includeUsage || chunk.usage == null) return [{ data: JSON.stringify(chunk) }]
      if (chunk.choices.length === 0) return []
      const { usage: _, ...rest } = chunk
      return [{ data: JSON.stringify(rest) }]
    },
    end() {
      return [{ data: DONE }]
    },
    fail(error) {
      return [{ data: JSON.stringify(encodeError(error)) }]
    },
  }
}
