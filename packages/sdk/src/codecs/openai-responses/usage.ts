import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'

/** Tokens in chat's words, and the searches the provider charges for. */
export function decodeUsage(value: unknown, output: unknown): Usage | undefined {
  if (!isJsonObject(value) || typeof value.input_tokens !== 'number') return undefined
  const {
    input_tokens: prompt,
    output_tokens,
    total_tokens,
    input_tokens_details,
    output_tokens_details,
    ...rest
  } = value
  const completion = typeof output_tokens === 'number' ? output_tokens : 0
  const used = toolsUsed(isJsonArray(output) ? output.filter(isJsonObject) : [])
  return {
    ...rest,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: typeof total_tokens === 'number' ? total_tokens : prompt + completion,
    ...(isJsonObject(input_tokens_details) && { prompt_tokens_details: input_tokens_details }),
    ...(isJsonObject(output_tokens_details) && { completion_tokens_details: output_tokens_details }),
    ...(used && { server_tool_use: used }),
  }
}

/** Calls of the provider's own tools, as they are charged: searches by the call, code by the container. */
function toolsUsed(items: readonly JsonObject[]): JsonObject | undefined {
  const used = {
    web_search_requests: items.filter(isSearch).length,
    file_search_requests: items.filter(({ type }) => type === 'file_search_call').length,
    code_interpreter_sessions: new Set(
      items.flatMap(({ type, container_id: id }) => (type === 'code_interpreter_call' ? [id] : [])),
    ).size,
  }
  const some = Object.entries(used).filter(([, times]) => times > 0)
  return some.length > 0 ? Object.fromEntries(some) : undefined
}

/** Opening a page that was found is no new search. Source: https://platform.openai.com/docs/guides/tools-web-search */
function isSearch({ type, action }: JsonObject): boolean {
  return type === 'web_search_call' && (!isJsonObject(action) || action.type === 'search')
}
