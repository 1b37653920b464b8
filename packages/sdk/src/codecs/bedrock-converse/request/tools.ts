import { createHash } from 'node:crypto'
import { badRequest, createError } from '../../../errors.ts'
import type { ChatMessage, ChatRequest, ChatTool, ToolCall, ToolChoice } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'
import { extrasOf } from '../../anthropic-messages/request/context.ts'
import { decodeCachePoint, encodeCachePoint } from './cache-point.ts'
import type { Block, EncodeContext } from './context.ts'

export interface ToolPlan {
  /** `toolConfig.tools`. */
  readonly tools: Block[]
  /** Claude's own tools, which go among the model's own fields. */
  readonly own: JsonObject[]
}

/** Tools that Claude knows by a dated type: https://platform.claude.com/docs/en/agents-and-tools/tool-use/computer-use-tool */
const CLAUDE_TOOLS = ['computer_', 'bash_', 'text_editor_', 'memory_', 'tool_search_tool_']

/**
 * Functions → `toolSpec`; Claude's computer, shell and editor → the model's own fields; AWS's own tools as they are.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
 */
export function encodeTools(request: ChatRequest, context: EncodeContext): ToolPlan {
  const plan: ToolPlan = { tools: [], own: [] }
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const at = `tools[${index}]`
    if (!isJsonObject(tool))
      throw badRequest(`${at}: must be an object with a type, for example {"type":"function",…}.`, at)
    const { type } = tool
    if (tool.systemTool != null || tool.toolSpec != null || tool.cachePoint != null) plan.tools.push(tool)
    else if (typeof type === 'string' && CLAUDE_TOOLS.some(start => type.startsWith(start)))
      plan.own.push(encodeOwnTool(tool, at, context))
    else plan.tools.push(...encodeTool(tool, at, context))
  }
  if (isJsonObject(request.web_search_options)) encodeWebSearch(plan, context)
  return plan
}

function encodeWebSearch({ tools }: ToolPlan, { traits, info }: EncodeContext): void {
  if (traits.grounding) tools.push({ systemTool: { name: 'nova_grounding' } })
  else
    info.warn({
      action: 'dropped',
      param: 'web_search_options',
      reason: 'this model is not known to search the web',
    })
}

function encodeOwnTool(tool: ChatTool, at: string, { traits }: EncodeContext): JsonObject {
  if (traits.reasoning !== 'claude') throw unsupported(tool.type, at)
  const described = tool.function
  if (!isJsonObject(described)) return tool
  // LiteLLM's spelling: the settings sit in `function.parameters`.
  const { function: _, ...rest } = tool
  return {
    name: described.name ?? (tool.type.startsWith('computer_') ? 'computer' : undefined),
    ...rest,
    ...described.parameters,
  }
}

function unsupported(type: string, at: string) {
  return createError({
    kind: 'unsupported_params',
    message: `${at}: tools of type "${type}" cannot be sent to this model; use type "function".`,
    param: at,
  })
}

function encodeTool(tool: ChatTool, at: string, context: EncodeContext): Block[] {
  const described: JsonObject | undefined = isJsonObject(tool.input_schema)
    ? { ...tool, parameters: tool.input_schema }
    : isJsonObject(tool.function)
      ? tool.function
      : undefined
  if (described === undefined) throw unsupported(tool.type, at)
  const { name, description } = described
  if (typeof name !== 'string' || name === '')
    throw badRequest(
      `${at}.function.name: must be a non-empty string naming the tool.`,
      `${at}.function.name`,
    )
  const mark = tool.cache_control ?? (described.cache_control as ChatTool['cache_control'])
  return [
    {
      toolSpec: {
        name: context.names.define(name, `${at}.function.name`, warning => context.info.warn(warning)),
        ...(typeof description === 'string' && description !== '' && { description }),
        inputSchema: { json: inputSchema(described.parameters, `${at}.function.parameters`) },
        ...encodeStrict(described, at, context),
      },
    },
    ...encodeCachePoint(mark, 'tools', at, context),
  ]
}

function encodeStrict(
  { strict }: JsonObject,
  at: string,
  { traits, claude, info }: EncodeContext,
): JsonObject {
  if (strict !== true) return {}
  const native = traits.reasoning === 'claude' ? claude.traits.jsonSchema : traits.jsonSchema
  if (native === 'native') return { strict }
  info.warn({
    action: 'dropped',
    param: `${at}.function.strict`,
    reason: 'this model does not guarantee schemas',
  })
  return {}
}

function inputSchema(parameters: unknown, at: string): JsonObject {
  if (parameters == null) return { type: 'object', properties: {} }
  if (!isJsonObject(parameters)) throw badRequest(`${at}: must be a JSON Schema object.`, at)
  return parameters.type === 'object' ? parameters : { ...parameters, type: 'object' }
}

/** Stand-ins for the tools that earlier turns called, where the request defines none: AWS refuses such a history. */
export function encodeCalledTools(
  messages: readonly ChatMessage[],
  { names, info }: EncodeContext,
  why = 'this provider wants the tools of earlier calls defined; sent by name',
): Block[] {
  const called = new Set<string>()
  for (const { tool_calls } of messages)
    for (const call of isJsonArray(tool_calls) ? (tool_calls as ToolCall[]) : [])
      called.add(names.theirs(call.function.name))
  if (called.size === 0) return []
  info.warn({ action: 'approximated', param: 'tools', reason: why })
  return [...called].map(name => ({
    toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } },
  }))
}

/** What a caller's `tool_choice` means: `auto` says nothing that is not so anyway. */
export type Choice =
  | 'auto'
  | 'none'
  | { readonly any: JsonObject }
  | { readonly tool: { readonly name: string } }

export function choiceOf(choice: ToolChoice | null | undefined, { names }: EncodeContext): Choice {
  if (choice == null) return 'auto'
  if (typeof choice === 'string')
    return choice === 'required' ? { any: {} } : choice === 'none' ? 'none' : 'auto'
  const { type } = choice
  if (isJsonObject(choice.function) && typeof choice.function.name === 'string')
    return { tool: { name: names.theirs(choice.function.name) } }
  if (type === 'tool' && typeof choice.name === 'string') return { tool: { name: names.theirs(choice.name) } }
  if (type === 'any') return { any: {} }
  if (type === 'auto') return 'auto'
  if (type === 'none') return 'none'
  throw badRequest(
    'tool_choice: must be "auto", "none", "required" or {"type":"function","function":{"name":…}}.',
    'tool_choice',
  )
}

/** Tools of a client's request → the hub's. */
export function decodeTools(config: JsonObject): ChatTool[] {
  const tools: ChatTool[] = []
  for (const tool of isJsonArray(config.tools) ? config.tools.filter(isJsonObject) : []) {
    const mark = decodeCachePoint(tool)
    const last = tools.at(-1)
    if (mark !== undefined && last) last.cache_control = mark
    else if (isJsonObject(tool.toolSpec)) tools.push(decodeTool(tool.toolSpec))
    else if (mark === undefined) tools.push({ type: 'system_tool', ...tool })
  }
  return tools
}

function decodeTool(spec: JsonObject): ChatTool {
  const { name, description, inputSchema, strict } = spec
  const schema = isJsonObject(inputSchema) && isJsonObject(inputSchema.json) ? inputSchema.json : undefined
  return {
    type: 'function',
    function: {
      name: String(name),
      ...(typeof description === 'string' && { description }),
      ...(schema && { parameters: schema }),
      ...(typeof strict === 'boolean' && { strict }),
    },
  }
}

export function decodeToolChoice(choice: JsonObject): ToolChoice {
  if (isJsonObject(choice.tool) && typeof choice.tool.name === 'string')
    return { type: 'function', function: { name: choice.tool.name } }
  if (choice.any !== undefined) return 'required'
  if (choice.auto !== undefined) return 'auto'
  throw badRequest(
    'toolConfig.toolChoice: must be {"auto":{}}, {"any":{}} or {"tool":{"name":…}}.',
    'toolConfig.toolChoice',
  )
}

export function encodeToolCall(
  call: ToolCall,
  at: string,
  theirs: (name: string) => string,
  warn: (warning: Warning) => void,
): Block {
  return {
    toolUse: {
      toolUseId: toolId(call.id),
      name: theirs(call.function.name),
      input: parseArguments(call.function.arguments, `${at}.function.arguments`, warn),
    },
  }
}

const USE_FIELDS = new Set(['toolUseId', 'name', 'input', 'type'])

export function decodeToolCall(use: JsonObject, ours: (name: string) => string): ToolCall {
  const extras = extrasOf(use, USE_FIELDS)
  return {
    id: String(use.toolUseId),
    type: 'function',
    function: { name: ours(String(use.name)), arguments: JSON.stringify(use.input ?? {}) },
    ...(Object.keys(extras).length > 0 && { provider_specific_fields: extras }),
  }
}

/** AWS allows 64 of `[a-zA-Z0-9_-]`; other ids are spelled that way on both sides of a call. */
export function toolId(id: string): string {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(id)) return id
  return `call_${createHash('sha256').update(String(id)).digest('hex').slice(0, 32)}`
}

/** Arguments as an object. Models do write broken JSON; the text is kept so that the conversation stays true. */
function parseArguments(text: string, at: string, warn: (warning: Warning) => void): JsonObject {
  if (text == null || text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // Told below, together with JSON that is not an object.
  }
  warn({ action: 'approximated', param: at, reason: 'not a JSON object; sent as {"raw_arguments": …}' })
  return { raw_arguments: text }
}
