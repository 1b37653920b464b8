import { createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo, Relay, RelayTap } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { streamError } from './errors.ts'
import { decodeUsage, mergeUsage } from './reply/usage.ts'

/** Bytes between an Anthropic client and an Anthropic provider pass untouched; this reads what they cost. */
export const relay: Relay = {
  modelKey: 'model',
  tap: (_request, info) => new Tap(info),
  usage(body) {
    if (!isJsonObject(body)) return {}
    // As bytes, an error that says 200 would look like an answer.
    if (body.type === 'error') throw streamError(body)
    return { usage: decodeUsage(body.usage), id: typeof body.id === 'string' ? body.id : undefined }
  },
}

class Tap implements RelayTap {
  id: string | undefined
  textLength = 0
  private wireUsage: JsonObject | undefined
  isPartial = true
  isPreamble = true
  private stopped = false
  private readonly info: CallInfo

  constructor(info: CallInfo) {
    this.info = info
  }

  get usage(): Usage | undefined {
    return decodeUsage(this.wireUsage)
  }

  push(frame: string): boolean {
    const type = typeOf(frame)
    if (type === '' || frame.charCodeAt(frame.length - 1) !== CLOSING_BRACE) parse(frame, this.info)
    // By far the most frequent event comes first and is never parsed.
    if (type === 'content_block_delta') this.textLength += deltaLength(frame)
    else if (type === 'message_start') {
      const { message } = parse(frame, this.info)
      if (!isJsonObject(message)) return true
      if (typeof message.id === 'string') this.id = message.id
      this.wireUsage = mergeUsage(undefined, message.usage)
    } else if (type === 'message_delta') {
      this.wireUsage = mergeUsage(this.wireUsage, parse(frame, this.info).usage)
      this.isPartial = false
    } else if (type === 'message_stop') this.stopped = true
    else if (type === 'error') throw streamError(parse(frame, this.info), this.info)
    if (this.isPreamble && !BEFORE_OUTPUT.has(type)) this.isPreamble = saysNothing(parse(frame, this.info))
    return true
  }

  end(): void {
    if (!this.stopped)
      throw createError({
        kind: 'truncated',
        message: 'The provider ended its stream before message_stop.',
        provider: this.info.deployment.provider,
        model: this.info.model,
      })
  }
}

const CLOSING_BRACE = 125
const BEFORE_OUTPUT = new Set(['message_start', 'ping', 'content_block_stop'])

/** True for the start of a block that will be written, and for a delta of it that is empty. */
function saysNothing({ content_block: block, delta }: JsonObject): boolean {
  if (isJsonObject(block)) {
    if (block.type === 'text') return block.text === ''
    return block.type === 'thinking' && block.thinking === ''
  }
  if (!isJsonObject(delta) || delta.stop_reason != null) return false
  return Object.entries(delta).every(([key, value]) => key === 'type' || value === '')
}

/** The event's name: its `event:` line, else the first `type` of its data. */
function typeOf(frame: string): string {
  if (frame.startsWith('event:')) {
    const end = frame.indexOf('\n')
    return frame.slice(6, end < 0 ? undefined : end).trim()
  }
  const key = frame.indexOf('"type"')
  const open = frame.indexOf('"', key + 6)
  return key < 0 || open < 0 ? '' : frame.slice(open + 1, frame.indexOf('"', open + 1))
}

/** The fields of a delta that are model output. */
const OUTPUT_KEYS = ['"text":', '"partial_json":', '"thinking":']

/** Characters of output in a delta, near enough for an estimate: from the opening quote to the closing braces. */
function deltaLength(frame: string): number {
  for (const key of OUTPUT_KEYS) {
    const at = frame.indexOf(key)
    if (at < 0) continue
    const open = frame.indexOf('"', at + key.length)
    const close = frame.lastIndexOf('"')
    return Math.max(0, close - open - 1)
  }
  return 0
}

/** The frame's data. Relayed text is Latin-1, one character per byte. */
function parse(frame: string, info: CallInfo): JsonObject {
  const data = frame
    .split('\n')
    .filter(line => line.startsWith('data:'))
    .map(line => line.slice(5))
    .join('\n')
  return parseEvent(Buffer.from(data, 'latin1').toString('utf8'), info)
}
