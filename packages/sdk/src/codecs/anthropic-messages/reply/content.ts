import type { ChatResponseMessage, ContentPart, ThinkingBlock, ToolCall } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'
import { type Block, extrasOf } from '../request/context.ts'
import { JSON_TOOL } from '../request/response-format.ts'
import { isThinkingBlock, thinkingText } from '../request/thinking.ts'
import { decodeToolCall, encodeToolCall } from '../request/tools.ts'

/**
 * Where a reply's blocks stood, kept in `provider_specific_fields.content_layout` when the hub's fields alone cannot
 * say it: texts are named by their length, all else by its place in the list that holds it.
 */
type LayoutEntry =
  | { kind: 'text'; length: number; citations?: unknown; fields?: JsonObject }
  | { kind: 'thinking' }
  | { kind: 'tool_use' }
  | { kind: 'block'; list: string; index: number }

/** Lists of blocks in `provider_specific_fields`: LiteLLM's names where it has one. */
export const BLOCK_LISTS = ['web_search_results', 'tool_results', 'compaction_blocks', 'server_tool_blocks']

function listOf(type: string): string {
  if (type === 'web_search_tool_result' || type === 'web_fetch_tool_result') return 'web_search_results'
  if (type.endsWith('_tool_result')) return 'tool_results'
  return type === 'compaction' ? 'compaction_blocks' : 'server_tool_blocks'
}

/** The `provider_specific_fields` that carry one block the hub has no word for. */
export function foreignFields(block: Block): JsonObject {
  return { [listOf(block.type)]: [block] }
}

/** A reply's blocks → the hub's message. */
export function decodeContent(blocks: readonly Block[]): ChatResponseMessage {
  const texts: string[] = []
  const thinking: ThinkingBlock[] = []
  const calls: ToolCall[] = []
  for (const block of blocks) {
    if (block.type === 'text') texts.push(textOf(block.text))
    else if (block.type === 'tool_use' && block.name === JSON_TOOL)
      texts.push(JSON.stringify(block.input ?? {}))
    else if (block.type === 'tool_use') calls.push(decodeToolCall(block))
    else if (isThinkingBlock(block)) thinking.push(block as ThinkingBlock)
  }
  const reasoning = thinkingText(thinking)
  const fields = contentFields(blocks)
  const annotations = annotationsOf(blocks)
  return {
    role: 'assistant',
    content: texts.join('') || null,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thinking.length > 0 && { thinking_blocks: thinking }),
    ...(annotations.length > 0 && { annotations }),
    ...(fields && { provider_specific_fields: fields }),
  }
}

/** What the hub's own fields lose of `blocks`: foreign blocks, citations, order. `undefined` when nothing. */
export function contentFields(blocks: readonly Block[]): JsonObject | undefined {
  if (isPlain(blocks)) return undefined
  const lists = new Map<string, Block[]>()
  const citations: unknown[] = []
  const layout = blocks.map((block): LayoutEntry => {
    if (block.type === 'text') {
      const cited = Array.isArray(block.citations) && block.citations.length > 0 ? block.citations : undefined
      if (cited) citations.push(cited.map((citation: unknown) => supported(citation, textOf(block.text))))
      return {
        kind: 'text',
        length: textOf(block.text).length,
        ...(cited && { citations: cited }),
        ...(hasMore(block) && { fields: extrasOf(block, TEXT_FIELDS) }),
      }
    }
    if (block.type === 'tool_use' && block.name === JSON_TOOL)
      return { kind: 'text', length: JSON.stringify(block.input ?? {}).length }
    if (block.type === 'tool_use') return { kind: 'tool_use' }
    if (isThinkingBlock(block)) return { kind: 'thinking' }
    const name = listOf(block.type)
    const list = lists.get(name) ?? []
    lists.set(name, list)
    return { kind: 'block', list: name, index: list.push(block) - 1 }
  })
  return {
    ...Object.fromEntries(lists),
    ...(citations.length > 0 && { citations }),
    content_layout: layout,
  }
}

const TEXT_FIELDS = new Set(['type', 'text', 'citations'])

function hasMore(block: Block): boolean {
  for (const key in block) if (!TEXT_FIELDS.has(key) && block[key] != null) return true
  return false
}

/** LiteLLM's clients find the cited words beside each citation. */
function supported(citation: unknown, text: string): unknown {
  return isJsonObject(citation) ? { ...citation, supported_text: text } : citation
}

/** Thinking, then at most one text without citations, then tool calls. */
function isPlain(blocks: readonly Block[]): boolean {
  let stage = 0
  for (const block of blocks) {
    const next = isThinkingBlock(block) ? 1 : block.type === 'text' ? 2 : block.type === 'tool_use' ? 3 : 0
    if (next === 0 || next < stage || (next === 2 && stage === 2)) return false
    if (block.type === 'text' && Array.isArray(block.citations) && block.citations.length > 0) return false
    if (block.type === 'text' && hasMore(block)) return false
    stage = next
  }
  return true
}

/** Web citations as OpenAI's `url_citation`, over the span of the text block they support. */
export function annotationsOf(blocks: readonly Block[]): JsonObject[] {
  const annotations: JsonObject[] = []
  let offset = 0
  for (const block of blocks) {
    if (block.type !== 'text') continue
    const end = offset + textOf(block.text).length
    for (const citation of Array.isArray(block.citations) ? block.citations : [])
      if (isJsonObject(citation) && typeof citation.url === 'string')
        annotations.push({
          type: 'url_citation',
          url_citation: {
            start_index: offset,
            end_index: end,
            url: citation.url,
            title: citation.title ?? '',
          },
        })
    offset = end
  }
  return annotations
}

export interface Parts {
  /** Thinking blocks, ready to send. */
  readonly thinking: readonly Block[]
  readonly text: string
  readonly calls: readonly ToolCall[]
  readonly fields: JsonObject | null | undefined
}

/**
 * The blocks of a message, in the order its layout tells. A layout that no longer fits (a guardrail has rewritten the
 * text) keeps its foreign blocks but not its citations.
 */
export function encodeContent(parts: Parts, at: string, warn: (warning: Warning) => void): Block[] {
  const calls = parts.calls.map((call, index) => encodeToolCall(call, `${at}.tool_calls[${index}]`, warn))
  const layout = readLayout(parts.fields)
  const fits =
    layout.reduce((sum, entry) => sum + (entry.kind === 'text' ? entry.length : 0), 0) === parts.text.length
  const thinking = [...parts.thinking]
  const blocks: Block[] = []
  let offset = 0
  for (const entry of layout) {
    if (entry.kind === 'text') {
      const end = fits ? offset + entry.length : parts.text.length
      const text = parts.text.slice(offset, end)
      offset = end
      if (text !== '')
        blocks.push({
          type: 'text',
          text,
          ...(fits && entry.citations != null && { citations: entry.citations }),
          ...(fits && isJsonObject(entry.fields) && extrasOf(entry.fields, TEXT_FIELDS)),
        })
    } else if (entry.kind === 'block') {
      const list = parts.fields?.[entry.list]
      const block: unknown = Array.isArray(list) ? list[entry.index] : undefined
      if (isJsonObject(block) && typeof block.type === 'string') blocks.push(block as Block)
    } else {
      const next = (entry.kind === 'thinking' ? thinking : calls).shift()
      if (next) blocks.push(next)
    }
  }
  const rest = parts.text.slice(offset)
  if (rest !== '') blocks.push({ type: 'text', text: rest })
  return [...thinking, ...blocks, ...calls]
}

function readLayout(fields: JsonObject | null | undefined): LayoutEntry[] {
  const layout = fields?.content_layout
  if (!Array.isArray(layout)) return []
  return layout.filter((entry): entry is LayoutEntry => {
    if (!isJsonObject(entry)) return false
    if (entry.kind === 'text') return Number.isInteger(entry.length)
    if (entry.kind === 'block')
      return BLOCK_LISTS.includes(String(entry.list)) && Number.isInteger(entry.index)
    return entry.kind === 'thinking' || entry.kind === 'tool_use'
  })
}

/** True when `parts` hold nothing but plain text, so that a string says the same. */
export function joinedText(parts: readonly ContentPart[]): string | undefined {
  const only = parts.length === 1 ? parts[0] : undefined
  return only?.type === 'text' && only.cache_control === undefined && only.citations === undefined
    ? (only.text as string)
    : undefined
}
