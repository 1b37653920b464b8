import type { SluiceError } from '../../errors.ts'
import { createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import type { Relay, RelayTap } from '../codec.ts'
import { decodeError } from './errors.ts'
import { decodeUsage } from './usage.ts'

/** Bytes between an OpenAI client and an OpenAI-shaped provider. */
export const relay: Relay = {
  modelKey: 'model',
  streamExtras(request) {
    const options = isJsonObject(request.stream_options) ? request.stream_options : undefined
    return options?.include_usage === true
      ? undefined
      : { stream_options: { ...options, include_usage: true } }
  },
  tap(request) {
    const options = isJsonObject(request.stream_options) ? request.stream_options : undefined
    return new OpenaiChatTap(options?.include_usage === true)
  },
  usage(body) {
    if (!isJsonObject(body)) return {}
    return { usage: decodeUsage(body.usage), id: typeof body.id === 'string' ? body.id : undefined }
  },
}

/** Finds usage, end mark and errors by substring; parses only the frames that hold one of them. */
class OpenaiChatTap implements RelayTap {
  usage: Usage | undefined
  id: string | undefined
  textLength = 0
  private finished = false
  private readonly showUsage: boolean

  constructor(showUsage: boolean) {
    this.showUsage = showUsage
  }

  push(frame: string): boolean {
    if (frame.startsWith('data: [DONE]') || frame.startsWith('data:[DONE]')) {
      this.finished = true
      return true
    }
    if (frame.charCodeAt(0) === COLON) return true
    if (!frame.startsWith('data:') || frame.charCodeAt(frame.length - 1) !== CLOSING_BRACE) this.parse(frame)
    if (this.id === undefined) this.id = stringAfter(frame, '"id":')
    this.countText(frame)
    if (stringAfter(frame, '"finish_reason":') !== undefined) this.finished = true
    if (frame.includes('"error"')) this.throwError(frame)
    return this.readUsage(frame)
  }

  end(): void {
    if (!this.finished)
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: 'upstream',
      })
  }

  private countText(frame: string): void {
    let at = frame.indexOf('content":"')
    if (at === -1) {
      at = frame.indexOf('"arguments":"')
      if (at === -1) return
      at += 13
    } else at += 10
    let end = frame.indexOf('"', at)
    while (end > 0 && frame.charCodeAt(end - 1) === BACKSLASH) end = frame.indexOf('"', end + 1)
    if (end > at) this.textLength += end - at
  }

  /** Returns false for the usage event that only we asked for. */
  private readUsage(frame: string): boolean {
    const at = frame.indexOf('"usage":')
    if (at === -1 || frame.startsWith('null', at + 8) || frame.startsWith(' null', at + 8)) return true
    const chunk = this.parse(frame)
    const usage = decodeUsage(chunk.usage)
    if (usage === undefined) return true
    this.usage = usage
    return this.showUsage || !Array.isArray(chunk.choices) || chunk.choices.length > 0
  }

  private throwError(frame: string): void {
    const chunk = this.parse(frame)
    if (chunk.error != null) throw streamError(chunk.error)
  }

  private parse(frame: string): JsonObject {
    const data = frame
      .split(/\r\n|\r|\n/)
      .filter(line => line.startsWith('data:'))
      .map(line => line.slice(line.charCodeAt(5) === SPACE ? 6 : 5))
      .join('\n')
    try {
      const value: unknown = data === '' ? {} : JSON.parse(Buffer.from(data, 'latin1').toString('utf8'))
      if (isJsonObject(value)) return value
    } catch (cause) {
      throw createError({ kind: 'bad_gateway', message: BROKEN, provider: 'upstream', cause })
    }
    throw createError({ kind: 'bad_gateway', message: BROKEN, provider: 'upstream' })
  }
}

const BROKEN = 'The provider sent a stream event that is not a JSON object.'
const SPACE = 32
const COLON = 58
const BACKSLASH = 92
const CLOSING_BRACE = 125

function streamError(error: unknown): SluiceError {
  const facts = decodeError(502, { error })
  return createError({
    kind: 'bad_gateway',
    message: 'The provider reported an error in the stream.',
    ...facts,
    provider: 'upstream',
  })
}

/** The JSON string that follows `key`, when it is one. */
function stringAfter(frame: string, key: string): string | undefined {
  let at = frame.indexOf(key)
  if (at === -1) return undefined
  at += key.length
  if (frame.charCodeAt(at) === SPACE) at++
  if (frame[at] !== '"') return undefined
  const end = frame.indexOf('"', at + 1)
  return end === -1 ? undefined : frame.slice(at + 1, end)
}
