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
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import { thinkingText } from '../../anthropic-messages/request/thinking.ts'
import { CONTINUE, firstWords, notEmpty } from '../../receipts/repairs.ts'
import { encodeCachePoint } from './cache-point.ts'
import { decodeParts, encodePart, joinedText, textBlock } from './content.ts'
import type { Block, EncodeContext } from './context.ts'
import { decodeThinkingBlock, encodeHistory } from './thinking.ts'
import { decodeToolCall, encodeToolCall, toolId } from './tools.ts'

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: Block[]
}

/**
 * The hub's messages → `system` and alternating turns: neighbours of one role are merged, tool messages become
 * `toolResult` blocks of a user's turn.
 */
export function encodeMessages(
  request: ChatRequest,
  context: EncodeContext,
  instruction: string | undefined,
): { system: Block[]; messages: Turn[] } {
  const { messages } = request
  const system: Block[] = []
  const turns: Turn[] = []
  const guardedFrom = context.guardsLast ? lastUserRun(messages) : messages.length
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`
    if (message.role === 'system' || message.role === 'developer') {
      const blocks = encodeParts((message as SystemMessage).content, message, at, context)
      system.push(...blocks)
      if (turns.length > 0 && blocks.length > 0)
        context.info.warn({
          action: 'approximated',
          param: at,
          reason: 'a system message cannot stand between turns; moved to the system prompt',
        })
      continue
    }
    const blocks = encodeMessage(notEmpty(message, at, context.info), at, context)
    const guarded = index >= guardedFrom ? blocks.map(guard) : blocks
    addTurn(turns, message.role === 'assistant' ? 'assistant' : 'user', guarded)
  }
  if (instruction !== undefined) system.push({ text: instruction })
  beginWithUser(turns, request, context)
  for (const turn of turns) accompanyDocuments(turn, context)
  return { system, messages: turns }
}

/** Where the run of user messages at the end begins. */
function lastUserRun(messages: readonly ChatMessage[]): number {
  let from = messages.length
  while (from > 0 && messages[from - 1]?.role === 'user') from--
  return from
}

function guard(block: Block): Block {
  return typeof block.text === 'string' ? { guardContent: { text: { text: block.text } } } : block
}

function beginWithUser(turns: Turn[], request: ChatRequest, { info }: EncodeContext): void {
  if (turns[0]?.role === 'user') return
  const text = firstWords(request, info)
  if (text === undefined)
    throw badRequest(
      'messages: for this provider a conversation must start with a user message that has content. Put one first, ' +
        'set user_continue_message, or set modify_params: true to have one put first.',
      'messages',
    )
  turns.unshift({ role: 'user', content: [{ text }] })
}

/** A document must have a text beside it. */
function accompanyDocuments({ role, content }: Turn, { info }: EncodeContext): void {
  const lonely = role === 'user' && content.some(({ document }) => document !== undefined)
  if (!info.modifyParams || !lonely || content.some(({ text }) => text !== undefined)) return
  content.push({ text: CONTINUE })
  info.warn({
    action: 'approximated',
    param: 'messages',
    reason: `a document needs a text beside it; ${JSON.stringify(CONTINUE)} was added`,
  })
}

function encodeMessage(message: ChatMessage, at: string, context: EncodeContext): Block[] {
  if (typeof message.name === 'string')
    context.info.warn({ action: 'dropped', param: `${at}.name`, reason: 'messages have no names here' })
  if (message.role === 'tool') return encodeToolResult(message as ToolMessage, at, context)
  if (message.role === 'assistant') return encodeAssistant(message as AssistantMessage, at, context)
  return encodeParts((message as UserMessage).content, message, at, context)
}

/** Text or parts, and the message's own cache mark after the last. */
function encodeParts(
  content: string | ContentPart[] | null | undefined,
  { cache_control }: Pick<ChatMessage, 'cache_control'>,
  at: string,
  context: EncodeContext,
): Block[] {
  if (content != null && typeof content !== 'string' && !Array.isArray(content))
    throw badRequest(`${at}.content: must be a string or an array of content parts.`, `${at}.content`)
  const blocks =
    typeof content === 'string'
      ? textBlock(content, `${at}.content`, context)
      : (content ?? []).flatMap((part, index) => encodePart(part, `${at}.content[${index}]`, context))
  return blocks.length === 0 ? blocks : [...blocks, ...encodeCachePoint(cache_control, 'prompt', at, context)]
}

function encodeAssistant(message: AssistantMessage, at: string, context: EncodeContext): Block[] {
  const { content, thinking_blocks: thinking, tool_calls: calls } = message
  if (message.reasoning_content && !thinking?.length)
    context.info.warn({
      action: 'dropped',
      param: `${at}.reasoning_content`,
      reason: 'thinking is taken back only as thinking_blocks',
    })
  const said = content == null || content.length === 0 ? message.refusal || [] : content
  const blocks = [
    ...encodeHistory(thinking ?? [], at, context),
    ...encodeParts(said, {}, at, context),
    ...(calls ?? []).map((call, index) =>
      encodeToolCall(
        call,
        `${at}.tool_calls[${index}]`,
        name => context.names.theirs(name),
        warning => context.info.warn(warning),
      ),
    ),
  ]
  if (blocks.length > 0) return [...blocks, ...encodeCachePoint(message.cache_control, 'prompt', at, context)]
  context.info.warn({
    action: 'dropped',
    param: at,
    reason: 'this provider refuses messages without content',
  })
  return []
}

function encodeToolResult(message: ToolMessage, at: string, context: EncodeContext): Block[] {
  const { tool_call_id: id, content } = message
  if (typeof id !== 'string' || id === '')
    throw badRequest(
      `${at}.tool_call_id: must name the tool call this message answers.`,
      `${at}.tool_call_id`,
    )
  const encoded = typeof content === 'string' ? [{ text: content }] : encodeParts(content, {}, at, context)
  return [
    {
      toolResult: {
        toolUseId: toolId(id),
        // Cache points stand between blocks of a message, not inside a result.
        content: encoded.filter(({ cachePoint }) => cachePoint === undefined),
        ...(message.is_error === true && { status: 'error' }),
      },
    },
    ...encodeCachePoint(message.cache_control, 'prompt', at, context),
  ]
}

function addTurn(turns: Turn[], role: Turn['role'], blocks: Block[]): void {
  if (blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.role !== role) {
    turns.push({ role, content: [...blocks] })
    return
  }
  // Claude wants results before anything else a user's turn says.
  const firstOther = last.content.findIndex(
    block => block.toolResult === undefined && block.cachePoint === undefined,
  )
  if (blocks[0]?.toolResult !== undefined && firstOther >= 0) last.content.splice(firstOther, 0, ...blocks)
  else last.content.push(...blocks)
}

/** A client's `system` and turns → the hub's messages. Throws `BadRequestError` for blocks of no known kind. */
export function decodeMessages(system: unknown, turns: unknown): ChatMessage[] {
  const messages: ChatMessage[] = []
  if (system != null) {
    const parts = decodeParts(blocksOf(system, 'system'), 'system')
    if (parts.length > 0) messages.push({ role: 'system', content: joinedText(parts) ?? parts })
  }
  if (!isJsonArray(turns) || turns.length === 0)
    throw badRequest('messages: must be a non-empty array of messages.', 'messages')
  for (const [index, turn] of turns.entries()) {
    const at = `messages[${index}]`
    if (!isJsonObject(turn)) throw badRequest(`${at}: must be an object with role and content.`, at)
    const blocks = blocksOf(turn.content, `${at}.content`)
    if (turn.role === 'assistant') messages.push(decodeAssistant(blocks, `${at}.content`))
    else if (turn.role === 'user') messages.push(...decodeUser(blocks, `${at}.content`))
    else throw badRequest(`${at}.role: must be "user" or "assistant".`, `${at}.role`)
  }
  return messages
}

function blocksOf(given: unknown, at: string): Block[] {
  if (!isJsonArray(given) || !given.every(isJsonObject))
    throw badRequest(`${at}: must be an array of content blocks, for example [{"text":"…"}].`, at)
  return given
}

/** Tool results answer first, each as a message of its own; the rest of the turn follows. */
function decodeUser(blocks: readonly Block[], at: string): ChatMessage[] {
  const results = blocks.filter(block => isJsonObject(block.toolResult))
  const rest = blocks.filter(block => !isJsonObject(block.toolResult))
  const messages: ChatMessage[] = results.map((block, index) =>
    decodeToolResult(block.toolResult as JsonObject, `${at}[${index}]`),
  )
  const parts = decodeParts(rest, at)
  if (parts.length > 0 || messages.length === 0)
    messages.push({ role: 'user', content: joinedText(parts) ?? parts })
  return messages
}

function decodeToolResult(result: JsonObject, at: string): ToolMessage {
  if (typeof result.toolUseId !== 'string')
    throw badRequest(`${at}.toolResult.toolUseId: must name the toolUse block this answers.`, at)
  const parts = decodeParts(blocksOf(result.content ?? [], `${at}.toolResult.content`), at)
  return {
    role: 'tool',
    tool_call_id: result.toolUseId,
    content: joinedText(parts) ?? (parts.length === 0 ? '' : parts),
    ...(result.status === 'error' && { is_error: true }),
  }
}

function decodeAssistant(blocks: readonly Block[], at: string): AssistantMessage {
  const thinking: ThinkingBlock[] = []
  const calls: ToolCall[] = []
  const others: Block[] = []
  for (const block of blocks) {
    const thought = isJsonObject(block.reasoningContent)
      ? decodeThinkingBlock(block.reasoningContent)
      : undefined
    if (thought) thinking.push(thought)
    else if (isJsonObject(block.toolUse)) calls.push(decodeToolCall(block.toolUse, name => name))
    else others.push(block)
  }
  const parts = decodeParts(others, at)
  const reasoning = thinkingText(thinking)
  return {
    role: 'assistant',
    content: parts.length === 0 ? null : (joinedText(parts) ?? parts),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thinking.length > 0 && { thinking_blocks: thinking }),
  }
}
