import type { ThinkingBlock } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'

/** Before a signature of ours: the id of the reasoning item, then its encrypted content. */
const MARK = 'openai-responses'

/** A reasoning item as the hub's thinking: its summary to read, its encrypted content to send back. */
export function decodeReasoning(item: JsonObject): { text: string; blocks: ThinkingBlock[] } {
  const text = [...textsOf(item.summary), ...textsOf(item.content)].join('\n\n')
  const sealed = textOf(item.encrypted_content)
  const signature = sealed ? `${MARK}:${textOf(item.id)}:${sealed}` : undefined
  if (signature === undefined) return { text, blocks: [] }
  return { text, blocks: [{ type: 'thinking', thinking: text, signature }] }
}

function textsOf(parts: unknown): string[] {
  return isJsonArray(parts) ? parts.flatMap(part => (isJsonObject(part) ? [textOf(part.text)] : [])) : []
}

/** Thinking that this format once gave, as its item again; `undefined` for what another vendor signed. */
export function encodeReasoning(block: ThinkingBlock): JsonObject | undefined {
  if (block.type !== 'thinking' || typeof block.signature !== 'string') return undefined
  const [mark, id, ...sealed] = block.signature.split(':')
  if (mark !== MARK || sealed.length === 0) return undefined
  return {
    type: 'reasoning',
    ...(id && { id }),
    summary: block.thinking ? [{ type: 'summary_text', text: block.thinking }] : [],
    encrypted_content: sealed.join(':'),
  }
}
