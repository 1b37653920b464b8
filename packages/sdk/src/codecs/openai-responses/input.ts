import type {
  AssistantMessage,
  ChatMessage,
  ContentPart,
  ThinkingBlock,
  ToolMessage,
} from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { encodeContent } from './content.ts'
import type { OpenaiResponsesOptions } from './options.ts'
import { encodeReasoning } from './reasoning.ts'

/** The conversation as items; the system's words as `instructions` where the provider wants them there. */
export function encodeInput(
  messages: readonly ChatMessage[],
  info: CallInfo,
  { instructions }: OpenaiResponsesOptions,
): JsonObject {
  const isApart = ({ role }: ChatMessage) =>
    instructions === true && (role === 'system' || role === 'developer')
  const input = messages.flatMap((message, index) =>
    isApart(message) ? [] : encodeMessage(message, `messages[${index}]`, info),
  )
  if (!instructions) return { input }
  return { instructions: messages.filter(isApart).map(wordsOf).join('\n\n'), input }
}

function wordsOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content
  return (content ?? []).map(part => (part.type === 'text' ? String(part.text) : '')).join('\n')
}

function encodeMessage(message: ChatMessage, at: string, info: CallInfo): JsonObject[] {
  noteLosses(message, at, info)
  switch (message.role) {
    case 'assistant':
      return encodeAnswer(message, at, info)
    case 'tool':
      return [encodeResult(message, at, info)]
    default:
      return [
        {
          type: 'message',
          role: message.role,
          content: encodeContent(message.content, `${at}.content`, info),
        },
      ]
  }
}

function noteLosses({ name, cache_control: mark }: ChatMessage, at: string, info: CallInfo): void {
  if (name !== undefined)
    info.warn({ action: 'dropped', param: `${at}.name`, reason: 'messages have no names at this provider' })
  if (mark !== undefined)
    info.warn({ action: 'dropped', param: `${at}.cache_control`, reason: 'this provider caches by itself' })
}

/** What the model thought, said and called, in this order. */
function encodeAnswer(message: AssistantMessage, at: string, info: CallInfo): JsonObject[] {
  const said = answerParts(message)
  return [
    ...encodeThoughts(message.thinking_blocks ?? [], at, info),
    ...(said.length > 0 ? [{ type: 'message', role: 'assistant', content: said }] : []),
    ...(message.tool_calls ?? []).map(call => ({
      type: 'function_call',
      call_id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    })),
  ]
}

function encodeThoughts(blocks: readonly ThinkingBlock[], at: string, info: CallInfo): JsonObject[] {
  return blocks.flatMap((block, index) => {
    const item = encodeReasoning(block, info.deployment)
    if (typeof item !== 'string') return [item]
    info.warn({ action: 'dropped', param: `${at}.thinking_blocks[${index}]`, reason: item })
    return []
  })
}

function answerParts({ content, refusal }: AssistantMessage): JsonObject[] {
  const parts: readonly ContentPart[] =
    typeof content === 'string' ? (content === '' ? [] : [{ type: 'text', text: content }]) : (content ?? [])
  const said = parts.flatMap((part): JsonObject[] => {
    if (part.type === 'text') return [{ type: 'output_text', text: part.text, annotations: [] }]
    return part.type === 'refusal' ? [{ type: 'refusal', refusal: part.refusal }] : []
  })
  return refusal ? [...said, { type: 'refusal', refusal }] : said
}

function encodeResult({ content, tool_call_id: id }: ToolMessage, at: string, info: CallInfo): JsonObject {
  const output = typeof content === 'string' ? content : encodeContent(content, `${at}.content`, info)
  return { type: 'function_call_output', call_id: id, output }
}
