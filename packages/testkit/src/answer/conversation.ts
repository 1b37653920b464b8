import type { PromptCache } from './prompt-cache.ts'
import { schemaSample } from './schema-sample.ts'
import { countTokens, piecesOf, type TokenCounts } from './tokens.ts'

export interface ToolOffer {
  readonly name: string
  readonly schema: unknown
}

/** What a chat request asks for, in no vendor's words. */
export interface Asked {
  readonly model: string
  readonly stream: boolean
  /** Everything the prompt says, for the token count. */
  readonly promptText: string
  readonly lastUserText: string
  /** Sizes of the images of the last user message; 0 for one that is only linked. */
  readonly imageBytes: readonly number[]
  /** Filled when the conversation ends with tool results. */
  readonly toolResults: readonly string[]
  readonly tools: readonly ToolOffer[]
  readonly toolChoice: 'auto' | 'none' | 'any' | { readonly name: string }
  readonly parallelTools: boolean
  /** A JSON schema to satisfy, or `true` for any JSON object. */
  readonly structured?: unknown
  readonly thinking: boolean
  /** `always`: the prefix is already stored at the vendor. */
  readonly cache?: { readonly prefix: string; readonly tokens: number; readonly always?: boolean } | undefined
  readonly maxTokens?: number | undefined
  readonly stop: readonly string[]
  /** How many alternative answers. */
  readonly count: number
}

export interface ToolCall {
  readonly id?: string
  readonly name: string
  readonly arguments: unknown
}

export type Finish = 'stop' | 'stop-sequence' | 'length' | 'tools' | 'content-filter'

/** One answer, in no vendor's words. */
export interface Answer {
  readonly thinking: string
  readonly text: string
  /** The text as it is streamed: one piece per event. */
  readonly pieces: readonly string[]
  readonly toolCalls: readonly ToolCall[]
  readonly finish: Finish
  readonly stopSequence?: string | undefined
  readonly tokens: TokenCounts
}

/** What a script, a header or a model's name wants to be answered instead. */
export interface ReplyScript {
  readonly text?: string
  readonly thinking?: string
  readonly toolCalls?: readonly ToolCall[]
  readonly finish?: Finish
  readonly tokens?: Partial<TokenCounts>
  /** Length of a filler text, in bytes. */
  readonly textBytes?: number
  /** How many events the text is streamed in. */
  readonly events?: number
}

const imageTokens = 85

/** Answers a request: as the script says, else with something sensible derived from the request. */
export function answerTo(asked: Asked, cache: PromptCache, script: ReplyScript = {}): Answer {
  const toolCalls = script.toolCalls ?? (isScripted(script) ? [] : callsFor(asked))
  const thinking = script.thinking ?? (asked.thinking ? `Thinking about: ${asked.lastUserText}` : '')
  const full = script.text ?? (toolCalls.length > 0 && !isScripted(script) ? '' : textFor(asked, script))
  const { text, finish, stopSequence } = isScripted(script) ? unlimited(full) : limited(full, asked)
  const counted = countsFor(asked, cache, thinking, text, toolCalls)
  return {
    thinking,
    text,
    pieces: script.events === undefined ? piecesOf(text) : evenPieces(text, script.events),
    toolCalls,
    finish: script.finish ?? (toolCalls.length > 0 && finish === 'stop' ? 'tools' : finish),
    stopSequence,
    tokens: { ...counted, ...script.tokens },
  }
}

function isScripted(script: ReplyScript): boolean {
  return script.text !== undefined || script.textBytes !== undefined || script.events !== undefined
}

function unlimited(text: string): ReturnType<typeof limited> {
  return { text, finish: 'stop' }
}

function textFor(asked: Asked, script: ReplyScript): string {
  if (script.textBytes !== undefined) return filler(script.textBytes)
  if (script.events !== undefined) return filler(script.events * 5)
  if (asked.structured !== undefined) {
    return JSON.stringify(
      asked.structured === true ? { answer: asked.lastUserText } : schemaSample(asked.structured),
    )
  }
  if (asked.toolResults.length > 0) return `The tool answered: ${asked.toolResults.join('; ')}`
  const seen = asked.imageBytes.map(bytes => `I see an image of ${bytes} bytes. `).join('')
  return `${seen}You said: ${asked.lastUserText}`
}

function callsFor(asked: Asked): ToolCall[] {
  const { tools, toolChoice } = asked
  const first = typeof toolChoice === 'object' ? tools.find(tool => tool.name === toolChoice.name) : tools[0]
  if (!first || toolChoice === 'none' || asked.toolResults.length > 0) return []
  const wanted = [first]
  if (asked.parallelTools && typeof toolChoice !== 'object' && /\bboth\b/i.test(asked.lastUserText)) {
    wanted.push(tools[1] ?? first)
  }
  return wanted.map(tool => ({ name: tool.name, arguments: schemaSample(tool.schema) }))
}

function limited(full: string, asked: Asked): { text: string; finish: Finish; stopSequence?: string } {
  const stops = asked.stop
    .map(stop => ({ stop, at: full.indexOf(stop) }))
    .filter(({ stop, at }) => stop !== '' && at >= 0)
    .sort((a, b) => a.at - b.at)
  const stopped = stops[0]
  const text = stopped ? full.slice(0, stopped.at) : full
  const pieces = piecesOf(text)
  if (asked.maxTokens !== undefined && pieces.length > asked.maxTokens) {
    return { text: pieces.slice(0, asked.maxTokens).join(''), finish: 'length' }
  }
  return stopped ? { text, finish: 'stop-sequence', stopSequence: stopped.stop } : { text, finish: 'stop' }
}

function countsFor(
  asked: Asked,
  cache: PromptCache,
  thinking: string,
  text: string,
  toolCalls: readonly ToolCall[],
): TokenCounts {
  const reasoning = countTokens(thinking)
  const called = toolCalls.reduce((sum, call) => sum + 1 + countTokens(JSON.stringify(call.arguments)), 0)
  const hit = asked.cache ? asked.cache.always || cache.touch(asked.cache.prefix) : false
  const prefix = asked.cache?.tokens ?? 0
  return {
    input: promptTokens(asked),
    output: reasoning + countTokens(text) + called,
    reasoning,
    cached: hit ? prefix : 0,
    cacheWritten: hit ? 0 : prefix,
  }
}

/** The tokens of a request's prompt: its words, plus 85 for each image. */
export function promptTokens(asked: Asked): number {
  const stored = asked.cache?.always ? asked.cache.tokens : 0
  return countTokens(asked.promptText) + imageTokens * asked.imageBytes.length + stored
}

/** ASCII text of exactly this many bytes. */
export function filler(bytes: number): string {
  const line = 'The quick brown fox jumps over the lazy dog. '
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes)
}

/** Cuts text into exactly `count` pieces of nearly equal length; the last ones are empty when there is too little. */
export function evenPieces(text: string, count: number): string[] {
  const size = Math.max(1, Math.ceil(text.length / Math.max(1, count)))
  return Array.from({ length: count }, (_, index) => text.slice(index * size, (index + 1) * size))
}
