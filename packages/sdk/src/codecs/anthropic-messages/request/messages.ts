import { badRequest } from '../../../errors.ts'
import type {
  AssistantMessage,
  ChatMessage,
  ChatRequest,
  ContentPart,
  SystemMessage,
  ThinkingBlock,
  ToolCall,
  ToolMessage,
  UserMessage,
} from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'
import { firstWords, notEmpty } from '../../receipts/repairs.ts'
import { encodeContent, joinedText } from '../reply/content.ts'
import { type Block, type EncodeContext, extrasOf, pick } from './context.ts'
import { decodePart, encodePart, textBlock } from './media.ts'
import { decodeSystem, encodeSystem, encodeSystemBlocks, staysBetweenTurns } from './system.ts'
import { encodeHistoryThinking, isThinkingBlock, thinkingText } from './thinking.ts'
import { decodeToolCall, toolId } from './tools.ts'

export interface Turn {
  role: 'user' | 'assistant' | 'system'
  content: string | Block[]
}

/** Fields of a `tool_result` block the hub has no word for; they sit on the tool message. */
const RESULT_EXTRAS = ['is_error', 'toolset_name', 'cache_control']

/**
 * The hub's messages → `system` and alternating turns: neighbours of one role are merged, tool messages become
 * `tool_result` blocks at the head of a user turn.
 */
export function encodeMessages(
  request: ChatRequest,
  context: EncodeContext,
  instruction?: string,
): { system?: string | Block[]; messages: Turn[] } {
  const { messages } = request
  const system: Block[] = []
  const turns: Turn[] = []
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`
    if (message.role !== 'system' && message.role !== 'developer') {
      addTurn(
        turns,
        message.role === 'assistant' ? 'assistant' : 'user',
        encodeMessage(notEmpty(message, at, context.info), at, context),
      )
      continue
    }
    const blocks = encodeSystemBlocks(message as SystemMessage, at, context)
    if (staysBetweenTurns(messages, index, turns.at(-1)?.role, context)) addTurn(turns, 'system', blocks)
    else {
      system.push(...blocks)
      if (turns.length > 0 && blocks.length > 0)
        context.info.warn({
          action: 'approximated',
          param: at,
          reason: 'a system message cannot stand here on this model; moved to the system prompt',
        })
    }
  }
  if (instruction !== undefined) system.push({ type: 'text', text: instruction })
  if (turns.length === 0)
    throw badRequest(
      'messages: Anthropic needs at least one user message with content besides system messages.',
      'messages',
    )
  const text = turns[0]?.role === 'assistant' ? firstWords(request, context.info) : undefined
  if (text !== undefined) turns.unshift({ role: 'user', content: [{ type: 'text', text }] })
  trimPrefill(turns, messages.length - 1, context)
  const encoded = encodeSystem(system)
  return { ...(encoded !== undefined && { system: encoded }), messages: turns.map(compact) }
}

function encodeMessage(message: ChatMessage, at: string, context: EncodeContext): Block[] {
  if (typeof message.name === 'string')
    context.info.warn({ action: 'dropped', param: `${at}.name`, reason: 'Anthropic messages have no names' })
  if (message.role === 'tool') return [encodeToolResult(message as ToolMessage, at, context)]
  const blocks =
    message.role === 'assistant'
      ? encodeAssistant(message as AssistantMessage, at, context)
      : encodeParts((message as UserMessage).content, at, context)
  if (blocks.length === 0 && message.role === 'assistant')
    context.info.warn({ action: 'dropped', param: at, reason: 'Anthropic refuses messages without content' })
  const last = blocks.at(-1)
  if (last && message.cache_control && !isThinkingBlock(last))
    blocks[blocks.length - 1] = { ...last, cache_control: message.cache_control }
  return blocks
}

function encodeParts(content: string | ContentPart[], at: string, context: EncodeContext): Block[] {
  if (content != null && typeof content !== 'string' && !Array.isArray(content))
    throw badRequest(`${at}.content: must be a string or an array of content parts.`, `${at}.content`)
  const blocks =
    typeof content === 'string'
      ? [textBlock(content, `${at}.content`, context)]
      : (content ?? []).map((part, index) => encodePart(part, `${at}.content[${index}]`, context))
  return blocks.filter(block => block !== undefined)
}

function encodeAssistant(message: AssistantMessage, at: string, context: EncodeContext): Block[] {
  const { content } = message
  const warn = (warning: Warning) => context.info.warn(warning)
  const thinking = encodeHistoryThinking(message.thinking_blocks ?? [], at, context)
  if (message.reasoning_content && !message.thinking_blocks?.length)
    warn({
      action: 'dropped',
      param: `${at}.reasoning_content`,
      reason: 'Anthropic takes thinking back only as signed thinking_blocks',
    })
  const calls = (message.tool_calls ?? []).map(call => respelled(call, context))
  const parts = { thinking, calls, fields: message.provider_specific_fields }
  if (Array.isArray(content)) {
    const blocks = encodeContent({ ...parts, text: '', fields: undefined }, at, warn)
    // Between the thinking that came first and the calls that came last.
    return blocks.toSpliced(thinking.length, 0, ...encodeParts(content, at, context))
  }
  const text = content || message.refusal || ''
  if (text !== '' && text.trim() === '')
    return encodeContent({ ...parts, text: '', fields: undefined }, at, warn)
  return encodeContent({ ...parts, text }, at, warn)
}

function respelled(call: ToolCall, { names }: EncodeContext): ToolCall {
  const name = names.theirs(call.function.name)
  return name === call.function.name ? call : { ...call, function: { ...call.function, name } }
}

function encodeToolResult(message: ToolMessage, at: string, context: EncodeContext): Block {
  if (typeof message.tool_call_id !== 'string' || message.tool_call_id === '')
    throw badRequest(
      `${at}.tool_call_id: must name the tool call this message answers.`,
      `${at}.tool_call_id`,
    )
  const { content } = message
  const encoded = typeof content === 'string' ? content : encodeParts(content, at, context)
  return {
    type: 'tool_result',
    tool_use_id: toolId(message.tool_call_id),
    ...(encoded.length > 0 && { content: encoded }),
    ...pick(message, RESULT_EXTRAS),
  }
}

function addTurn(turns: Turn[], role: Turn['role'], blocks: Block[]): void {
  if (blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.role !== role || typeof last.content === 'string') {
    turns.push({ role, content: [...blocks] })
    return
  }
  // Anthropic wants results before anything else a user's turn says.
  const firstOther = last.content.findIndex(block => block.type !== 'tool_result')
  if (blocks[0]?.type === 'tool_result' && firstOther >= 0) last.content.splice(firstOther, 0, ...blocks)
  else last.content.push(...blocks)
}

/** Anthropic refuses a prefill that ends in white space. */
function trimPrefill(turns: readonly Turn[], index: number, { info }: EncodeContext): void {
  const last = turns.at(-1)
  if (last?.role !== 'assistant' || typeof last.content === 'string') return
  const block = last.content.at(-1)
  if (block?.type !== 'text' || typeof block.text !== 'string') return
  const trimmed = block.text.trimEnd()
  if (trimmed === block.text) return
  block.text = trimmed
  info.warn({
    action: 'approximated',
    param: `messages[${index}].content`,
    reason: 'Anthropic refuses white space at the end of a prefilled answer; trimmed',
  })
}

/** A turn of one bare text is written as a string. */
function compact(turn: Turn): Turn {
  const only = turn.content.length === 1 ? turn.content[0] : undefined
  if (typeof only !== 'object' || only.type !== 'text' || Object.keys(only).length !== 2) return turn
  return { role: turn.role, content: String(only.text) }
}

/** Anthropic's `system` and turns (already checked) → the hub's messages. */
export function decodeMessages(
  system: string | readonly JsonObject[] | undefined,
  turns: readonly Turn[],
): ChatMessage[] {
  const messages: ChatMessage[] = system && system.length > 0 ? [decodeSystem(system)] : []
  for (const turn of turns) {
    if (turn.role === 'system') messages.push(decodeSystem(turn.content))
    else if (turn.role === 'assistant') messages.push(decodeAssistant(turn.content))
    else messages.push(...decodeUser(turn.content))
  }
  return messages
}

/** Tool results answer first, each as a message of its own; the rest of the turn follows. */
function decodeUser(content: string | readonly Block[]): ChatMessage[] {
  if (typeof content === 'string') return [{ role: 'user', content }]
  const results = content.filter(block => block.type === 'tool_result').map(decodeToolResult)
  const parts = content.filter(block => block.type !== 'tool_result').map(decodePart)
  if (parts.length === 0) return results
  return [...results, { role: 'user', content: joinedText(parts) ?? parts }]
}

const RESULT_KEYS = new Set(['type', 'tool_use_id', 'content'])

function decodeToolResult(block: Block): ToolMessage {
  const parts = Array.isArray(block.content)
    ? block.content.filter(isJsonObject).map(inner => decodePart(inner as Block))
    : undefined
  return {
    ...extrasOf(block, RESULT_KEYS),
    role: 'tool',
    tool_call_id: String(block.tool_use_id),
    content: parts ? (joinedText(parts) ?? parts) : typeof block.content === 'string' ? block.content : '',
  }
}

function decodeAssistant(content: string | readonly Block[]): AssistantMessage {
  if (typeof content === 'string') return { role: 'assistant', content }
  const thinking: ThinkingBlock[] = []
  const parts: ContentPart[] = []
  const calls: ToolCall[] = []
  for (const block of content) {
    // Only leading thinking has a field of its own; later thinking keeps its place among the parts.
    if (isThinkingBlock(block) && parts.length === 0 && calls.length === 0)
      thinking.push(block as ThinkingBlock)
    else if (block.type === 'tool_use') calls.push(decodeToolCall(block))
    else parts.push(decodePart(block))
  }
  const reasoning = thinkingText(thinking)
  return {
    role: 'assistant',
    content: parts.length === 0 ? null : (joinedText(parts) ?? parts),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thinking.length > 0 && { thinking_blocks: thinking }),
  }
}
