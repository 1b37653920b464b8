import type { ContentPart } from '../types/chat.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import { estimateTokens } from './estimate.ts'
import { mediaTokens } from './media.ts'
import { countingFor } from './tokenizer.ts'

/** What every message costs beside its text, and what the reply's beginning costs: OpenAI's cookbook. */
export const PER_MESSAGE = 3
export const PER_NAME = 1
export const REPLY_START = 3
/** LiteLLM's allowance for one tool definition and for `tool_choice`. */
const PER_TOOL = 9
const TOOL_CHOICE = 4

/**
 * Tokens a request will take in, for reservations: cheap (some microseconds, whatever the size), never loads a
 * tokenizer, rather above than below. Reads `messages`, `system`, `prompt`, `input`, `query`,
 * `documents`, `tools`; media by their kind.
 */
export function estimateRequestTokens(request: JsonObject): number {
  const estimate = new RequestEstimate()
  let tokens = REPLY_START
  if (Array.isArray(request.messages))
    for (const message of request.messages) tokens += estimate.message(message)
  tokens += estimate.input(request.system) + estimate.input(request.prompt) + estimate.input(request.input)
  tokens += estimate.input(request.query) + estimate.input(request.documents)
  if (Array.isArray(request.tools)) for (const tool of request.tools) tokens += PER_TOOL + estimate.json(tool)
  if (request.tool_choice != null) tokens += TOOL_CHOICE
  if (request.response_format != null) tokens += estimate.json(request.response_format)
  const counting = countingFor(typeof request.model === 'string' ? request.model : '')
  return Math.ceil('factor' in counting ? tokens * counting.factor : tokens)
}

/** Deep enough for any real schema; what lies deeper is not counted. */
const MAX_DEPTH = 32

/** The parts of one request. */
class RequestEstimate {
  private readonly texts = new TextSampler()

  message(message: unknown): number {
    if (!isJsonObject(message)) return PER_MESSAGE
    let tokens = PER_MESSAGE + 1
    if (typeof message.name === 'string') tokens += PER_NAME + this.texts.tokens(message.name)
    const { content } = message
    if (typeof content === 'string') tokens += this.texts.tokens(content)
    else if (Array.isArray(content)) for (const part of content) tokens += this.part(part)
    if (message.tool_calls) tokens += this.json(message.tool_calls)
    if (typeof message.reasoning_content === 'string') tokens += this.texts.tokens(message.reasoning_content)
    return tokens
  }

  /** One text, many texts, one list of token ids, or many. */
  input(input: unknown): number {
    if (typeof input === 'string') return this.texts.tokens(input)
    if (!Array.isArray(input)) return 0
    if (typeof input[0] === 'number') return input.length
    let tokens = 0
    for (const item of input) tokens += Array.isArray(item) ? item.length : this.part(item)
    return tokens
  }

  /** Tokens of a value as JSON, without writing the JSON: names, texts, and a token for what separates them. */
  json(value: unknown, depth = 0): number {
    if (typeof value === 'string') return this.texts.tokens(value) + 1
    if (typeof value !== 'object' || value === null) return 2
    if (depth >= MAX_DEPTH) return 0
    let tokens = 1
    if (Array.isArray(value)) for (const item of value) tokens += this.json(item, depth + 1)
    else for (const key in value) tokens += 2 + this.json((value as JsonObject)[key], depth + 1)
    return tokens
  }

  private part(part: unknown): number {
    if (!isJsonObject(part)) return typeof part === 'string' ? this.texts.tokens(part) : 0
    if (typeof part.text === 'string') return this.texts.tokens(part.text)
    return mediaTokens(part as ContentPart) ?? this.json(part)
  }
}

/** What a reservation adds to an estimate; the rest is given back when the call settles. */
const MARGIN = 1.1
/** A text is judged by so many windows of so many characters, spread over it. */
const WINDOWS = 4
const WINDOW = 128
/** Characters of a request that are looked at closely; after them one text in eight gets a glance. */
const CLOSE_LOOK = 2048
const ONE_IN = 8
const GLANCE = 64

/** Texts → tokens. Looks closely at first, then goes by what it has seen, sampling on. */
class TextSampler {
  private characters = 0
  private counted = 0
  private texts = 0

  tokens(text: string): number {
    const { length } = text
    if (length === 0) return 0
    if (this.characters > CLOSE_LOOK) {
      if (this.texts++ % ONE_IN === 0) this.glance(text)
      return Math.ceil((length * MARGIN * this.counted) / this.characters)
    }
    const tokens = length <= WINDOWS * WINDOW ? this.look(text) : this.windows(text)
    return Math.ceil(tokens * MARGIN)
  }

  private windows(text: string): number {
    const stride = (text.length - WINDOW) / (WINDOWS - 1)
    let tokens = 0
    for (let index = 0; index < WINDOWS; index++) {
      const start = Math.floor(index * stride)
      tokens += this.look(text.slice(start, start + WINDOW))
    }
    return (tokens * text.length) / (WINDOWS * WINDOW)
  }

  /** A short look into the middle, which moves the rate that later texts are judged by. */
  private glance(text: string): void {
    const start = Math.max(0, Math.floor((text.length - GLANCE) / 2))
    this.look(text.slice(start, start + GLANCE))
  }

  private look(text: string): number {
    const tokens = estimateTokens(text)
    this.characters += text.length
    this.counted += tokens
    return tokens
  }
}
