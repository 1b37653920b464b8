import { setImmediate as nextTurn } from 'node:timers/promises'

export type Encoding = 'o200k_base' | 'cl100k_base'

/** How to count for a model: with its own published tokenizer, or by estimate times what its family is known to need. */
export type Counting = { readonly encoding: Encoding } | { readonly factor: number }

const ENCODINGS: readonly (readonly [RegExp, Encoding])[] = [
  [/^(gpt-4o|gpt-4\.[15]|gpt-5|gpt-oss|chatgpt-4o|o[134](-|$)|codex-mini|ft:gpt-4(o|\.1))/, 'o200k_base'],
  [/^(gpt-4|gpt-3\.5|text-embedding-(3|ada)|ft:gpt-(3\.5|4-))/, 'cl100k_base'],
]

/**
 * Tokens of a family per token of `estimateTokens`. Anthropic says its tokenizer since Opus 4.7 needs up to 1.35 times
 * the tokens of the one before; the others are set so that mixed text is estimated rather above than below.
 */
const FACTORS: readonly (readonly [RegExp, number])[] = [
  [/claude-(opus-4[-.][7-9]|(opus|sonnet|haiku)-[5-9]|fable)/, 1.5],
  [/claude/, 1.2],
  [/gemini|gemma/, 1.05],
  [/mistral|mixtral|ministral|codestral|magistral|devstral|pixtral/, 1.15],
  [/llama-?2/, 1.25],
  [/command|embed-(english|multilingual|v)|rerank/, 1.1],
  [/llama|deepseek|qwen|kimi|glm|grok|nova/, 1.08],
]
const UNKNOWN_FAMILY = 1.15

const remembered = new Map<string, Counting>()
/** Model names come from callers; past this many, forget and begin again. */
const MAX_REMEMBERED = 1_000

/** The way to count for a model of this name, whoever serves it. */
export function countingFor(model: string): Counting {
  let counting = remembered.get(model)
  if (!counting) {
    counting = classify(model)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(model, counting)
  }
  return counting
}

function classify(model: string): Counting {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const encoding = ENCODINGS.find(([pattern]) => pattern.test(name))?.[1]
  if (encoding) return { encoding }
  return { factor: FACTORS.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN_FAMILY }
}

interface Tokenizer {
  countTokens(text: string, options: { disallowedSpecial: Set<string> }): number
}

const loading = new Map<Encoding, Promise<Tokenizer>>()

/** Loads an encoding once: about a quarter of a second and 80 MB, so never on the hot path. */
function load(encoding: Encoding): Promise<Tokenizer> {
  let tokenizer = loading.get(encoding)
  if (!tokenizer) {
    tokenizer =
      encoding === 'o200k_base'
        ? import('gpt-tokenizer/encoding/o200k_base')
        : import('gpt-tokenizer/encoding/cl100k_base')
    loading.set(encoding, tokenizer)
  }
  return tokenizer
}

/**
 * Byte-pair merging is quadratic in the length of one unbroken piece: 100,000 spaces take ten seconds in one go and
 * ten milliseconds in pieces of this size, for a tenth of a percent more tokens.
 */
const CHUNK = 4_096
/** How far back from a chunk's end to look for a place where no token crosses. */
const LOOK_BACK = 256
/** Characters counted before other work gets its turn. */
const TURN = 65_536

/** Text as plain text: what looks like a control token is counted letter by letter, as the APIs do. */
const PLAIN = { disallowedSpecial: new Set<string>() }

/** Counts a text with a published tokenizer, in pieces, letting other work run between them. */
export async function tokenize(encoding: Encoding, text: string): Promise<number> {
  const tokenizer = await load(encoding)
  let tokens = 0
  let sinceTurn = 0
  for (let start = 0; start < text.length; ) {
    const end = chunkEnd(text, start)
    tokens += tokenizer.countTokens(text.slice(start, end), PLAIN)
    sinceTurn += end - start
    start = end
    if (sinceTurn < TURN) continue
    sinceTurn = 0
    await nextTurn()
  }
  return tokens
}

/** The end of the chunk that begins at `start`: before a space between letters where possible, never inside a character. */
function chunkEnd(text: string, start: number): number {
  const limit = start + CHUNK
  if (limit >= text.length) return text.length
  for (let end = limit; end > limit - LOOK_BACK; end--) {
    if (text[end] === ' ' && isLetter(text.charCodeAt(end - 1)) && isLetter(text.charCodeAt(end + 1)))
      return end
  }
  const last = text.charCodeAt(limit - 1)
  return last >= 0xd800 && last < 0xdc00 ? limit - 1 : limit
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
}
