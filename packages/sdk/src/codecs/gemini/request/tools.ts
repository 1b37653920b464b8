import { badRequest, createError } from '../../../errors.ts'
import type { ChatRequest, ChatTool, ToolChoice } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo, InboundInfo } from '../../codec.ts'
import { expectArray, expectObject, expectString, fieldNames, readFields, without } from './fields.ts'
import { takesJsonSchema } from './model-family.ts'
import { decodeSchema, encodeSchema } from './schema.ts'
import { warnCacheControl } from './system.ts'

/** Google's own tools. Source: https://ai.google.dev/api/caching#Tool */
const GOOGLE_TOOLS = [
  'googleSearch',
  'googleSearchRetrieval',
  'enterpriseWebSearch',
  'codeExecution',
  'urlContext',
  'googleMaps',
  'computerUse',
  'fileSearch',
  'retrieval',
  'mcpServers',
  'exaAiSearch',
  'parallelAiSearch',
]
const TOOL_FIELDS = fieldNames(...GOOGLE_TOOLS, 'functionDeclarations')
const DECLARATION_FIELDS = fieldNames('parametersJsonSchema', 'responseJsonSchema')
const CALLING_FIELDS = fieldNames('allowedFunctionNames', 'streamFunctionCallArguments')
const TOOL_CONFIG_FIELDS = fieldNames(
  'functionCallingConfig',
  'retrievalConfig',
  'includeServerSideToolInvocations',
)
/** Other vendors' server tools → Google's; the first prefix that fits. */
const COUNTERPARTS: readonly (readonly [string, string])[] = [
  ['web_search', 'googleSearch'],
  ['google_search', 'googleSearch'],
  ['code_interpreter', 'codeExecution'],
  ['code_execution', 'codeExecution'],
  ['url_context', 'urlContext'],
  ['web_fetch', 'urlContext'],
]
/** Google's own spellings among them: nothing is lost when they come without options. */
const GOOGLE_TYPES = new Set(['google_search', 'code_execution', 'url_context'])
const FUNCTION_KEYS = new Set(['name', 'description', 'parameters', 'strict'])

/** Hub tools → `tools`: all functions in one entry, Google's tools after it. */
export function encodeTools(request: ChatRequest, info: CallInfo): JsonObject[] | undefined {
  const declarations: JsonObject[] = []
  const google: JsonObject[] = []
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const path = `tools[${index}]`
    if (tool.cache_control !== undefined) warnCacheControl(path, info)
    if (tool.function !== undefined) declarations.push(encodeFunction(tool, path, info))
    else google.push(encodeGoogleTool(tool, path, info))
  }
  const search = request.web_search_options
  if (search != null && !google.some(tool => 'googleSearch' in tool)) {
    if (isJsonObject(search) && Object.keys(search).length > 0)
      info.warn({ action: 'ignored', param: 'web_search_options', reason: 'googleSearch takes no options' })
    google.push({ googleSearch: {} })
  }
  if (declarations.length > 0) google.unshift({ functionDeclarations: declarations })
  return google.length > 0 ? google : undefined
}

function encodeFunction(tool: ChatTool, path: string, info: CallInfo): JsonObject {
  const given = expectObject(tool.function, `${path}.function`)
  const name = expectString(given.name, `${path}.function.name`)
  if (given.strict === true)
    info.warn({ action: 'dropped', param: `${path}.function.strict`, reason: 'Gemini has no such switch' })
  return {
    name,
    ...(typeof given.description === 'string' && { description: given.description }),
    ...encodeParameters(given.parameters, `${path}.function.parameters`, info),
    ...without(given, FUNCTION_KEYS),
  }
}

function encodeParameters(given: unknown, path: string, info: CallInfo): JsonObject {
  if (given == null) return {}
  const schema = expectObject(given, path)
  if (Object.keys(schema).length === 0) return {}
  if (takesJsonSchema(info.model)) return { parametersJsonSchema: schema }
  const parameters = encodeSchema(schema, path, info.warn)
  // An OBJECT without properties is an error in this dialect; a function without parameters leaves them out.
  if (isJsonObject(parameters.properties) && Object.keys(parameters.properties).length === 0) return {}
  return { parameters }
}

function encodeGoogleTool(tool: ChatTool, path: string, info: CallInfo): JsonObject {
  const { type, cache_control: _, ...rest } = tool
  const entry = readFields(rest, TOOL_FIELDS)
  if (GOOGLE_TOOLS.some(name => Object.hasOwn(entry, name))) return entry
  const row = COUNTERPARTS.find(([prefix]) => typeof type === 'string' && type.startsWith(prefix))
  if (row === undefined)
    throw createError({
      kind: 'unsupported_params',
      message: `${path}.type: "${String(type)}" is no tool Gemini knows. Use type "function", or one of ${GOOGLE_TOOLS.slice(0, 6).join(', ')}.`,
      param: `${path}.type`,
    })
  if (!GOOGLE_TYPES.has(row[0]) || type !== row[0] || Object.keys(rest).length > 0)
    info.warn({ action: 'approximated', param: path, reason: `sent as Google's tool ${row[1]}` })
  return { [row[1]]: {} }
}

/** `tools` → hub tools, one per declaration; Google's own stay as they are. */
export function decodeTools(value: unknown): ChatTool[] {
  return expectArray(value, 'tools').flatMap((given, index) => {
    const path = `tools[${index}]`
    const { functionDeclarations, ...google } = readFields(expectObject(given, path), TOOL_FIELDS)
    const functions =
      functionDeclarations == null
        ? []
        : expectArray(functionDeclarations, `${path}.functionDeclarations`).map((declaration, at) =>
            decodeFunction(declaration, `${path}.functionDeclarations[${at}]`),
          )
    // LiteLLM's shape for Google's tools: no `type`, the tool's name as the key.
    const own = Object.entries(google).map(([name, options]) => ({ [name]: options }) as unknown as ChatTool)
    return [...functions, ...own]
  })
}

function decodeFunction(value: unknown, path: string): ChatTool {
  const declaration = readFields(expectObject(value, path), DECLARATION_FIELDS)
  const { name, description, parameters, parametersJsonSchema, ...rest } = declaration
  const schema = isJsonObject(parametersJsonSchema)
    ? parametersJsonSchema
    : isJsonObject(parameters)
      ? decodeSchema(parameters)
      : undefined
  return {
    type: 'function',
    function: {
      ...rest,
      name: expectString(name, `${path}.name`),
      ...(typeof description === 'string' && { description }),
      ...(schema !== undefined && { parameters: schema }),
    },
  }
}

/** `tool_choice` → `functionCallingConfig`. */
export function encodeToolChoice(request: ChatRequest, info: CallInfo): JsonObject | undefined {
  const choice = request.tool_choice
  if (request.parallel_tool_calls === false && request.tools?.length)
    info.warn({
      action: 'dropped',
      param: 'parallel_tool_calls',
      reason: 'Gemini cannot be told to call one function at a time',
    })
  if (choice == null) return undefined
  if (choice === 'auto') return { mode: 'AUTO' }
  if (choice === 'none') return { mode: 'NONE' }
  if (choice === 'required') return { mode: 'ANY' }
  if (isJsonObject(choice) && choice.type === 'function' && isJsonObject(choice.function))
    return {
      mode: 'ANY',
      allowedFunctionNames: [expectString(choice.function.name, 'tool_choice.function.name')],
    }
  if (isJsonObject(choice) && choice.type === 'allowed_tools') return encodeAllowed(choice)
  throw badRequest(
    'tool_choice: must be "auto", "none", "required", or {"type":"function","function":{"name":"…"}}.',
    'tool_choice',
  )
}

/** OpenAI's `allowed_tools`. Source: https://platform.openai.com/docs/guides/function-calling#tool-choice */
function encodeAllowed(choice: JsonObject): JsonObject {
  const allowed = expectObject(choice.allowed_tools ?? choice, 'tool_choice.allowed_tools')
  const names = expectArray(allowed.tools, 'tool_choice.allowed_tools.tools').map((tool, index) => {
    const path = `tool_choice.allowed_tools.tools[${index}]`
    const entry = expectObject(tool, path)
    return expectString(
      isJsonObject(entry.function) ? entry.function.name : entry.name,
      `${path}.function.name`,
    )
  })
  return { mode: allowed.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: names }
}

/** `toolConfig` → `tool_choice`, and what is left of it for a Gemini provider. */
export function decodeToolConfig(
  value: unknown,
  info: InboundInfo,
): { choice?: ToolChoice | undefined; rest?: JsonObject | undefined } {
  if (value == null) return {}
  const { functionCallingConfig, ...rest } = readFields(expectObject(value, 'toolConfig'), TOOL_CONFIG_FIELDS)
  const left = Object.keys(rest).length > 0 ? { rest } : {}
  if (functionCallingConfig == null) return left
  const path = 'toolConfig.functionCallingConfig'
  const config = readFields(expectObject(functionCallingConfig, path), CALLING_FIELDS)
  if (config.streamFunctionCallArguments === true)
    info.warn({
      action: 'ignored',
      param: `${path}.streamFunctionCallArguments`,
      reason: 'function calls are sent whole',
    })
  return { ...left, choice: decodeChoice(config, path) }
}

function decodeChoice(config: JsonObject, path: string): ToolChoice | undefined {
  const mode = typeof config.mode === 'string' ? config.mode.toUpperCase() : 'MODE_UNSPECIFIED'
  const names =
    config.allowedFunctionNames == null
      ? []
      : expectArray(config.allowedFunctionNames, `${path}.allowedFunctionNames`).map((name, index) =>
          expectString(name, `${path}.allowedFunctionNames[${index}]`),
        )
  const [only] = names
  switch (mode) {
    case 'MODE_UNSPECIFIED':
      return undefined
    case 'AUTO':
      return 'auto'
    case 'NONE':
      return 'none'
    case 'ANY':
      if (only === undefined) return 'required'
      if (names.length === 1) return { type: 'function', function: { name: only } }
      return allowedTools('required', names)
    case 'VALIDATED':
      return only === undefined ? 'auto' : allowedTools('auto', names)
    default:
      throw badRequest(`${path}.mode: must be AUTO, ANY, NONE or VALIDATED.`, `${path}.mode`)
  }
}

function allowedTools(mode: string, names: readonly string[]): ToolChoice {
  const tools = names.map(name => ({ type: 'function', function: { name } }))
  return { type: 'allowed_tools', allowed_tools: { mode, tools } }
}
