import type { ChatRequest, ChatTool, ToolChoice } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** Functions lose their wrapping; the provider's own tools pass as they are. */
export function encodeTools(
  { tools, functions, web_search_options: search }: ChatRequest,
  info: CallInfo,
): JsonObject[] {
  const encoded = (tools ?? []).map((tool, index) => encodeTool(tool, `tools[${index}]`, info))
  if (Array.isArray(functions))
    encoded.push(...functions.filter(isJsonObject).map(one => ({ type: 'function', strict: false, ...one })))
  if (isJsonObject(search) && !encoded.some(({ type }) => String(type).startsWith('web_search')))
    encoded.push(encodeSearch(search))
  return encoded
}

/** Left unsaid, `strict` is true here and false in chat completions. */
function encodeTool({ cache_control: mark, ...tool }: ChatTool, at: string, info: CallInfo): JsonObject {
  if (mark !== undefined)
    info.warn({ action: 'dropped', param: `${at}.cache_control`, reason: 'this provider caches by itself' })
  if (tool.type !== 'function' || tool.function === undefined) return { ...tool }
  const { strict, parameters, ...rest } = tool.function
  return {
    type: 'function',
    ...rest,
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict ?? false,
  }
}

function encodeSearch({ search_context_size: size, user_location: place }: JsonObject): JsonObject {
  const at =
    isJsonObject(place) && isJsonObject(place.approximate)
      ? { type: 'approximate', ...place.approximate }
      : place
  return {
    type: 'web_search',
    ...(size !== undefined && { search_context_size: size }),
    ...(at != null && { user_location: at }),
  }
}

export function encodeToolChoice(choice: ToolChoice): unknown {
  if (typeof choice === 'string' || choice.type !== 'function') return choice
  return { type: 'function', name: choice.function?.name ?? choice.name }
}
