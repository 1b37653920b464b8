import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Affinity, AffinityAsk, AffinityKey, AffinityKeys, RememberedKey } from './affinity.ts'
import { PrefixHash } from './prefix-hash.ts'

/** Providers cache nothing shorter: OpenAI and Anthropic from 1,024 tokens on. */
const LEAST_TOKENS = 1_024
/** A conversation grows by a few parts per turn: its former end is among the last ones. */
const MOST_LOOK_UPS = 32
/** Deployments whose caches may hold the same beginning. */
const MOST_WARM = 4
/** What a picture or a file counts beside the texts when tokens are shared out, characters. */
const MEDIA_CHARACTERS = 4_000

/**
 * The same long beginning goes where it was read before: up to the last `cache_control` mark, or, where the provider
 * caches by itself, whatever was sent. A conversation that grows finds the longest beginning that is known, and other
 * conversations with the same system prompt and tools find that.
 */
export const promptCache: Affinity = {
  name: 'prompt-cache',
  most: MOST_WARM,
  keysOf(ask) {
    const { messages } = ask.request
    if (!Array.isArray(messages) || messages.length === 0) return undefined
    if (ask.inputTokens() < LEAST_TOKENS) return undefined
    return keysOf(readPrompt(ask, messages), ask.inputTokens())
  },
}

/** The end of some part of a prompt: the hash of all that is before, and how many characters that is. */
interface Boundary {
  readonly hash: number
  readonly characters: number
}

interface Prompt {
  readonly boundaries: readonly Boundary[]
  /** Characters of all of it. */
  readonly characters: number
  /** Indices of boundaries worth remembering: of tools and system prompt, before the last turn of the user, the end. */
  readonly system: number
  readonly history: number
  readonly end: number
  readonly marked: boolean
}

function keysOf(prompt: Prompt, inputTokens: number): AffinityKeys | undefined {
  const { boundaries, characters, end } = prompt
  const perCharacter = inputTokens / Math.max(1, characters)
  const isLong = (boundary: Boundary | undefined) =>
    boundary !== undefined && boundary.characters * perCharacter >= LEAST_TOKENS
  const lookUp: AffinityKey[] = []
  const look = (index: number) => {
    const boundary = boundaries[index]
    if (boundary && isLong(boundary))
      lookUp.push({ key: boundary.hash, tokens: Math.floor(boundary.characters * perCharacter) })
  }
  const last = Math.max(0, end + 1 - MOST_LOOK_UPS)
  for (let index = end; index >= last; index--) look(index)
  if (prompt.system >= 0 && prompt.system < last) look(prompt.system)
  const remember: RememberedKey[] = []
  const indices = prompt.marked ? [prompt.system, end] : [prompt.system, prompt.history, end]
  for (const index of new Set(indices)) {
    const boundary = boundaries[index]
    // The end of an unmarked prompt is new with every call: telling it would be news at every call.
    const told = prompt.marked || index !== end || index === prompt.history
    if (boundary && isLong(boundary)) remember.push({ key: boundary.hash, told })
  }
  return remember.length === 0 ? undefined : { lookUp, remember }
}

function readPrompt({ group, request }: AffinityAsk, messages: readonly unknown[]): Prompt {
  const reader = new PromptReader(group)
  const { tools } = request
  if (Array.isArray(tools)) for (const tool of tools) reader.tool(tool)
  const lastUser = messages.findLastIndex(message => isJsonObject(message) && message.role === 'user')
  let system = -1
  let history = -1
  messages.forEach((message, index) => {
    if (index === lastUser) history = reader.last
    if (!isJsonObject(message)) return
    if (message.role !== 'system' && message.role !== 'developer' && system === -1) system = reader.last
    reader.message(message)
  })
  const marked = reader.lastMark >= 0
  return {
    boundaries: reader.boundaries,
    characters: reader.characters,
    system: marked ? Math.min(system, reader.lastMark) : system,
    history,
    end: marked ? reader.lastMark : reader.last,
    marked,
  }
}

/** Hashes a prompt part by part. Marks are not hashed: they move on as a conversation grows. */
class PromptReader {
  readonly boundaries: Boundary[] = []
  characters = 0
  lastMark = -1
  private readonly hash: PrefixHash

  constructor(group: string) {
    this.hash = new PrefixHash(group)
  }

  get last(): number {
    return this.boundaries.length - 1
  }

  /** By name, description and the names of its parameters: writing all of it as JSON would cost more than it tells. */
  tool(tool: unknown): void {
    if (!isJsonObject(tool)) return
    const { name, description, parameters } = isJsonObject(tool.function) ? tool.function : tool
    this.glance(name)
    this.glance(description)
    if (isJsonObject(parameters) && isJsonObject(parameters.properties))
      for (const property in parameters.properties) this.glance(property)
    this.close(tool)
  }

  message(message: JsonObject): void {
    const { role, content } = message
    this.glance(role)
    if (Array.isArray(content)) for (const part of content) this.part(part)
    else this.text(content)
    if (Array.isArray(message.tool_calls)) for (const call of message.tool_calls) this.call(call)
    this.close(message)
  }

  private part(part: unknown): void {
    if (!isJsonObject(part)) return this.text(part)
    if (typeof part.text === 'string') this.text(part.text)
    else this.media(part)
    if (part.cache_control) this.close(part)
  }

  /** A picture by its address or its data: what is long in it is one text. */
  private media(part: JsonObject): void {
    this.characters += MEDIA_CHARACTERS
    for (const key in part) {
      const value = part[key]
      if (typeof value === 'string') this.hash.add(value)
      else if (isJsonObject(value))
        for (const inner in value) if (typeof value[inner] === 'string') this.hash.add(value[inner])
    }
  }

  private call(call: unknown): void {
    if (!isJsonObject(call) || !isJsonObject(call.function)) return
    this.glance(call.function.name)
    this.text(call.function.arguments)
  }

  private text(text: unknown): void {
    if (typeof text !== 'string') return
    this.hash.add(text)
    this.characters += text.length
  }

  /** For what is long in sum, and the same in most conversations. */
  private glance(text: unknown): void {
    if (typeof text !== 'string') return
    this.hash.glance(text)
    this.characters += text.length
  }

  private close(part: JsonObject): void {
    this.boundaries.push({ hash: this.hash.value, characters: this.characters })
    if (part.cache_control) this.lastMark = this.last
  }
}
