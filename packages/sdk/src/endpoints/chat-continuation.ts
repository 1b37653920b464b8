import type { ChatChunk, ChatDelta, ChatRequest } from '../types/chat.ts'
import { isJsonArray, isJsonObject } from '../types/json.ts'
import type { Continuation, Joint } from './continuation.ts'

/** A request rather than a prefilled answer, which newer models refuse. */
const GO_ON =
  'Your last message was cut off on its way to me. Go on exactly where it stopped, with the very next character, ' +
  'be it a space or a line break. Repeat nothing of it, and add no remark of your own.'
/** Characters that stand for one token where nobody counted. */
const CHARACTERS_PER_TOKEN = 4

/** Chats go on as long as nothing but text was said. */
export const chatContinuation: Continuation<'chat'> = {
  mayServe({ n, response_format: format, logprobs, top_logprobs: top, modalities, audio, messages }) {
    const isText = format == null || format.type === 'text'
    const isOnlyText = modalities == null || modalities.every(kind => kind === 'text')
    // Behind an answer the caller began itself, ours would be a second one.
    const isQuestion = messages.at(-1)?.role !== 'assistant'
    return (n ?? 1) === 1 && isText && !logprobs && top == null && isOnlyText && audio == null && isQuestion
  },
  textOf: chunk => chunk.choices[0]?.delta.content ?? '',
  isPlain: ({ choices }) => choices.every(isPlainPiece),
  rest(request, text) {
    // White space alone is no message, and nothing is lost by asking anew.
    if (text.trim() === '') return request
    const said = { role: 'assistant' as const, content: text }
    const goOn = { role: 'user' as const, content: GO_ON }
    return { ...withLess(request, text.length), messages: [...request.messages, said, goOn] }
  },
  usageOf: ({ usage }) => usage ?? undefined,
  joined,
}

function isPlainPiece({
  index,
  delta,
  finish_reason: reason,
  logprobs,
}: ChatChunk['choices'][number]): boolean {
  if (index !== 0 || reason != null || logprobs) return false
  for (const key in delta) if (key !== 'role' && key !== 'content' && holds(delta[key])) return false
  return delta.content == null || typeof delta.content === 'string'
}

function holds(value: unknown): boolean {
  if (isJsonArray(value)) return value.length > 0
  return isJsonObject(value) ? Object.keys(value).length > 0 : value != null && value !== ''
}

/** What the first deployment wrote counts. Where thinking does too, its share is not known, and the limit stays. */
function withLess(request: ChatRequest, characters: number): ChatRequest {
  if (request.thinking != null || request.reasoning_effort != null) return request
  const left = { ...request }
  for (const limit of ['max_tokens', 'max_completion_tokens'] as const)
    if (left[limit] != null)
      left[limit] = Math.max(1, left[limit] - Math.ceil(characters / CHARACTERS_PER_TOKEN))
  return left
}

function joined(chunk: ChatChunk, { first, text, usage, mark }: Joint<'chat'>): ChatChunk {
  const { id, created, model } = first
  const [choice, ...others] = chunk.choices
  const head = { ...chunk, id, created, model, ...(chunk.usage && usage && { usage }) }
  if (choice === undefined) return head
  const { role: _, ...delta }: ChatDelta = choice.delta
  if (text !== undefined && delta.content != null) delta.content = text
  if (mark) delta.provider_specific_fields = { ...delta.provider_specific_fields, sluice_continuation: mark }
  return { ...head, choices: [{ ...choice, delta }, ...others] }
}
