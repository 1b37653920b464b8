import { badRequest, createError } from '../../../errors.ts'
import type { ChatMessage, ChatRequest, ChatTool, ToolCall, ToolChoice } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'
import type { ToolNames } from '../../tool-names.ts'
import { type Block, type EncodeContext, extrasOf, pick } from './context.ts'
import { JSON_TOOL } from './response-format.ts'

/** Anthropic's tool fields that OpenAI has no word for; they may sit on the tool or on its `function`. */
const TOOL_EXTRAS = ['defer_loading', 'allowed_callers', 'input_examples', 'eager_input_streaming']
/** Fields of a `tool_use` block beyond OpenAI's tool call. */
const CALL_FIELDS = new Set(['type', 'id', 'name', 'input'])
const CALL_EXTRAS = ['caller', 'toolset_name', 'cache_control']

/**
 * Function tools → Anthropic's client tools; hosted and unknown tools pass as they are; MCP servers of OpenAI's shape
 * become `mcp_servers`. Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools
 */
export function encodeTools(
  request: ChatRequest,
  context: EncodeContext,
): { tools: JsonObject[]; mcpServers: JsonObject[] } {
  const tools: JsonObject[] = []
  const mcpServers: JsonObject[] = []
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const at = `tools[${index}]`
    if (!isJsonObject(tool))
      throw badRequest(`${at}: must be an object with a type, for example {"type":"function",…}.`, at)
    if (tool.type === 'mcp') mcpServers.push(encodeMcpServer(tool, at))
    else if (tool.type === 'url') mcpServers.push(tool)
    else tools.push(encodeTool(tool, at, context))
  }
  if (isJsonObject(request.web_search_options)) tools.push(encodeWebSearch(request.web_search_options))
  return { tools, mcpServers }
}

function encodeTool(tool: ChatTool, at: string, context: EncodeContext): JsonObject {
  if (isJsonObject(tool.input_schema)) return named(tool, `${at}.name`, context)
  const described = tool.function
  if (tool.type !== 'function') {
    if (isJsonObject(tool.custom))
      throw createError({
        kind: 'unsupported_params',
        message: `${at}: custom tools without a JSON schema cannot be sent to this provider; use type "function".`,
        param: at,
      })
    if (!isJsonObject(described)) return tool
    // LiteLLM's spelling of hosted tools: the settings sit in `function.parameters`.
    const { function: _, ...rest } = tool
    const name = described.name ?? (tool.type.startsWith('computer_') ? 'computer' : undefined)
    return { name, ...rest, ...described.parameters }
  }
  if (!isJsonObject(described))
    throw badRequest(`${at}.function: must be an object with a name.`, `${at}.function`)
  const strict = described.strict === true
  if (strict && context.traits.jsonSchema !== 'native')
    context.info.warn({
      action: 'dropped',
      param: `${at}.function.strict`,
      reason: 'this model does not guarantee schemas',
    })
  const cache = tool.cache_control ?? described.cache_control
  return named(
    {
      name: described.name,
      ...(typeof described.description === 'string' && { description: described.description }),
      input_schema: inputSchema(described.parameters, `${at}.function.parameters`),
      ...(strict && context.traits.jsonSchema === 'native' && { strict }),
      ...(cache != null && { cache_control: cache }),
      ...pick(described, TOOL_EXTRAS),
      ...pick(tool, TOOL_EXTRAS),
    },
    `${at}.function.name`,
    context,
  )
}

function inputSchema(parameters: unknown, at: string): JsonObject {
  if (parameters == null) return { type: 'object', properties: {} }
  if (!isJsonObject(parameters)) throw badRequest(`${at}: must be a JSON Schema object.`, at)
  return parameters.type === 'object' ? parameters : { ...parameters, type: 'object' }
}

/** The tool under a name Anthropic takes. */
function named(tool: JsonObject, at: string, { names, info }: EncodeContext): JsonObject {
  const { name } = tool
  if (typeof name !== 'string' || name === '')
    throw badRequest(`${at}: must be a non-empty string naming the tool.`, at)
  if (name === JSON_TOOL) throw badRequest(`${at}: "${JSON_TOOL}" is reserved; rename the tool.`, at)
  const spelled = names.define(name, at, warning => info.warn(warning))
  return spelled === name ? tool : { ...tool, name: spelled }
}

/**
 * Stand-ins for the tools that earlier turns called, where the request defines none: Anthropic refuses such a history
 * without their definitions. The choice keeps the model from calling them again.
 */
export function encodeCalledTools(
  messages: readonly ChatMessage[],
  { names, info }: EncodeContext,
): { tools: JsonObject[]; choice?: JsonObject } {
  const called = new Set<string>()
  for (const { tool_calls } of messages)
    for (const call of Array.isArray(tool_calls) ? (tool_calls as ToolCall[]) : [])
      called.add(names.theirs(call.function.name))
  if (called.size === 0) return { tools: [] }
  info.warn({
    action: 'approximated',
    param: 'tools',
    reason: 'Anthropic wants the tools of earlier calls defined; sent by name, not to be called',
  })
  const tools = [...called].map(name => ({ name, input_schema: { type: 'object', properties: {} } }))
  return { tools, choice: { type: 'none' } }
}

function encodeMcpServer(tool: JsonObject, at: string): JsonObject {
  const { server_url: url, server_label: name, allowed_tools: allowed, headers } = tool
  if (typeof url !== 'string' || !URL.canParse(url))
    throw badRequest(`${at}.server_url: must be the URL of the MCP server.`, `${at}.server_url`)
  const authorization = isJsonObject(headers) ? (headers.Authorization ?? headers.authorization) : undefined
  const token = typeof authorization === 'string' ? authorization.replace(/^Bearer /i, '') : undefined
  return {
    type: 'url',
    url,
    name: typeof name === 'string' ? name : new URL(url).hostname,
    ...(Array.isArray(allowed) && { tool_configuration: { allowed_tools: allowed } }),
    ...(token !== undefined && { authorization_token: token }),
  }
}

const SEARCHES = new Map([
  ['low', 1],
  ['medium', 5],
  ['high', 10],
]) // prettier-ignore

function encodeWebSearch(options: JsonObject): JsonObject {
  const uses = SEARCHES.get(String(options.search_context_size))
  const location = isJsonObject(options.user_location) ? options.user_location : undefined
  const place = isJsonObject(location?.approximate) ? location.approximate : location
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    ...(uses !== undefined && { max_uses: uses }),
    ...(place && {
      user_location: { type: 'approximate', ...pick(place, ['city', 'country', 'region', 'timezone']) },
    }),
  }
}

/** Anthropic's tools → the hub's: client tools become functions, hosted tools stay as they are. */
export function decodeTools(tools: readonly JsonObject[]): ChatTool[] {
  return tools.map(tool => {
    if (!isJsonObject(tool.input_schema) || (tool.type != null && tool.type !== 'custom'))
      return tool as ChatTool
    return {
      type: 'function',
      function: {
        name: String(tool.name),
        ...(typeof tool.description === 'string' && { description: tool.description }),
        parameters: tool.input_schema,
        ...(typeof tool.strict === 'boolean' && { strict: tool.strict }),
      },
      ...pick(tool, ['cache_control', ...TOOL_EXTRAS]),
    }
  })
}

/** `tool_choice` and `parallel_tool_calls` → Anthropic's `tool_choice`. */
export function encodeToolChoice(
  request: ChatRequest,
  hasTools: boolean,
  context: EncodeContext,
): JsonObject | undefined {
  if (!hasTools) return undefined
  const choice = forced(choiceOf(request.tool_choice, context), context)
  const parallel = request.parallel_tool_calls
  if (typeof parallel !== 'boolean' || choice?.type === 'none') return choice
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: !parallel }
}

function forced(choice: JsonObject | undefined, { traits, info }: EncodeContext): JsonObject | undefined {
  if (!isForcing(choice) || traits.forcedTools) return choice
  info.warn({
    action: 'approximated',
    param: 'tool_choice',
    reason: 'this model cannot be forced to call a tool; sent as "auto"',
  })
  return { ...choice, type: 'auto', name: undefined }
}

export function isForcing(choice: JsonObject | undefined): boolean {
  return choice?.type === 'any' || choice?.type === 'tool'
}

const CHOICES = new Map([
  ['auto', 'auto'],
  ['none', 'none'],
  ['required', 'any'],
  ['any', 'any'],
]) // prettier-ignore

function choiceOf(choice: ToolChoice | null | undefined, { names }: EncodeContext): JsonObject | undefined {
  if (choice == null) return undefined
  const word = typeof choice === 'string' ? choice : choice.type
  if (isJsonObject(choice) && isJsonObject(choice.function) && typeof choice.function.name === 'string')
    return { type: 'tool', name: names.theirs(choice.function.name) }
  if (isJsonObject(choice) && choice.type === 'tool')
    return { ...choice, name: names.theirs(String(choice.name)) }
  const type = CHOICES.get(word)
  if (type === undefined)
    throw badRequest(
      'tool_choice: must be "auto", "none", "required" or {"type":"function","function":{"name":…}}.',
      'tool_choice',
    )
  return { type }
}

/** Anthropic's `tool_choice` → the hub's two parameters. */
export function decodeToolChoice(
  choice: JsonObject,
): Pick<ChatRequest, 'tool_choice' | 'parallel_tool_calls'> {
  const { type, name, disable_parallel_tool_use: single } = choice
  const parallel = typeof single === 'boolean' ? { parallel_tool_calls: !single } : undefined
  if (type === 'tool' && typeof name === 'string')
    return { tool_choice: { type: 'function', function: { name } }, ...parallel }
  const word = type === 'any' ? 'required' : type
  if (word !== 'auto' && word !== 'none' && word !== 'required')
    throw badRequest(
      'tool_choice: must be {"type":"auto"}, {"type":"any"}, {"type":"none"} or {"type":"tool","name":…}.',
      'tool_choice',
    )
  return { tool_choice: word, ...parallel }
}

export function encodeToolCall(call: ToolCall, at: string, warn: (warning: Warning) => void): Block {
  return {
    type: 'tool_use',
    id: toolId(call.id),
    name: call.function.name,
    input: parseArguments(call.function.arguments, `${at}.function.arguments`, warn),
    ...(call.provider_specific_fields && pick(call.provider_specific_fields, CALL_EXTRAS)),
  }
}

/** A reply's block with the caller's own name of the tool. */
export function withOurName(block: Block, names: ToolNames): Block {
  if (block.type !== 'tool_use' || typeof block.name !== 'string') return block
  const name = names.ours(block.name)
  return name === block.name ? block : { ...block, name }
}

export function decodeToolCall(block: Block): ToolCall {
  const extras = toolCallFields(block)
  return {
    id: String(block.id),
    type: 'function',
    function: { name: String(block.name), arguments: JSON.stringify(block.input ?? {}) },
    ...(extras && { provider_specific_fields: extras }),
  }
}

/** What a `tool_use` block says beyond OpenAI's tool call; a direct caller is the default and left out. */
export function toolCallFields(block: Block): JsonObject | undefined {
  const extras = extrasOf(block, CALL_FIELDS)
  if (isJsonObject(extras.caller) && extras.caller.type === 'direct') delete extras.caller
  return Object.keys(extras).length > 0 ? extras : undefined
}

/** Anthropic allows `[a-zA-Z0-9_-]` in ids; other vendors' ids are spelled that way on both sides of a call. */
export function toolId(id: string): string {
  return /^[a-zA-Z0-9_-]+$/.test(id) ? id : `call_${Buffer.from(id).toString('base64url')}`
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
