import type { ChatMessage, ChatTool, ContentPart } from '../types/chat.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import { estimateTokens } from './estimate.ts'
import { mediaTokens } from './media.ts'
import { PER_MESSAGE, PER_NAME, REPLY_START } from './request.ts'
import { type Counting, countingFor, tokenize } from './tokenizer.ts'

export interface CountInput {
  readonly model: string
  /** Unused for counting: a model's tokenizer goes with its name, whoever serves it. */
  readonly provider?: string | undefined
  readonly text?: string | readonly string[] | undefined
  readonly system?: string | undefined
  readonly messages?: readonly ChatMessage[] | undefined
  readonly tools?: readonly ChatTool[] | undefined
}

export interface TokenCount {
  readonly tokens: number
  /** `tokenizer` when every token was counted by the model's own; `estimate` when any of it was not. */
  readonly method: 'tokenizer' | 'estimate'
}

/**
 * Counts tokens as the model would. Exact for texts and messages of OpenAI's models; estimated for all others, and
 * for tools, images, audio and files. The first exact count loads the tokenizer.
 */
export async function countTokens(input: CountInput): Promise<TokenCount> {
  const counter = new Counter(countingFor(input.model))
  for (const text of typeof input.text === 'string' ? [input.text] : (input.text ?? []))
    await counter.text(text)
  if (input.system !== undefined) await counter.message({ role: 'system', content: input.system })
  for (const message of input.messages ?? []) await counter.message(message)
  if (input.messages !== undefined || input.system !== undefined) counter.tokens += REPLY_START
  if (input.tools?.length) await counter.tools(input.tools)
  const { tokens, exact } = counter
  return { tokens: Math.ceil(tokens), method: exact ? 'tokenizer' : 'estimate' }
}

/** OpenAI's cookbook, "How to count tokens": what frames a function, its properties and their values. */
const FUNCTION_START = 7
const PROPERTIES_START = 3
const PROPERTY = 3
const ENUM_START = -3
const ENUM_ITEM = 3
const FUNCTIONS_END = 12

class Counter {
  tokens = 0
  exact: boolean
  private readonly counting: Counting

  constructor(counting: Counting) {
    this.counting = counting
    this.exact = 'encoding' in counting
  }

  async text(text: string): Promise<void> {
    const { counting } = this
    this.tokens +=
      'encoding' in counting
        ? await tokenize(counting.encoding, text)
        : estimateTokens(text) * counting.factor
  }

  async message(message: ChatMessage): Promise<void> {
    this.tokens += PER_MESSAGE
    await this.text(message.role)
    if (message.name !== undefined) {
      this.tokens += PER_NAME
      await this.text(message.name)
    }
    if (typeof message.content === 'string') await this.text(message.content)
    else for (const part of message.content ?? []) await this.part(part)
    if ('tool_calls' in message && message.tool_calls) await this.guess(message.tool_calls)
  }

  async tools(tools: readonly ChatTool[]): Promise<void> {
    this.exact = false
    this.tokens += FUNCTIONS_END
    for (const tool of tools) {
      if (!tool.function) {
        await this.guess(tool)
        continue
      }
      this.tokens += FUNCTION_START
      await this.text(`${tool.function.name}:${withoutDot(tool.function.description)}`)
      const properties = tool.function.parameters?.properties
      if (isJsonObject(properties)) await this.properties(properties)
    }
  }

  private async properties(properties: JsonObject): Promise<void> {
    this.tokens += PROPERTIES_START
    for (const [name, schema] of Object.entries(properties)) {
      this.tokens += PROPERTY
      if (!isJsonObject(schema)) continue
      const { type, description, enum: values, ...rest } = schema
      await this.text(`${name}:${String(type)}:${withoutDot(description)}`)
      if (Array.isArray(values)) {
        this.tokens += ENUM_START
        for (const value of values) {
          this.tokens += ENUM_ITEM
          await this.text(String(value))
        }
      }
      if (Object.keys(rest).length > 0) await this.guess(rest)
    }
  }

  private async part(part: ContentPart): Promise<void> {
    if (typeof part.text === 'string') return this.text(part.text)
    const media = mediaTokens(part)
    if (media === undefined) return this.guess(part)
    this.exact = false
    this.tokens += media
  }

  /** Structures whose spelling in the prompt no vendor documents: counted as the JSON they are. */
  private async guess(value: unknown): Promise<void> {
    this.exact = false
    await this.text(JSON.stringify(value))
  }
}

function withoutDot(description: unknown): string {
  if (typeof description !== 'string') return ''
  return description.endsWith('.') ? description.slice(0, -1) : description
}
