import type { ChatMessage, SystemMessage } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import { joinedText } from '../reply/content.ts'
import type { Block, EncodeContext } from './context.ts'
import { decodePart, encodePart, textBlock } from './media.ts'

/** One system or developer message → text blocks. */
export function encodeSystemBlocks(message: SystemMessage, at: string, context: EncodeContext): Block[] {
  const { content } = message
  const parts =
    typeof content === 'string'
      ? [textBlock(content, `${at}.content`, context)]
      : content.map((part, index) => encodePart(part, `${at}.content[${index}]`, context))
  const blocks = parts.filter(block => block !== undefined)
  const { cache_control } = message
  return cache_control
    ? blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, cache_control } : block))
    : blocks
}

/** The top-level `system` field: a string when that says it all. */
export function encodeSystem(blocks: readonly Block[]): string | Block[] | undefined {
  const only = blocks.length === 1 ? blocks[0] : undefined
  if (blocks.length === 0) return undefined
  return only && Object.keys(only).length === 2 ? String(only.text) : [...blocks]
}

/**
 * True when a system message at `index` may stay between the turns: the model knows such messages, it follows a user's
 * turn and an assistant's turn, or nothing, comes next.
 * Source: https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages
 */
export function staysBetweenTurns(
  messages: readonly ChatMessage[],
  index: number,
  previousRole: string | undefined,
  { traits }: EncodeContext,
): boolean {
  if (!traits.midSystem || (previousRole !== 'user' && previousRole !== 'system')) return false
  const next = messages.slice(index + 1).find(({ role }) => role !== 'system' && role !== 'developer')
  return next === undefined || next.role === 'assistant'
}

/** Anthropic's `system` (string or text blocks) → a system message. */
export function decodeSystem(system: string | readonly JsonObject[]): SystemMessage {
  if (typeof system === 'string') return { role: 'system', content: system }
  const parts = system.filter(isJsonObject).map(block => decodePart(block as Block))
  return { role: 'system', content: joinedText(parts) ?? parts }
}
