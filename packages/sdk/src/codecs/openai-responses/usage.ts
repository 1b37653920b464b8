import { isJsonArray, isJsonObject } from '../../types/json.ts'
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
  const searches = isJsonArray(output) ? output.filter(isSearch).length : 0
  return {
    ...rest,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: typeof total_tokens === 'number' ? total_tokens : prompt + completion,
    ...(isJsonObject(input_tokens_details) && { prompt_tokens_details: input_tokens_details }),
    ...(isJsonObject(output_tokens_details) && { completion_tokens_details: output_tokens_details }),
    ...(searches > 0 && { server_tool_use: { web_search_requests: searches } }),
  }
}

/** Opening a page that was found is no new search. Source: https://platform.openai.com/docs/guides/tools-web-search */
function isSearch(item: unknown): boolean {
  if (!isJsonObject(item) || item.type !== 'web_search_call') return false
  return !isJsonObject(item.action) || item.action.type === 'search'
}
