import { createError } from '../../errors.ts'
import type { ChatChunk, ChatRequest } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo, EventEncoder, InboundInfo } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeLateError, encodeError } from './errors/errors.ts'
import { settleFinish } from './finish-reason.ts'
import { settleReasoning } from './response.ts'
import { decodeUsage } from './usage.ts'
import { UsageAtEnd } from './usage-at-end.ts'

const DONE = '[DONE]'

export function decodeStream(
  info: CallInfo,
  settle?: (chunk: JsonObject) => void,
): StreamTransform<WireEvent, ChatChunk> {
  const finished = new Set<number>()
  let done = false
  return {
    push(event) {
      if (event.data === DONE) {
        done = true
        return []
      }
      const chunk = parseEvent(event.data, info)
      settle?.(chunk)
      if (event.event === 'error') throw decodeLateError(chunk.error ?? chunk, info)
      if (chunk.error != null) throw decodeLateError(chunk.error, info)
      const decoded = decodeChunk(chunk, info)
      if (decoded === undefined) return []
      for (const { index, finish_reason } of decoded.choices) if (finish_reason != null) finished.add(index)
      return [decoded]
    },
    end() {
      // Some providers send no end mark; a finish reason for every choice is as good.
      if (!done && finished.size < (info.choices ?? 1))
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
    if (!isJsonObject(choice))
      throw createError({ kind: 'bad_gateway', message: 'The provider sent a choice that is not an object.' })
    if (choice.error != null) throw decodeLateError(choice.error, info)
    choice.delta ??= {}
    choice.finish_reason ??= null
    settleFinish(choice, info)
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
  const usage = new UsageAtEnd<ChatChunk>(request)
  const begun = new Set<number>()
  return {
    push(chunk) {
      for (const { index, delta } of chunk.choices)
        if (!begun.has(index)) {
          begun.add(index)
          if (isJsonObject(delta)) delta.role ??= 'assistant'
        }
      return [...usage.push(chunk)].map(written)
    },
    end: () => [...[...usage.end()].map(written), { data: DONE }],
    fail(error) {
      return [{ data: JSON.stringify(encodeError(error)) }]
    },
  }
}

function written(chunk: ChatChunk): WireEvent {
  return { data: JSON.stringify(chunk) }
}
