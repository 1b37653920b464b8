import { createError } from '../../errors.ts'
import type { ChatMessage, ChatTool, ToolCall, ToolMessage } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

export interface CohereHistory {
  /** What the user says now; empty when tools answer. */
  readonly message: string
  readonly chat_history: JsonObject[]
  readonly tool_results: JsonObject[]
  readonly preamble: string
}

/** The hub's messages as Cohere's first chat API has them: the last message apart, the rest as history. */
export function historyOf(messages: readonly ChatMessage[], info: CallInfo): CohereHistory {
  const calls = new Map<string, ToolCall>()
  const preamble: string[] = []
  const history: JsonObject[] = []
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`
    if (message.name !== undefined)
      info.warn({ action: 'dropped', param: `${at}.name`, reason: 'messages have no names here' })
    for (const call of isJsonArray(message.tool_calls) ? (message.tool_calls as ToolCall[]) : [])
      calls.set(call.id, call)
    const text = textOfMessage(message, at, info)
    if (message.role === 'system' || message.role === 'developer') preamble.push(text)
    else if (message.role === 'tool') addResult(history, message as ToolMessage, text, calls)
    else if (message.role === 'user') history.push({ role: 'USER', message: text })
    else {
      const made = isJsonArray(message.tool_calls) ? (message.tool_calls as ToolCall[]) : []
      history.push({
        role: 'CHATBOT',
        message: text,
        ...(made.length > 0 && { tool_calls: made.map(call => encodeCall(call)) }),
      })
    }
  }
  const last = history.at(-1)
  const said = last?.role === 'USER' ? textOf(last.message) : ''
  const results = last?.role === 'TOOL' && isJsonArray(last.tool_results) ? last.tool_results : []
  if (said !== '' || results.length > 0) history.pop()
  return {
    message: said,
    chat_history: history,
    tool_results: results.filter(isJsonObject),
    preamble: preamble.join('\n\n'),
  }
}

function addResult(
  history: JsonObject[],
  message: ToolMessage,
  text: string,
  calls: ReadonlyMap<string, ToolCall>,
): void {
  const call = calls.get(message.tool_call_id)
  const result = { call: call ? encodeCall(call) : { name: '', parameters: {} }, outputs: [{ text }] }
  const last = history.at(-1)
  if (last?.role === 'TOOL' && isJsonArray(last.tool_results)) last.tool_results.push(result)
  else history.push({ role: 'TOOL', tool_results: [result] })
}

function encodeCall({ function: called }: ToolCall): JsonObject {
  let parameters: unknown
  try {
    parameters = JSON.parse(called.arguments || '{}')
  } catch {
    parameters = { raw_arguments: called.arguments }
  }
  return { name: called.name, parameters }
}

function textOfMessage({ content }: ChatMessage, at: string, info: CallInfo): string {
  if (!isJsonArray(content)) return textOf(content)
  return content
    .map((part, index) => {
      if (isJsonObject(part) && part.type === 'text') {
        if (part.cache_control != null)
          info.warn({
            action: 'dropped',
            param: `${at}.content[${index}].cache_control`,
            reason: 'this model has no prompt cache',
          })
        return textOf(part.text)
      }
      throw createError({
        kind: 'unsupported_params',
        message: `${at}.content[${index}]: this model reads text only; send text.`,
        param: `${at}.content[${index}]`,
      })
    })
    .join('')
}

/** JSON Schema types in Cohere's words. */
const TYPES = new Map<unknown, string>([
  ['string', 'str'],
  ['integer', 'int'],
  ['number', 'float'],
  ['boolean', 'bool'],
  ['array', 'list'],
  ['object', 'dict'],
])

/** Functions → Cohere's parameter definitions, which know names, types and descriptions only. */
export function encodeCohereTools(tools: readonly ChatTool[], info: CallInfo): JsonObject[] {
  return tools.map((tool, index) => {
    const described = tool.function
    if (!isJsonObject(described))
      throw createError({
        kind: 'unsupported_params',
        message: `tools[${index}]: tools of type "${tool.type}" cannot be sent to this model; use type "function".`,
        param: `tools[${index}]`,
      })
    const schema = isJsonObject(described.parameters) ? described.parameters : {}
    const required: readonly unknown[] = isJsonArray(schema.required) ? schema.required : []
    const properties = isJsonObject(schema.properties) ? schema.properties : {}
    if (Object.values(properties).some(isNested))
      info.warn({
        action: 'approximated',
        param: `tools[${index}].function.parameters`,
        reason: 'this model is told names, types and descriptions of parameters only',
      })
    return {
      name: described.name,
      description: described.description ?? '',
      parameter_definitions: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => {
          const { type, description } = isJsonObject(property) ? property : ({} as JsonObject)
          return [
            name,
            {
              type: TYPES.get(type) ?? 'str',
              ...(typeof description === 'string' && { description }),
              required: required.includes(name),
            },
          ]
        }),
      ),
    }
  })
}

function isNested(property: unknown): boolean {
  return isJsonObject(property) && Object.keys(property).some(key => key !== 'type' && key !== 'description')
}
