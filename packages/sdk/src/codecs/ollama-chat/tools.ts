import { badRequest, createError } from '../../errors.ts'
import type { ChatRequest, ChatTool, ToolCall } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'

/**
 * `tools` of the body. Ollama has no `tool_choice`: leaving tools out is as good for `none` and for a named function;
 * nothing can force a call. Source: https://docs.ollama.com/capabilities/tool-calling
 */
export function encodeTools({ tools, tool_choice: choice }: ChatRequest, info: CallInfo): JsonObject {
  if (!tools || tools.length === 0) return {}
  const approximated = (reason: string) => info.warn({ action: 'approximated', param: 'tool_choice', reason })
  if (choice === 'none') {
    approximated('Ollama cannot be told so; no tools are sent')
    return {}
  }
  if (choice === 'required')
    approximated('Ollama cannot be told so; the model is free to answer without a tool')
  const named = typeof choice === 'object' && choice !== null ? choice.function?.name : undefined
  if (named !== undefined) {
    if (!tools.some(tool => tool.function?.name === named))
      throw badRequest(`tool_choice.function.name: no tool is named "${named}".`, 'tool_choice')
    approximated(
      'Ollama cannot name a tool; the named one is the only one sent, and the model is free to use it',
    )
  }
  return {
    tools: tools.flatMap((tool, index) =>
      named === undefined || tool.function?.name === named ? [encodeTool(tool, `tools[${index}]`, info)] : [],
    ),
  }
}

function encodeTool(tool: ChatTool, path: string, info: CallInfo): JsonObject {
  const { function: spec } = tool
  if (tool.type !== 'function' || spec === undefined)
    throw createError({
      kind: 'unsupported_params',
      message: `${path}.type: "${tool.type}" is no tool Ollama knows. Send functions only.`,
      param: `${path}.type`,
    })
  if (tool.cache_control !== undefined)
    info.warn({ action: 'dropped', param: `${path}.cache_control`, reason: 'Ollama caches by itself' })
  if (spec.strict === true)
    info.warn({
      action: 'dropped',
      param: `${path}.function.strict`,
      reason: 'Ollama does not check arguments',
    })
  const { name, description, parameters } = spec
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  }
}

/** A hub call → Ollama's, whose arguments are a value. */
export function encodeToolCall(call: ToolCall, path: string): JsonObject {
  const { name, arguments: text } = call.function
  return { ...(call.id && { id: call.id }), function: { name, arguments: parseArguments(text, path) } }
}

function parseArguments(text: string, path: string): JsonObject {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // The same complaint as for JSON that is no object.
  }
  throw badRequest(
    `${path}.function.arguments: must be the text of a JSON object.`,
    `${path}.function.arguments`,
  )
}

const CALL_FIELDS = new Set(['function', 'id', 'type', '__proto__'])

/** `tool_calls` of a message; `nextId` names those that came without an id, as all do from older servers. */
export function decodeToolCalls(calls: unknown, nextId: () => string): ToolCall[] {
  if (!isJsonArray(calls)) return []
  return calls.filter(isJsonObject).map(call => {
    const { name, arguments: args } = isJsonObject(call.function) ? call.function : {}
    const fallback = nextId()
    const extras = without(call, CALL_FIELDS)
    return {
      id: textOf(call.id) || fallback,
      type: 'function',
      function: {
        name: textOf(name),
        arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
      },
      ...(Object.keys(extras).length > 0 && { provider_specific_fields: extras }),
    }
  })
}

/** Ids for calls that came without: same reply, same ids. */
export function idSource({ id }: CallInfo): () => string {
  let next = 0
  return () => `call_${id}_${next++}`
}
