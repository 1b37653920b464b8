import { badRequest, createError } from '../../errors.ts'
import type { ChatRequest, ChatTool, ToolCall } from '../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'

/** `tools`, `tool_choice` and `strict_tools` of the body. Source: https://docs.cohere.com/docs/tool-use-overview */
export function encodeTools(request: ChatRequest, info: CallInfo): JsonObject {
  const { tools, tool_choice: choice } = request
  if (!tools || tools.length === 0) return {}
  const named = typeof choice === 'object' && choice !== null ? choice.function?.name : undefined
  const sent = named === undefined ? tools : tools.filter(tool => tool.function?.name === named)
  if (named !== undefined) {
    if (sent.length === 0)
      throw badRequest(`tool_choice.function.name: no tool is named "${named}".`, 'tool_choice')
    if (sent.length < tools.length)
      info.warn({
        action: 'approximated',
        param: 'tool_choice',
        reason: 'Cohere cannot name a tool; the named one is the only one sent, and required',
      })
  }
  const strict = sent.filter(tool => tool.function?.strict === true).length
  if (strict > 0 && strict < sent.length)
    info.warn({
      action: 'approximated',
      param: 'tools[*].function.strict',
      reason: 'Cohere is strict about all tools or none; all are',
    })
  const force =
    named !== undefined || choice === 'required' ? 'REQUIRED' : choice === 'none' ? 'NONE' : undefined
  return {
    tools: sent.map(tool => encodeTool(tool, `tools[${tools.indexOf(tool)}]`, info)),
    ...(force && { tool_choice: force }),
    ...(strict > 0 && { strict_tools: true }),
  }
}

function encodeTool(tool: ChatTool, path: string, info: CallInfo): JsonObject {
  const { function: spec } = tool
  if (tool.type !== 'function' || spec === undefined)
    throw createError({
      kind: 'unsupported_params',
      message: `${path}.type: "${tool.type}" is no tool Cohere knows. Send functions only.`,
      param: `${path}.type`,
    })
  if (tool.cache_control !== undefined)
    info.warn({ action: 'dropped', param: `${path}.cache_control`, reason: 'Cohere caches by itself' })
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

const CALL_FIELDS = new Set(['function', 'id', 'type', '__proto__'])

/** `tool_calls` of a reply; the same shape as OpenAI's. */
export function decodeToolCalls(calls: unknown): ToolCall[] {
  if (!Array.isArray(calls)) return []
  return (calls as unknown[]).filter(isJsonObject).map(call => {
    const { name, arguments: args } = isJsonObject(call.function) ? call.function : {}
    const extras = without(call, CALL_FIELDS)
    return {
      id: textOf(call.id),
      type: 'function',
      function: { name: textOf(name), arguments: textOf(args) || '{}' },
      ...(Object.keys(extras).length > 0 && { provider_specific_fields: extras }),
    }
  })
}
