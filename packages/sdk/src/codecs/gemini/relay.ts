import { createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { RelayTap } from '../../types/stream.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo, Relay } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeStreamError } from './errors.ts'
import { blockedChoice } from './reply/response.ts'
import { decodeTier, decodeUsage } from './reply/usage.ts'

/** Bytes between a Gemini client and Gemini; the model is in the path, and usage comes unasked. */
export const relay: Relay = {
  tap: (_request, info) => new GeminiTap(info),
  usage(body) {
    if (!isJsonObject(body)) return {}
    // As bytes, an error that says 200 would look like an answer.
    if (body.error != null) throw decodeStreamError(body.error)
    return {
      usage: decodeUsage(body.usageMetadata),
      serviceTier: decodeTier(body.usageMetadata),
      id: typeof body.responseId === 'string' ? body.responseId : undefined,
    }
  },
}

/** Looks for words first; parses the frames that may end or break the stream, and once the last usage. */
class GeminiTap implements RelayTap {
  id: string | undefined
  textLength = 0
  isPreamble = true
  private finished = false
  private lastUsage: string | undefined
  private readonly info: CallInfo

  constructor(info: CallInfo) {
    this.info = info
  }

  /** Every frame carries the usage so far, so only the last one is worth parsing, and only when asked. */
  get usage(): Usage | undefined {
    return this.lastUsage === undefined ? undefined : decodeUsage(this.parse(this.lastUsage).usageMetadata)
  }

  push(frame: string): boolean {
    if (frame.charCodeAt(0) === COLON) return true
    if (frame.charCodeAt(frame.length - 1) !== CLOSING_BRACE) this.parse(frame)
    if (this.id === undefined) this.id = stringAfter(frame, '"responseId"')
    this.textLength += textLengthOf(frame)
    if (frame.includes('"usageMetadata"')) this.lastUsage = frame
    if (frame.includes('"error"')) {
      const { error } = this.parse(frame)
      if (error != null) throw decodeStreamError(error, this.info)
    }
    if (!this.finished && (frame.includes('"finishReason"') || frame.includes('"blockReason"')))
      this.finished = isEnd(this.parse(frame))
    if (this.isPreamble) this.isPreamble = !this.finished && saysNothing(this.parse(frame))
    return true
  }

  end(): void {
    if (!this.finished)
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: this.info.deployment.provider,
        model: this.info.model,
      })
  }

  get serviceTier(): string | undefined {
    return this.lastUsage?.includes('"trafficType"')
      ? decodeTier(this.parse(this.lastUsage).usageMetadata)
      : undefined
  }

  private parse(frame: string): JsonObject {
    const data = frame
      .split(/\r\n|\r|\n/)
      .filter(line => line.startsWith('data:'))
      .map(line => line.slice(5))
      .join('\n')
    return data === '' ? {} : parseEvent(Buffer.from(data, 'latin1').toString('utf8'), this.info)
  }
}

const COLON = 58
const QUOTE = 34
const SPACE = 32
const BACKSLASH = 92
const CLOSING_BRACE = 125

function isEnd(body: JsonObject): boolean {
  const candidates = Array.isArray(body.candidates) ? (body.candidates as unknown[]) : []
  return (
    candidates.some(candidate => isJsonObject(candidate) && typeof candidate.finishReason === 'string') ||
    blockedChoice(body.promptFeedback) !== undefined
  )
}

/** True while no candidate has a part with anything in it. */
function saysNothing({ candidates }: JsonObject): boolean {
  return (
    !Array.isArray(candidates) ||
    (candidates as unknown[]).every(candidate => partsOf(candidate).every(isBlank))
  )
}

function partsOf(candidate: unknown): readonly unknown[] {
  const content = isJsonObject(candidate) ? candidate.content : undefined
  return isJsonObject(content) && Array.isArray(content.parts) ? (content.parts as unknown[]) : []
}

function isBlank(part: unknown): boolean {
  return isJsonObject(part) && Object.entries(part).every(([key, value]) => key === 'thought' || value === '')
}

/** Characters in the frame's `"text"` strings, escapes counted as written: an estimate. */
function textLengthOf(frame: string): number {
  let length = 0
  let at = frame.indexOf('"text":')
  while (at !== -1) {
    const start = openingQuote(frame, at + 7)
    if (start === -1) break
    const end = closingQuote(frame, start + 1)
    if (end === -1) break
    length += end - start - 1
    at = frame.indexOf('"text":', end)
  }
  return length
}

/** The JSON string that follows `key`, when it is one. */
function stringAfter(frame: string, key: string): string | undefined {
  const at = frame.indexOf(key)
  const colon = at === -1 ? -1 : frame.indexOf(':', at + key.length)
  const start = colon === -1 ? -1 : openingQuote(frame, colon + 1)
  const end = start === -1 ? -1 : frame.indexOf('"', start + 1)
  return end === -1 ? undefined : frame.slice(start + 1, end)
}

function openingQuote(frame: string, from: number): number {
  let at = from
  while (frame.charCodeAt(at) === SPACE) at++
  return frame.charCodeAt(at) === QUOTE ? at : -1
}

function closingQuote(frame: string, from: number): number {
  for (let at = frame.indexOf('"', from); at !== -1; at = frame.indexOf('"', at + 1)) {
    let slashes = 0
    while (frame.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at
  }
  return -1
}
