import { createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo, Relay, RelayTap } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeLateError } from './errors/errors.ts'
import type { OpenaiChatOptions } from './options.ts'
import { isPreamble } from './preamble.ts'
import { decodeUsage } from './usage.ts'

/** Bytes between an OpenAI client and an OpenAI-shaped provider, of chats and of text completions. */
export function relayWith({ streamUsage }: Pick<OpenaiChatOptions, 'streamUsage'>): Relay {
  return {
    sameHub: true,
    modelKey: 'model',
    streamExtras(request) {
      const options = isJsonObject(request.stream_options) ? request.stream_options : undefined
      return streamUsage === false || options?.include_usage === true
        ? undefined
        : { stream_options: { ...options, include_usage: true } }
    },
    tap(request, info) {
      const options = isJsonObject(request.stream_options) ? request.stream_options : undefined
      const choices = typeof request.n === 'number' ? request.n : 1
      return new OpenaiChatTap(options?.include_usage === true, choices, info)
    },
    usage(body) {
      if (!isJsonObject(body)) return {}
      // Some gateways answer 200 with an error; as bytes it would look like an answer.
      if (body.error != null && !Array.isArray(body.choices)) throw decodeLateError(body.error)
      return {
        usage: decodeUsage(body.usage),
        id: typeof body.id === 'string' ? body.id : undefined,
        serviceTier: typeof body.service_tier === 'string' ? body.service_tier : undefined,
      }
    },
  }
}

/** Finds usage, end mark and errors by substring; parses only the frames that hold one of them. */
class OpenaiChatTap implements RelayTap {
  usage: Usage | undefined
  id: string | undefined
  serviceTier: string | undefined
  textLength = 0
  isPreamble = true
  private done = false
  /** Choices that have yet to finish. */
  private openChoices: number
  private readonly showUsage: boolean
  private readonly info: CallInfo

  constructor(showUsage: boolean, choices: number, info: CallInfo) {
    this.showUsage = showUsage
    this.openChoices = choices
    this.info = info
  }

  push(frame: string): boolean {
    if (frame.startsWith('data: [DONE]') || frame.startsWith('data:[DONE]')) {
      this.done = true
      this.isPreamble = false
      return true
    }
    if (frame.charCodeAt(0) === COLON) return true
    if (!frame.startsWith('data:') || frame.charCodeAt(frame.length - 1) !== CLOSING_BRACE) this.parse(frame)
    this.id ||= stringAfter(frame, '"id":')
    this.countText(frame)
    this.openChoices -= finishesIn(frame)
    if (frame.startsWith('event: error') || frame.includes('"error"')) this.throwError(frame)
    if (this.isPreamble) this.isPreamble = isPreamble(this.parse(frame))
    return this.readUsage(frame)
  }

  end(): void {
    if (!this.done && this.openChoices > 0)
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: this.info.deployment.provider,
        model: this.info.model,
      })
  }

  get missing(): string | undefined {
    return this.done ? undefined : 'data: [DONE]\n\n'
  }

  private countText(frame: string): void {
    let at = frame.indexOf('content":')
    if (at === -1) {
      at = frame.indexOf('"arguments":')
      if (at !== -1) at += 12
      else {
        at = frame.indexOf('"text":')
        if (at === -1) return
        at += 7
      }
    } else at += 9
    if (frame.charCodeAt(at) === SPACE) at++
    if (frame[at] !== '"') return
    let end = frame.indexOf('"', at + 1)
    while (end > 0 && frame.charCodeAt(end - 1) === BACKSLASH) end = frame.indexOf('"', end + 1)
    if (end > at) this.textLength += end - at - 1
  }

  /** Returns false for the usage event that only we asked for. */
  private readUsage(frame: string): boolean {
    const at = frame.indexOf('"usage":')
    if (at === -1 || frame.startsWith('null', at + 8) || frame.startsWith(' null', at + 8)) return true
    const chunk = this.parse(frame)
    const usage = decodeUsage(chunk.usage)
    if (usage === undefined) return true
    this.usage = usage
    if (typeof chunk.service_tier === 'string') this.serviceTier = chunk.service_tier
    return this.showUsage || !Array.isArray(chunk.choices) || chunk.choices.length > 0
  }

  private throwError(frame: string): void {
    const chunk = this.parse(frame)
    if (chunk.error != null) throw decodeLateError(chunk.error, this.info)
    if (frame.startsWith('event: error')) throw decodeLateError(chunk, this.info)
  }

  private parse(frame: string): JsonObject {
    const data = frame
      .split(/\r\n|\r|\n/)
      .filter(line => line.startsWith('data:'))
      .map(line => line.slice(line.charCodeAt(5) === SPACE ? 6 : 5))
      .join('\n')
    return data === '' ? {} : parseEvent(Buffer.from(data, 'latin1').toString('utf8'), this.info)
  }
}

const SPACE = 32
const COLON = 58
const BACKSLASH = 92
const CLOSING_BRACE = 125

const FINISH = '"finish_reason":'

/** How many choices the frame finishes. */
function finishesIn(frame: string): number {
  let count = 0
  for (let at = frame.indexOf(FINISH); at !== -1; at = frame.indexOf(FINISH, at + FINISH.length))
    if (stringAfter(frame, FINISH, at) !== undefined) count++
  return count
}

/** The JSON string that follows `key`, when it is one. */
function stringAfter(frame: string, key: string, from = 0): string | undefined {
  let at = frame.indexOf(key, from)
  if (at === -1) return undefined
  at += key.length
  if (frame.charCodeAt(at) === SPACE) at++
  if (frame[at] !== '"') return undefined
  const end = frame.indexOf('"', at + 1)
  return end === -1 ? undefined : frame.slice(at + 1, end)
}
