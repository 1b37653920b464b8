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

/** Texts longer than this are judged by samples. */
const SAMPLED_ABOVE = 512
const SAMPLES = 4
const SAMPLE = 128

/**
 * Tokens a request will take in, for reservations: cheap (some microseconds, whatever the size), never loads a
 * tokenizer, rather above than below. Reads `messages`, `system`, `prompt`, `input`, `tools`; media by their kind.
 */
export function estimateRequestTokens(request: JsonObject): number {
  let tokens = REPLY_START
  if (Array.isArray(request.messages))
    for (const message of request.messages) tokens += messageTokens(message)
  tokens += inputTokens(request.system) + inputTokens(request.prompt) + inputTokens(request.input)
  if (Array.isArray(request.tools)) for (const tool of request.tools) tokens += PER_TOOL + jsonTokens(tool)
  if (request.tool_choice != null) tokens += TOOL_CHOICE
  if (request.response_format != null) tokens += jsonTokens(request.response_format)
  const counting = countingFor(typeof request.model === 'string' ? request.model : '')
  return Math.ceil('factor' in counting ? tokens * counting.factor : tokens)
}

function messageTokens(message: unknown): number {
  if (!isJsonObject(message)) return PER_MESSAGE
  let tokens = PER_MESSAGE + 1
  if (typeof message.name === 'string') tokens += PER_NAME + sampled(message.name)
  const { content } = message
  if (typeof content === 'string') tokens += sampled(content)
  else if (Array.isArray(content)) for (const part of content) tokens += partTokens(part)
  if (message.tool_calls) tokens += jsonTokens(message.tool_calls)
  if (typeof message.reasoning_content === 'string') tokens += sampled(message.reasoning_content)
  return tokens
}

function partTokens(part: unknown): number {
  if (!isJsonObject(part)) return typeof part === 'string' ? sampled(part) : 0
  if (typeof part.text === 'string') return sampled(part.text)
  return mediaTokens(part as ContentPart) ?? jsonTokens(part)
}

/** One text, many texts, one list of token ids, or many. */
function inputTokens(input: unknown): number {
  if (typeof input === 'string') return sampled(input)
  if (!Array.isArray(input)) return 0
  if (typeof input[0] === 'number') return input.length
  let tokens = 0
  for (const item of input) tokens += Array.isArray(item) ? item.length : partTokens(item)
  return tokens
}

/** Deep enough for any real schema; what lies deeper is not counted. */
const MAX_DEPTH = 32

/** Tokens of a value as JSON, without writing the JSON: names, texts, and a token for what separates them. */
function jsonTokens(value: unknown, depth = 0): number {
  if (typeof value === 'string') return sampled(value) + 1
  if (typeof value !== 'object' || value === null) return 2
  if (depth >= MAX_DEPTH) return 0
  let tokens = 1
  if (Array.isArray(value)) for (const item of value) tokens += jsonTokens(item, depth + 1)
  else for (const key in value) tokens += 2 + jsonTokens((value as JsonObject)[key], depth + 1)
  return tokens
}

/** What a reservation adds to an estimate; the rest is given back when the call settles. */
const MARGIN = 1.1

/** A long text's estimate from a few windows spread over it. */
function sampled(text: string): number {
  if (text.length <= SAMPLED_ABOVE) return Math.ceil(estimateTokens(text) * MARGIN)
  const stride = (text.length - SAMPLE) / (SAMPLES - 1)
  let tokens = 0
  for (let index = 0; index < SAMPLES; index++) {
    const start = Math.floor(index * stride)
    tokens += estimateTokens(text.slice(start, start + SAMPLE))
  }
  return Math.ceil((tokens * MARGIN * text.length) / (SAMPLES * SAMPLE))
}
