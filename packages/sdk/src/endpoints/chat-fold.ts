import type {
  ChatChoice,
  ChatChunk,
  ChatDelta,
  ChatResponse,
  ChatResponseMessage,
  ThinkingBlock,
  ToolCall,
} from '../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../types/json.ts'

/** Told by the first chunk, or not to be told again. */
const HEAD = new Set(['id', 'object', 'created', 'model', 'choices', 'obfuscation', '__proto__'])
const CHOICE = new Set([
  ...['index', 'delta', 'finish_reason', 'logprobs', 'content_filter_results', 'provider_specific_fields'],
  '__proto__',
])
const DELTA = new Set([
  ...['annotations', 'audio', 'content', 'images', 'provider_specific_fields', 'reasoning_content'],
  ...['reasoning_details', 'refusal', 'role', 'thinking_blocks', 'tool_calls'],
  // Another name of `reasoning_content`.
  'reasoning',
  '__proto__',
])

/** Puts what a vendor adds where it was; what is said again replaces what was said before. */
function addOthers(to: JsonObject, from: JsonObject, known: ReadonlySet<string>): void {
  for (const key in from) if (!known.has(key) && from[key] != null) to[key] = from[key]
}

/** Chunks → the whole reply they add up to, as far as they go. */
export function foldChunks(chunks: readonly ChatChunk[]): ChatResponse {
  // Azure begins with a chunk of empty fields.
  const first = chunks.find(chunk => chunk.id) ?? chunks[0]
  const choices = new Map<number, ChoiceFold>()
  const response: ChatResponse = {
    id: first?.id ?? '',
    object: 'chat.completion',
    created: first?.created ?? 0,
    model: first?.model ?? '',
    choices: [],
  }
  for (const chunk of chunks) {
    addOthers(response, chunk, HEAD)
    for (const piece of chunk.choices) {
      let fold = choices.get(piece.index)
      if (fold === undefined) choices.set(piece.index, (fold = new ChoiceFold(piece.index)))
      fold.add(piece.delta)
      addOthers(fold.choice, piece, CHOICE)
      if (piece.finish_reason != null) fold.choice.finish_reason = piece.finish_reason
      if (piece.logprobs) fold.addLogprobs(piece.logprobs)
      if (isJsonObject(piece.content_filter_results))
        fold.choice.content_filter_results = Object.assign(
          {},
          fold.choice.content_filter_results,
          piece.content_filter_results,
        )
      if (piece.provider_specific_fields)
        fold.choice.provider_specific_fields = {
          ...fold.choice.provider_specific_fields,
          ...piece.provider_specific_fields,
        }
    }
  }
  response.choices = [...choices.values()]
    .sort((a, b) => a.choice.index - b.choice.index)
    .map(fold => fold.close())
  return response
}

const GROWING = new Set(['text', 'summary', 'data'])

class ChoiceFold {
  readonly choice: ChatChoice
  private readonly message: ChatResponseMessage = { role: 'assistant', content: null }
  private readonly calls = new Map<number, ToolCall>()

  constructor(index: number) {
    this.choice = { index, message: this.message, finish_reason: null }
  }

  add(delta: ChatDelta): void {
    const { message } = this
    addOthers(message, delta, DELTA)
    if (delta.content) message.content = (message.content ?? '') + delta.content
    if (delta.refusal) message.refusal = (message.refusal ?? '') + delta.refusal
    if (delta.reasoning_content)
      message.reasoning_content = (message.reasoning_content ?? '') + delta.reasoning_content
    if (delta.thinking_blocks) for (const block of delta.thinking_blocks) this.addThinking(block)
    if (delta.images) message.images = [...(message.images ?? []), ...delta.images]
    if (delta.annotations)
      message.annotations = [...(message.annotations ?? []), ...(delta.annotations as JsonObject[])]
    if (isJsonArray(delta.reasoning_details))
      for (const piece of delta.reasoning_details) if (isJsonObject(piece)) this.addDetail(piece)
    if (delta.audio) message.audio = addAudio(message.audio, delta.audio)
    if (delta.provider_specific_fields)
      message.provider_specific_fields = {
        ...message.provider_specific_fields,
        ...delta.provider_specific_fields,
      }
    for (const piece of delta.tool_calls ?? []) {
      let call = this.calls.get(piece.index)
      if (call === undefined) {
        call = { id: '', type: 'function', function: { name: '', arguments: '' } }
        this.calls.set(piece.index, call)
      }
      if (piece.id) call.id = piece.id
      if (piece.function?.name) call.function.name += piece.function.name
      if (piece.function?.arguments) call.function.arguments += piece.function.arguments
      if (piece.provider_specific_fields)
        call.provider_specific_fields = {
          ...call.provider_specific_fields,
          ...piece.provider_specific_fields,
        }
    }
  }

  addLogprobs(logprobs: JsonObject): void {
    const before = (this.choice.logprobs ?? {}) as JsonObject
    const joined: JsonObject = { ...before, ...logprobs }
    for (const key of ['content', 'refusal'])
      if (isJsonArray(before[key]) && isJsonArray(logprobs[key]))
        joined[key] = [...before[key], ...logprobs[key]]
    this.choice.logprobs = joined
  }

  close(): ChatChoice {
    if (this.calls.size > 0)
      this.message.tool_calls = [...this.calls].sort(([a], [b]) => a - b).map(([, call]) => call)
    return this.choice
  }

  /** Reasoning in OpenRouter's words: pieces of one `index` are one detail, and must go back whole. */
  private addDetail(piece: JsonObject): void {
    const details = (this.message.reasoning_details ??= []) as JsonObject[]
    const last = details.at(-1)
    if (last === undefined || last.type !== piece.type || last.index !== piece.index) {
      details.push({ ...piece })
      return
    }
    for (const [key, value] of Object.entries(piece)) {
      const grows = GROWING.has(key) && typeof last[key] === 'string' && typeof value === 'string'
      if (value != null) last[key] = grows ? `${last[key] as string}${value}` : value
    }
  }

  /** Thinking text comes in pieces, its signature last; a signature closes the block. */
  private addThinking(piece: ThinkingBlock): void {
    const blocks = (this.message.thinking_blocks ??= [])
    const last = blocks.at(-1)
    if (piece.type === 'thinking' && last?.type === 'thinking' && !last.signature) {
      last.thinking += piece.thinking
      if (piece.signature) last.signature = piece.signature
    } else blocks.push({ ...piece })
  }
}

function addAudio(before: JsonObject | null | undefined, piece: JsonObject): JsonObject {
  const joined: JsonObject = { ...before, ...piece }
  for (const key of ['data', 'transcript'])
    if (typeof before?.[key] === 'string' && typeof piece[key] === 'string')
      joined[key] = before[key] + piece[key]
  return joined
}

/** A whole reply → the chunks a stream of it would have: role, content, finish, usage. */
export function unfoldResponse(response: ChatResponse): ChatChunk[] {
  const { choices, usage, ...head } = response
  const base = { ...head, object: 'chat.completion.chunk' as const }
  const chunks: ChatChunk[] = []
  for (const choice of choices) {
    const { message: said, index, finish_reason, logprobs, ...others } = choice
    const { tool_calls, ...message } = said
    const delta: ChatDelta = {
      ...message,
      ...(tool_calls && { tool_calls: tool_calls.map((call, index) => ({ ...call, index })) }),
    }
    chunks.push({
      ...base,
      choices: [
        {
          index,
          delta,
          finish_reason: null,
          ...(logprobs && { logprobs }),
        },
      ],
    })
    chunks.push({
      ...base,
      choices: [{ ...others, index, delta: {}, finish_reason }],
    })
  }
  if (usage) chunks.push({ ...base, choices: [], usage })
  return chunks
}
